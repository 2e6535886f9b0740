#include "src/ops/row_index.h"

namespace weft {

std::string position_text(const Shape& shape, int64_t i) {
  if (shape.rank() == 0) return "";
  std::vector<int64_t> position(static_cast<size_t>(shape.rank()));
  for (int d = shape.rank() - 1; d >= 0; --d) {
    position[static_cast<size_t>(d)] = shape.dim(d) > 0 ? i % shape.dim(d) : 0;
    i = shape.dim(d) > 0 ? i / shape.dim(d) : 0;
  }
  std::string text = "[";
  for (size_t d = 0; d < position.size(); ++d) str_append(text, d > 0 ? "," : "", position[d]);
  return text + "]";
}

absl::Status check_rows(const Tensor& indices, int64_t rows) {
  for (int64_t i = 0; i < indices.num_elements(); ++i) {
    const int64_t row = index_at(indices, i);
    if (row < 0 || row >= rows) return invalid_argument("indices", position_text(indices.shape(), i), " = ", row, " is not in [0, ", rows, ")");
  }
  return absl::OkStatus();
}

absl::Status slice_numbers(const Tensor& indices, const Shape& outer, int64_t depth, const Shape& params, std::string_view what,
                           std::vector<int64_t>& slices) {
  slices.resize(static_cast<size_t>(outer.num_elements()));
  for (int64_t i = 0; i < outer.num_elements(); ++i) {
    int64_t slice = 0;
    bool inside = true;
    for (int64_t d = 0; d < depth; ++d) {
      const int64_t k = index_at(indices, i * depth + d);
      const int64_t size = params.dim(static_cast<int>(d));
      inside = inside && k >= 0 && k < size;
      slice = inside ? slice * size + k : 0;
    }
    if (!inside) {
      std::string row;
      for (int64_t d = 0; d < depth; ++d) str_append(row, d > 0 ? ", " : "", index_at(indices, i * depth + d));
      return invalid_argument("indices", position_text(outer, i), " = [", row, "] does not index into ", what, " ", params.to_string());
    }
    slices[static_cast<size_t>(i)] = slice;
  }
  return absl::OkStatus();
}

}  // namespace weft
