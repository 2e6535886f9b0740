// Compares graphs built here with graphs TensorFlow wrote as text (GraphDef in protobuf's text format), node by node.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft::testing {

// A node in the form that is compared: values of attributes as canonical text.
struct NodeText {
  std::string op;
  std::vector<std::string> inputs;  // "x", "split:1"; control inputs "^x" last, sorted
  std::map<std::string, std::string> attrs;
};
using GraphText = std::map<std::string, NodeText>;

// The nodes of a .pbtxt file; empty when it cannot be read.
GraphText read_pbtxt(const std::string& path);
GraphText graph_text(const Graph& graph);

// What differs, a line each; empty when the graphs are equal.
std::string differences(const GraphText& expected, const GraphText& built);

}  // namespace weft::testing
