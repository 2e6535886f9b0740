// The ops of each family, for the registry. A family's list stands beside its ops; a new family is declared here and called in
// standard_registry.cc.
#pragma once

#include <vector>

#include "weft/graph/op_def.h"

namespace weft {

using OpList = std::vector<const OpDef*>;

OpList constant_ops();
OpList host_call_ops();
OpList resource_variable_ops();
OpList training_ops();
OpList control_ops();
OpList placeholder_ops();
OpList identity_ops();
OpList shape_ops();
OpList reshape_ops();
OpList fill_ops();
OpList pack_ops();
OpList concat_ops();

}  // namespace weft
