// VariableDef: what a MetaGraphDef says of a variable beside the graph.
#pragma once

#include <string>
#include <string_view>

#include "weft/base/status.h"
#include "weft/graph/graph.h"

namespace weft {

struct VariableDef {
  std::string variable = {};       // its handle or ref, "w:0"
  std::string initializer = {};    // the operation, "w/Assign"
  std::string snapshot = {};       // the read made with it, "w/Read/ReadVariableOp:0"
  std::string initial_value = {};  // "w/Initializer/zeros:0"
  bool is_resource = false;
  bool trainable = true;
};

// InvalidArgument for bytes that are no VariableDef.
absl::StatusOr<VariableDef> parse_variable_def(std::string_view bytes);

// The variable whose nodes stand in `graph` already, an imported one. It joins the graph's variables (Graph::variable_of), but no collection.
// NotFound when the handle is not there, InvalidArgument when it is no variable's; other nodes may be absent. Ref variables: Unimplemented.
absl::StatusOr<Variable> import_variable(Graph& graph, const VariableDef& variable_def);

}  // namespace weft
