// What slots start with.
#pragma once

#include "weft/ops/op_builder.h"

namespace weft {

// For a slot's initializer: `value`, or ones, in the variable's dtype and shape; the shape of the initial value where none is known.
Output filled_like(Graph& graph, const Variable& variable, float value);
Output ones_like_variable(Graph& graph, const Variable& variable);

// The same as a node of its own, colocated with the variable.
Output filled_beside(const Variable& variable, float value);

}  // namespace weft
