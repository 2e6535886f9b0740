// A graph's nodes as lines, for comparison with what TensorFlow 1.15.5 built: "name Op input other:1 ^control loc:@x".
#pragma once

#include <string>

#include "weft/graph/graph.h"

namespace weft::testing {

inline std::string lines(const Graph& graph, int first) {
  std::string text;
  for (int id = first; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    str_append(text, node.name(), " ", node.op().name);
    for (const Output& input : node.inputs()) str_append(text, " ", input.index() == 0 ? std::string(input.op().name()) : input.name());
    for (const Node* control : node.control_inputs()) str_append(text, " ^", control->name());
    for (const std::string& group : node.attr<std::vector<std::string>>("_class")) str_append(text, " ", group);
    text += "\n";
  }
  return text;
}

}  // namespace weft::testing
