// The dtypes and attributes of a node being added, from its OpDef and its inputs.
#pragma once

#include <string_view>

#include "absl/container/inlined_vector.h"
#include "weft/graph/graph.h"

namespace weft {

// Checks inputs and attributes of `spec` against its OpDef, infers the attributes that inputs decide, fills in defaults, and gives
// the dtypes of the outputs. Error texts are TensorFlow's.
absl::Status resolve_node_types(NodeSpec& spec, absl::InlinedVector<DType, 4>& output_types);

// [A-Za-z0-9.][A-Za-z0-9_.\-/]*; inside a scope the first character may be any of them.
bool is_valid_node_name(std::string_view name, bool at_root);

}  // namespace weft
