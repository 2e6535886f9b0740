// The gradient of FusedBatchNormGrad, made of elementary nodes.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

// Gradients of FusedBatchNormGrad's inputs y_backprop, x and scale, none for the others.
Gradients batch_norm_second_gradient(GradientContext& g);

}  // namespace weft
