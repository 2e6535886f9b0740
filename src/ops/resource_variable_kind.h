// What a Variable does when it is a resource variable: see VariableKind.
#pragma once

#include "weft/graph/variable.h"
#include "weft/ops/op_builder.h"

namespace weft {

const VariableKind& resource_variable_kind();

// What TensorFlow's update methods return: a read of the variable that runs after `update`. Made for the sake of equal graphs, and for
// fetches that name it.
void read_after(const Variable& variable, Operation update, Loc where);

}  // namespace weft
