// GraphDef: a graph as TensorFlow's files hold it, nodes by name. Plain data; weft/formats/import_graph_def.h makes a Graph of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/base/status.h"
#include "weft/graph/attr_value.h"

namespace weft {

struct NodeDef {
  std::string name = {};
  std::string op = {};
  std::vector<std::string> inputs = {};  // "x" (its output 0), "x:1"; "^x" for a control input. In functions "x:out:0" or an argument's name
  std::string device = {};
  AttrMap attrs = {};
  // In function bodies: attributes that take the value of an attribute of the call, {"T", "Tin"}.
  std::vector<std::pair<std::string, std::string>> placeholders = {};
};

// An argument of a function, as ArgDef has it.
struct FunctionArgDef {
  std::string name = {};
  DType dtype = DType::kInvalid;
  std::string type_attr = {};
  std::string number_attr = {};
  std::string type_list_attr = {};
  bool is_ref = false;
};

struct FunctionDef {
  std::string name = {};
  std::vector<FunctionArgDef> inputs = {};
  std::vector<FunctionArgDef> outputs = {};
  std::string signature = {};  // the OpDef message, verbatim
  bool is_stateful = false;
  AttrMap attrs = {};
  std::vector<NodeDef> nodes = {};
  std::map<std::string, std::string> returns = {};          // output name -> "node:out:0" or an argument
  std::map<std::string, std::string> control_returns = {};  // name -> node
};

struct GraphDef {
  std::vector<NodeDef> nodes = {};
  std::vector<FunctionDef> functions = {};
  std::vector<std::pair<std::string, std::string>> gradients = {};  // function -> its gradient function
  int producer = 0;
  int min_consumer = 0;
  std::vector<int> bad_consumers = {};
};

// InvalidArgument for bytes that are no GraphDef; the message names the node it was reading.
absl::StatusOr<GraphDef> parse_graph_def(std::string_view bytes);
// Fields in order of number, attributes and map entries in order of name: equal graphs give equal bytes.
absl::StatusOr<std::string> serialize_graph_def(const GraphDef& graph_def);

// A file in binary form, or in text form when its name ends in ".pbtxt" or ".txt".
absl::StatusOr<GraphDef> read_graph_def(const std::string& path);

}  // namespace weft
