// Gradients of the reductions, and the nodes they share.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

// The shape, as an int32 vector, that a reduction of a tensor of shape `input_shape` over `axes` has with keep_dims.
Output reduced_shape(const Output& input_shape, const Output& axes);

Gradients sum_gradient(GradientContext& g);
Gradients mean_gradient(GradientContext& g);
Gradients prod_gradient(GradientContext& g);
Gradients extreme_gradient(GradientContext& g);  // Max, Min

}  // namespace weft
