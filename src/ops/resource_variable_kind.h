// What a Variable does when it is a resource variable: see VariableKind.
#pragma once

#include "weft/graph/variable.h"

namespace weft {

const VariableKind& resource_variable_kind();

}  // namespace weft
