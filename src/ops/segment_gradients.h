// Gradients of the segment reductions.
#pragma once

#include "weft/graph/gradient_context.h"

namespace weft {

Gradients segment_sum_gradient(GradientContext& g);
Gradients segment_mean_gradient(GradientContext& g);
Gradients segment_extreme_gradient(GradientContext& g);  // SegmentMax, SegmentMin
Gradients unsorted_segment_sum_gradient(GradientContext& g);
Gradients unsorted_segment_prod_gradient(GradientContext& g);
Gradients unsorted_segment_extreme_gradient(GradientContext& g);

}  // namespace weft
