#include "src/ops/image_ops.h"

namespace weft {

absl::StatusOr<Shape> shape_from_sizes(const Tensor& sizes, std::string_view rank_error) {
  if (sizes.rank() != 1) return invalid_argument(rank_error, sizes.rank());
  Dims dims;
  for (const int32_t size : sizes.flat<int32_t>()) {
    if (size < 0) return invalid_argument("Dimension ", size, " must be >= 0");
    dims.push_back(size);
  }
  return Shape::make(dims);
}

absl::Status image_shape_from_sizes(ShapeContext& c, int index) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(index, 1).status());
  WEFT_ASSIGN_OR_RETURN(const PartialShape sizes, c.input_as_shape(index));
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, ShapeContext::with_rank(sizes, 4));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

void widen(const half* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

void narrow(const float* from, half* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = half(from[i]);
}

}  // namespace weft
