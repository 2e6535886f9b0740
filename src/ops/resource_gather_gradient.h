// Gradients of reading parts of a variable.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

// IndexedSlices: one row of dy for each index.
Gradients resource_gather_gradient(GradientContext& g);
// IndexedSlices where an index is one number, else dy scattered into zeros.
Gradients resource_gather_nd_gradient(GradientContext& g);

}  // namespace weft
