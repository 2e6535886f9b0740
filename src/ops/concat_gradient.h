// The gradient of Concat where it comes as rows.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

// The values are the inputs [first, first + n − 1), the axis is input `axis_input`. For axis 0 each value gets the rows that fall into
// it, for another axis all rows, cut to its columns. Errors: an axis that is not known while building, a negative one of values of
// unknown rank.
Gradients concat_slices_gradient(GradientContext& g, int first, int axis_input);

}  // namespace weft
