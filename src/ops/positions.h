// Axes, labels and prefixes of shapes, as kernels check and read them.
#pragma once

#include <string_view>

#include "src/ops/index_values.h"
#include "src/ops/row_index.h"
#include "weft/base/status.h"
#include "weft/tensor/tensor.h"

namespace weft {

// f(pointer to the elements) for an int32 or int64 tensor.
template <typename F> auto with_indices(const Tensor& t, F f) { return t.holds<int32_t>() ? f(t.data<int32_t>()) : f(t.data<int64_t>()); }

// The product of the dimensions [begin, end).
inline int64_t count_of_dims(const Shape& shape, int begin, int end) {
  int64_t count = 1;
  for (int i = begin; i < end; ++i) count *= shape.dim(i);
  return count;
}

// OK when all of `indices` (int32 or int64) are in [0, limit), else TensorFlow's "indices[1,0] = 7 is not in [0, 3)" with `name` for
// "indices".
absl::Status check_indices(const Tensor& indices, int64_t limit, std::string_view name);

// `axis`, from the end where negative; InvalidArgument when it is not in [-rank, rank): "Expected axis in the range …" for `what` = "axis".
absl::StatusOr<int> wrap_axis(int64_t axis, int rank, std::string_view what);

// True when `prefix` is how `shape` begins.
bool starts_with(const Shape& shape, const Shape& prefix);

}  // namespace weft
