// Builds the nodes of a serialised GraphDef, and the variables a MetaGraphDef would list beside it.
#pragma once

#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft::oracle {

// Adds all nodes under their own names to an empty graph. NotFound when weft has no such op; what add_node says of a node else.
absl::Status import_nodes(Graph& graph, const std::string& graph_def);

// The resource variables that serialised VariableDefs describe, registered with the graph and its collections.
absl::Status import_variables(Graph& graph, const std::vector<std::string>& variable_defs);

// The variable whose handle is the node `name`; empty when there is none.
Variable variable_named(const Graph& graph, const std::string& name);

}  // namespace weft::oracle
