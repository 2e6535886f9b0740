#include "src/ops/paddings.h"

#include "src/ops/index_values.h"

namespace weft {

namespace {

absl::Status shape_with_padding(ShapeContext& c, int sign) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape paddings, c.input_with_rank(1, 2));
  if (paddings.known_dim(1) && paddings.dim(1) != 2) return invalid_argument("Dimension must be 2 but is ", paddings.dim(1));
  PartialShape x = c.input(0);
  if (paddings.known_dim(0)) {
    if (paddings.dim(0) > kMaxRank)
      return invalid_argument("paddings has ", paddings.dim(0), " rows; at most ", kMaxRank, " dimensions are possible");
    WEFT_ASSIGN_OR_RETURN(x, c.input_with_rank(0, static_cast<int>(paddings.dim(0))));
  }
  const Tensor* known = c.constant_input(1);
  if (known == nullptr || !x.known_rank()) {
    c.set_output(0, x.known_rank() ? PartialShape::unknown_of_rank(x.rank()) : PartialShape());
    return absl::OkStatus();
  }
  const Dims values = index_values(*known);
  for (int i = 0; i < x.rank(); ++i) {
    const int64_t before = values[static_cast<size_t>(2 * i)];
    const int64_t after = values[static_cast<size_t>(2 * i + 1)];
    if (before < 0 || after < 0) return invalid_argument("Paddings must be non-negative");
    if (!x.known_dim(i)) continue;
    int64_t total = 0;
    int64_t size = 0;
    if (__builtin_add_overflow(before, after, &total) || __builtin_add_overflow(x.dim(i), sign * total, &size) || size < 0) {
      return invalid_argument("dimension ", i, " of size ", x.dim(i), " cannot be padded by ", sign * before, " and ", sign * after);
    }
    x.set_dim(i, size);
  }
  c.set_output(0, std::move(x));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Paddings> read_paddings(const Tensor& paddings, int rank) {
  if (paddings.rank() != 2 || paddings.dim(1) != 2)
    return invalid_argument("paddings must be a matrix with 2 columns: ", paddings.shape().to_string());
  if (paddings.dim(0) != rank) {
    return invalid_argument("The first dimension of paddings must be the rank of inputs", paddings.shape().to_string(), " for an input of rank ",
                            rank);
  }
  const Dims values = index_values(paddings);
  Paddings pairs;
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    if (values[i] < 0 || values[i + 1] < 0) return invalid_argument("Paddings must be non-negative: ", values[i], " ", values[i + 1]);
    pairs.emplace_back(values[i], values[i + 1]);
  }
  return pairs;
}

absl::StatusOr<Shape> padded_shape(const Shape& x, const Paddings& paddings, int sign) {
  Dims dims(x.dims().begin(), x.dims().end());
  for (size_t i = 0; i < dims.size(); ++i) {
    const auto [before, after] = paddings[i];
    int64_t total = 0;
    if (__builtin_add_overflow(before, after, &total) || __builtin_add_overflow(dims[i], sign * total, &dims[i]) || dims[i] < 0) {
      return invalid_argument("dimension ", i, " of shape ", x.to_string(), " cannot be padded by ", sign * before, " and ", sign * after);
    }
  }
  return Shape::make(dims);
}

absl::Status pad_shape(ShapeContext& c) { return shape_with_padding(c, 1); }
absl::Status unpad_shape(ShapeContext& c) { return shape_with_padding(c, -1); }

}  // namespace weft
