// The names of slot variables, and how long they live.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "weft/graph/graph.h"

namespace weft {

// "<variable>/<op_name>" with "/" at the end, to be taken verbatim: "w/Adam/"; the second time "w/Adam_1/", and so on.
std::string slot_scope(Graph& graph, std::string_view variable, std::string_view op_name);

// Expires with the graph.
std::weak_ptr<const void> alive(Graph& graph);

}  // namespace weft
