// The gradient of RandomGamma with respect to alpha.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

Gradients random_gamma_gradient(GradientContext& g);

}  // namespace weft
