// What tests of ops share: values of nodes that follow from constants, computed with the ops' own kernels, and the nodes of a graph
// as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/graph/shape_context.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"

namespace weft {

// The value of `output`; an invalid tensor, and a failed test, when it cannot be computed.
inline Tensor value_of(const Output& output) {
  if (!output) {
    ADD_FAILURE() << "no node: " << (output.graph() != nullptr ? output.graph()->status().ToString() : std::string("no graph"));
    return {};
  }
  const Tensor* value = constant_value(output);
  if (value == nullptr) {
    ADD_FAILURE() << output.describe() << " has no value";
    return {};
  }
  // What was inferred while building must hold.
  EXPECT_TRUE(output.shape().is_compatible_with(value->shape())) << output.describe() << " gave " << value->shape().to_string();
  return *value;
}

inline std::string text_of(const Output& output) { return value_of(output).to_string(); }

// "name = Op(input, other:1, ^control)" for each node.
inline std::vector<std::string> nodes_of(const Graph& graph) {
  std::vector<std::string> lines;
  for (int id = 0; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    std::string line = node.name() + " = " + std::string(node.op().name) + "(";
    std::string separator;
    for (const Output& input : node.inputs()) {
      line += separator + input.node()->name() + (input.index() > 0 ? ":" + std::to_string(input.index()) : "");
      separator = ", ";
    }
    for (const Node* control : node.control_inputs()) {
      line += separator + "^" + control->name();
      separator = ", ";
    }
    lines.push_back(line + ")");
  }
  return lines;
}

}  // namespace weft
