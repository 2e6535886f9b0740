#include "weft/graph/graph.h"

namespace weft {

std::string to_text(const Graph& graph) {
  std::string text;
  for (int id = 0; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    str_append(text, node.name(), " = ", node.op().name);
    if (node.attrs().size() != 0) {
      std::string_view separator = "[";
      for (const auto& [name, value] : node.attrs()) {
        str_append(text, separator, name, "=", to_string(value));
        separator = ", ";
      }
      text += "]";
    }
    text += "(";
    std::string_view separator = "";
    for (const Output& input : node.inputs()) {
      str_append(text, separator, input.name());
      separator = ", ";
    }
    for (const Node* control : node.control_inputs()) {
      str_append(text, separator, "^", control->name());
      separator = ", ";
    }
    text += ")";
    for (int i = 0; i < node.num_outputs(); ++i) {
      str_append(text, i == 0 ? " : " : ", ", dtype_name(node.output_dtype(i)), " ", node.output_shape(i).to_string());
    }
    text += "\n";
  }
  return text;
}

}  // namespace weft
