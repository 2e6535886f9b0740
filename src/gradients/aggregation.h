// Sums of the gradients that one tensor receives from its consumers.
#pragma once

#include <string_view>
#include <vector>

#include "weft/gradients/gradients.h"

namespace weft {

// The sum of `terms`, two or more that are present, as gradients() makes it for an output of the op named `op_name`.
Gradient aggregate_gradients(const std::vector<Gradient>& terms, AggregationMethod method, std::string_view op_name);

// The same as a tape makes it: AddN in the current scope, without colocation.
Gradient aggregate_tape_gradients(const std::vector<Gradient>& terms);

}  // namespace weft
