// The [rank, 2] matrix of Pad and MirrorPad: elements before and after each dimension.
#pragma once

#include <utility>

#include "absl/container/inlined_vector.h"
#include "weft/graph/shape_context.h"
#include "weft/tensor/tensor.h"

namespace weft {

using Paddings = absl::InlinedVector<std::pair<int64_t, int64_t>, 4>;

// Checked against a tensor of `rank` dimensions.
absl::StatusOr<Paddings> read_paddings(const Tensor& paddings, int rank);
// The shape with (`sign` 1) or without (-1) the padding; InvalidArgument when it has too many elements, or less than none.
absl::StatusOr<Shape> padded_shape(const Shape& x, const Paddings& paddings, int sign);

// Shape functions: of Pad, PadV2, MirrorPad; of MirrorPadGrad.
absl::Status pad_shape(ShapeContext& c);
absl::Status unpad_shape(ShapeContext& c);

}  // namespace weft
