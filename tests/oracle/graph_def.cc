#include "graph_def.h"

#include "src/ops/resource_variable_kind.h"
#include "tensor_proto.h"
#include "weft/graph/op_registry.h"

namespace weft::oracle {

namespace {

struct NodeDef {
  std::string name;
  std::string op;
  std::string device;
  std::vector<std::string> inputs;
  std::vector<std::pair<std::string, std::string>> attrs;  // serialised AttrValues
};

std::pair<std::string, std::string> read_entry(protozero::data_view bytes) {
  std::pair<std::string, std::string> entry;
  protozero::pbf_reader reader(bytes);
  while (reader.next()) {
    if (reader.tag() == 1) entry.first = reader.get_string();
    else if (reader.tag() == 2) entry.second = reader.get_bytes();
    else reader.skip();
  }
  return entry;
}

NodeDef read_node(protozero::data_view bytes) {
  NodeDef node;
  protozero::pbf_reader reader(bytes);
  while (reader.next()) {
    switch (reader.tag()) {
      case 1: node.name = reader.get_string(); break;
      case 2: node.op = reader.get_string(); break;
      case 3: node.inputs.push_back(reader.get_string()); break;
      case 4: node.device = reader.get_string(); break;
      case 5: node.attrs.push_back(read_entry(reader.get_view())); break;
      default: reader.skip();
    }
  }
  return node;
}

std::string op_name_of(const std::string& input) {
  const std::string name = input[0] == '^' ? input.substr(1) : input;
  return name.substr(0, name.find(':'));
}

bool inputs_are_there(const Graph& graph, const NodeDef& def) {
  for (const std::string& input : def.inputs)
    if (graph.find_node(op_name_of(input)) == nullptr) return false;
  return true;
}

absl::Status add(Graph& graph, const NodeDef& def) {
  NodeSpec spec{.op = OpRegistry::standard().find(def.op), .name = def.name, .device = def.device};
  if (spec.op == nullptr) return not_found("node '", def.name, "': no op '", def.op, "'");
  for (const std::string& input : def.inputs) {
    Node* from = graph.find_node(op_name_of(input));
    const size_t colon = input.find(':');
    const int index = colon == std::string::npos ? 0 : std::stoi(input.substr(colon + 1));
    if (input[0] == '^') spec.control_inputs.push_back(Operation(from));
    else if (index < from->num_outputs()) spec.inputs.push_back(from->output(index));
    else return invalid_argument("node '", def.name, "' has no input '", input, "'");
  }
  for (const auto& [name, value] : def.attrs) {
    const AttrDef* declared = spec.op->find_attr(name);
    spec.attrs.set(name, read_attr(value, declared != nullptr ? declared->type : AttrType::kListString));
  }
  const absl::StatusOr<Node*> node = graph.add_node(std::move(spec));
  if (!node.ok()) return node.status();
  return (*node)->name() == def.name ? absl::OkStatus() : internal("the node '", def.name, "' became '", (*node)->name(), "'");
}

}  // namespace

absl::Status import_nodes(Graph& graph, const std::string& graph_def) {
  std::vector<NodeDef> waiting;
  protozero::pbf_reader reader(graph_def);
  while (reader.next()) {
    if (reader.tag() == 1) waiting.push_back(read_node(reader.get_view()));
    else reader.skip();
  }
  while (!waiting.empty()) {
    std::vector<NodeDef> left;
    for (NodeDef& def : waiting) {
      if (inputs_are_there(graph, def)) WEFT_RETURN_IF_ERROR(add(graph, def));
      else left.push_back(std::move(def));
    }
    if (left.size() == waiting.size()) return invalid_argument("node '", left[0].name, "' waits for an input that never comes");
    waiting = std::move(left);
  }
  return absl::OkStatus();
}

namespace {

struct VariableDef {
  std::string handle, initializer, snapshot, initial_value;
  bool is_resource = false;
  bool trainable = false;
};

VariableDef read_variable(const std::string& bytes) {
  VariableDef variable;
  protozero::pbf_reader def(bytes);
  while (def.next()) {
    switch (def.tag()) {
      case 1: variable.handle = def.get_string(); break;
      case 2: variable.initializer = def.get_string(); break;
      case 3: variable.snapshot = def.get_string(); break;
      case 5: variable.is_resource = def.get_bool(); break;
      case 6: variable.initial_value = def.get_string(); break;
      case 7: variable.trainable = def.get_bool(); break;
      default: def.skip();
    }
  }
  return variable;
}

}  // namespace

absl::Status import_variables(Graph& graph, const std::vector<std::string>& variable_defs) {
  for (const std::string& bytes : variable_defs) {
    const VariableDef def = read_variable(bytes);
    if (!def.is_resource) return unimplemented("'", def.handle, "' is no resource variable");
    auto state = std::make_shared<VariableState>();
    state->kind = &resource_variable_kind();
    WEFT_ASSIGN_OR_RETURN(state->handle, graph.get_tensor_by_name(def.handle));
    WEFT_ASSIGN_OR_RETURN(state->initializer, graph.get_operation_by_name(def.initializer));
    WEFT_ASSIGN_OR_RETURN(state->snapshot, graph.get_tensor_by_name(def.snapshot));
    WEFT_ASSIGN_OR_RETURN(state->initial_value, graph.get_tensor_by_name(def.initial_value));
    state->dtype = state->handle.node()->attr<DType>("dtype");
    state->shape = state->handle.node()->attr<PartialShape>("shape");
    state->trainable = def.trainable;
    const Variable made(state);
    graph.register_variable(made);
    graph.add_to_collection(collections::kGlobalVariables, made);
    if (state->trainable) graph.add_to_collection(collections::kTrainableVariables, made);
  }
  return absl::OkStatus();
}

Variable variable_named(const Graph& graph, const std::string& name) {
  for (const Variable& variable : graph.global_variables())
    if (variable.name() == name) return variable;
  return Variable();
}

}  // namespace weft::oracle
