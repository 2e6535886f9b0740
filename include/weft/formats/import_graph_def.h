// import_graph_def: adds the nodes of a GraphDef to a graph.
#pragma once

#include <map>
#include <source_location>
#include <string>
#include <vector>

#include "weft/base/status.h"
#include "weft/formats/graph_def.h"
#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"

namespace weft {

struct ImportOptions {
  std::string name = {};                          // prefix of all names, made unique; "" for none
  std::map<std::string, Output> input_map = {};   // "x", "x:1" or "^x" (an Output of the node to wait for) -> what stands for it
  std::vector<std::string> return_elements = {};  // "x:0" for tensors, "x" for operations
  std::vector<Operation> control_inputs = {};     // every node without inputs in the file waits for these
  const OpRegistry* registry = nullptr;           // null: OpRegistry::standard()
};

// One of return_elements; `tensor` is empty for an operation.
struct ImportedElement {
  Operation operation = {};
  Output tensor = {};
};

// Adds all nodes, in TensorFlow's order, with their names as they stand in the file. Returns what return_elements names. Errors, after which the
// graph may hold part of the nodes and keeps the error: Unimplemented lists every op that weft does not have; InvalidArgument for malformed,
// repeated or taken names, inputs that do not exist, attributes that do not fit their op, shapes that contradict, and cycles without a
// NextIteration; NotFound for a return element or an input_map key that names nothing.
absl::StatusOr<std::vector<ImportedElement>> import_graph_def(Graph& graph, const GraphDef& graph_def, const ImportOptions& options = {},
                                                              std::source_location where = std::source_location::current());
// The same for what read_graph_def returned; its error is passed on.
absl::StatusOr<std::vector<ImportedElement>> import_graph_def(Graph& graph, const absl::StatusOr<GraphDef>& graph_def,
                                                              const ImportOptions& options = {},
                                                              std::source_location where = std::source_location::current());

}  // namespace weft
