// Gradients of Gather and GatherV2.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

// IndexedSlices: the rows of dy, reshaped to one row for each index.
Gradients gather_gradient(GradientContext& g);
// The same along axis 0; along others a dense sum of rows, between two transposes.
Gradients gather_v2_gradient(GradientContext& g);

}  // namespace weft
