// strided_copy(): moves a box of elements between two strided layouts. Slice, StridedSlice and its gradient, Transpose, Tile, Pad and
// Reverse are this copy with different strides.
//
//   transposing [3, 4]:  sizes {4, 3}, from {1, 4}, to {3, 1}
//   reversing a vector:  sizes {n}, from {-1} starting at its last element, to {1}
//   repeating a vector m times:  sizes {m, n}, from {0, 1}, to {n, 1}
#pragma once

#include "weft/kernel/kernel_context.h"

namespace weft {

// Strides and offsets count elements. Every index the box reaches must lie inside its tensor; elements written must be distinct.
struct StridedBox {
  Dims sizes;
  Dims from;
  Dims to;
  int64_t from_offset = 0;
  int64_t to_offset = 0;
};

// Strides of a tensor whose elements lie in row-major order.
Dims row_major_strides(absl::Span<const int64_t> sizes);

void strided_copy(const KernelContext& context, DType dtype, const void* from, void* to, StridedBox box);

}  // namespace weft
