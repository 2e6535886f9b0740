// Nodes are added as soon as their inputs are there, the first of the file first, which is TensorFlow's order too. A Merge that closes a loop takes
// an input from a NextIteration further down: it is added once its other inputs are there, with one of them in that place, and gets the right one
// at the end.
#include "weft/formats/import_graph_def.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <queue>

#include "absl/container/flat_hash_map.h"
#include "src/formats/attr_value_proto.h"
#include "src/graph/type_resolution.h"

namespace weft {

namespace {

// An input as text: "x", "x:1", "^x".
struct InputName {
  std::string_view node;
  int output = 0;  // -1: a control input
};

InputName parse_input(std::string_view text) {
  if (!text.empty() && text[0] == '^') return {text.substr(1), -1};
  const size_t colon = text.rfind(':');
  int output = 0;
  if (colon != std::string_view::npos) {
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data() + colon + 1, end, output);
    if (error == std::errc() && last == end && output >= 0) return {text.substr(0, colon), output};
  }
  return {text, 0};
}

class Importer {
 public:
  Importer(Graph& graph, const GraphDef& graph_def, const ImportOptions& options, Location where)
      : graph_(graph),
        graph_def_(graph_def),
        options_(options),
        registry_(options.registry != nullptr ? *options.registry : OpRegistry::standard()),
        where_(where) {}

  absl::StatusOr<std::vector<ImportedElement>> run() {
    if (!options_.name.empty()) prefix_ = graph_.unique_name(options_.name) + "/";
    WEFT_RETURN_IF_ERROR(find_ops());
    WEFT_RETURN_IF_ERROR(index_names());
    WEFT_RETURN_IF_ERROR(index_inputs());
    WEFT_RETURN_IF_ERROR(add_nodes());
    for (const BackEdge& edge : back_edges_) {
      Node* source = nodes_[edge.source];
      if (edge.output >= source->num_outputs()) return no_such_output(*edge.target, *source, edge.output);
      WEFT_RETURN_IF_ERROR(graph_.update_input(edge.target, edge.input, source->output(edge.output)));
    }
    return elements();
  }

 private:
  struct BackEdge {
    Node* target;
    int input;
    size_t source;
    int output;
  };

  absl::Status invalid(const NodeDef& node, std::string_view what) const {
    return invalid_argument("Node '", node.name, "' (op: ", node.op, "): ", what);
  }
  static absl::Status no_such_output(const Node& node, const Node& source, int output) {
    return invalid_argument("Node '", node.name(), "': Connecting to invalid output ", output, " of source node ", source.name(), " which has ",
                            source.num_outputs(), " outputs");
  }

  // Every op that is not there, in one message.
  absl::Status find_ops() {
    std::map<std::string, std::pair<int, std::string>> missing;
    for (const NodeDef& node : graph_def_.nodes) {
      const OpDef* op = registry_.find(node.op);
      ops_.push_back(op);
      if (op == nullptr && missing[node.op].first++ == 0) missing[node.op].second = node.name;
    }
    if (missing.empty()) return absl::OkStatus();
    std::string text;
    for (const auto& [op, use] : missing) str_append(text, text.empty() ? "" : ", ", op, " (", use.first, "x, first in '", use.second, "')");
    return unimplemented("these ops of the GraphDef are not implemented: ", text);
  }

  absl::Status index_names() {
    for (size_t i = 0; i < graph_def_.nodes.size(); ++i) {
      const NodeDef& node = graph_def_.nodes[i];
      if (!is_valid_node_name(node.name, /*at_root=*/true) || node.name.back() == '/') return invalid(node, "Node name contains invalid characters");
      if (!index_.emplace(node.name, i).second) return invalid(node, "another node of the GraphDef has the same name");
      if (graph_.find_node(prefix_ + node.name) != nullptr) {
        return invalid(node, str_cat("Node name '", prefix_, node.name, "' already exists in the Graph; import with a name prefix"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status index_inputs() {
    waiting_.resize(graph_def_.nodes.size());
    users_.resize(graph_def_.nodes.size());
    for (size_t i = 0; i < graph_def_.nodes.size(); ++i) {
      const NodeDef& node = graph_def_.nodes[i];
      bool control_seen = false;
      bool closes_loop = false;
      int data = 0;
      int controls = 0;
      for (const std::string& text : node.inputs) {
        const InputName input = parse_input(text);
        if (input.output >= 0 && control_seen) return invalid(node, "Control dependencies must come after regular dependencies");
        control_seen = control_seen || input.output < 0;
        if (options_.input_map.contains(text) || (input.output == 0 && options_.input_map.contains(std::string(input.node)))) continue;
        const auto source = index_.find(to_absl(input.node));
        if (source == index_.end()) return invalid(node, str_cat("Unknown input node '", text, "'"));
        users_[source->second].push_back(i);
        ++(input.output < 0 ? controls : data);
        if (is_merge(i) && input.output >= 0 && ops_[source->second]->control == ControlRole::kNextIteration) closes_loop = true;
      }
      waiting_[i] = closes_loop ? controls + 1 : controls + data;
    }
    return absl::OkStatus();
  }

  bool is_merge(size_t i) const { return ops_[i]->control == ControlRole::kMerge; }

  absl::Status add_nodes() {
    nodes_.resize(graph_def_.nodes.size());
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t i = 0; i < waiting_.size(); ++i)
      if (waiting_[i] == 0) ready.push(i);
    size_t added = 0;
    while (!ready.empty()) {
      const size_t i = ready.top();
      ready.pop();
      WEFT_RETURN_IF_ERROR(add_node(i));
      ++added;
      for (const size_t user : users_[i])
        if (--waiting_[user] == 0) ready.push(user);
    }
    if (added == nodes_.size()) return absl::OkStatus();
    std::string cycle;
    for (size_t i = 0, named = 0; i < nodes_.size() && named < 10; ++i) {
      if (nodes_[i] != nullptr) continue;
      str_append(cycle, named++ == 0 ? "'" : ", '", graph_def_.nodes[i].name, "'");
    }
    return invalid_argument("The GraphDef has a cycle: ", nodes_.size() - added, " nodes could not be added, among them ", cycle);
  }

  absl::Status add_node(size_t i) {
    const NodeDef& def = graph_def_.nodes[i];
    NodeSpec spec;
    spec.op = ops_[i];
    spec.name = str_cat(prefix_, def.name, "/");  // the name as it stands
    spec.device = def.device;
    spec.location = where_;
    std::vector<size_t> later;  // inputs that come round a loop
    WEFT_RETURN_IF_ERROR(gather_inputs(def, spec, later));
    WEFT_RETURN_IF_ERROR(gather_attrs(def, spec));
    const auto* shapes = def.attrs.get_if<std::vector<PartialShape>>("_output_shapes");
    absl::StatusOr<Node*> node = graph_.add_node(std::move(spec));
    if (!node.ok()) return annotate(node.status(), str_cat("Node '", def.name, "': "));
    nodes_[i] = *node;
    mark_name((*node)->name());
    for (const size_t input : later) {
      const InputName name = parse_input(def.inputs[input]);
      back_edges_.push_back({*node, static_cast<int>(input), index_.at(to_absl(name.node)), name.output});
    }
    return shapes != nullptr ? merge_shapes(**node, *shapes) : absl::OkStatus();
  }

  // Nodes made later get other names.
  void mark_name(const std::string& name) {
    const std::string verbatim = name + "/";
    if (graph_.unique_name(verbatim, /*mark=*/false) == name) graph_.unique_name(verbatim);
  }

  absl::Status gather_inputs(const NodeDef& def, NodeSpec& spec, std::vector<size_t>& later) {
    for (size_t k = 0; k < def.inputs.size(); ++k) {
      const InputName name = parse_input(def.inputs[k]);
      auto mapped = options_.input_map.find(def.inputs[k]);
      if (mapped == options_.input_map.end() && name.output == 0) mapped = options_.input_map.find(std::string(name.node));
      if (mapped != options_.input_map.end()) {
        if (name.output < 0) spec.control_inputs.push_back(mapped->second.op());
        else spec.inputs.push_back(mapped->second);
        continue;
      }
      Node* source = nodes_[index_.at(to_absl(name.node))];
      if (name.output < 0) {
        spec.control_inputs.push_back(Operation(source));
      } else if (source == nullptr) {
        later.push_back(k);
        spec.inputs.emplace_back();
      } else if (name.output >= source->num_outputs()) {
        return invalid(def, str_cat("Connecting to invalid output ", name.output, " of source node ", source->name(), " which has ",
                                    source->num_outputs(), " outputs"));
      } else {
        spec.inputs.push_back(source->output(name.output));
      }
    }
    const auto present = std::find_if(spec.inputs.begin(), spec.inputs.end(), [](const Output& o) { return static_cast<bool>(o); });
    for (const size_t k : later) spec.inputs[k] = *present;  // a Merge waits for one input at least
    if (def.inputs.empty()) spec.control_inputs = options_.control_inputs;
    return absl::OkStatus();
  }

  absl::Status gather_attrs(const NodeDef& def, NodeSpec& spec) const {
    if (!def.placeholders.empty()) return invalid(def, str_cat("attribute '", def.placeholders[0].first, "' is a placeholder, outside a function"));
    for (const auto& [name, value] : def.attrs) {
      if (name == "_output_shapes") continue;
      const AttrDef* known = spec.op->find_attr(name);
      if (known == nullptr && name[0] != '_') return invalid(def, str_cat("NodeDef mentions attr '", name, "' not in Op<name=", def.op, ">"));
      AttrValue copy = value;
      if (known != nullptr) fit_to_type(copy, known->type);
      spec.attrs.set(name, std::move(copy));
    }
    if (!prefix_.empty() && spec.attrs.has("_class")) add_prefix(spec);
    return absl::OkStatus();
  }

  // "loc:@x" names a node of the file.
  void add_prefix(NodeSpec& spec) const {
    auto groups = spec.attrs.get<std::vector<std::string>>("_class");
    for (std::string& group : groups)
      if (group.rfind("loc:@", 0) == 0) group.insert(5, prefix_);
    spec.attrs.set("_class", std::move(groups));
  }

  absl::Status merge_shapes(const Node& node, const std::vector<PartialShape>& shapes) {
    if (static_cast<int>(shapes.size()) != node.num_outputs()) {
      return invalid_argument("Node '", node.name(), "' has ", node.num_outputs(), " outputs but the _output_shapes attribute specifies shapes for ",
                              shapes.size(), " outputs");
    }
    for (int i = 0; i < node.num_outputs(); ++i) WEFT_RETURN_IF_ERROR(graph_.set_shape(node.output(i), shapes[static_cast<size_t>(i)]));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ImportedElement>> elements() const {
    std::vector<ImportedElement> elements;
    for (const std::string& text : options_.return_elements) {
      const InputName name = parse_input(text);
      const auto found = index_.find(to_absl(name.node));
      const bool is_tensor = name.node.size() != text.size();
      if (found == index_.end() || (is_tensor && name.output >= nodes_[found->second]->num_outputs())) {
        return not_found("Requested return ", is_tensor ? "tensor" : "node", " '", text, "' not found in graph def");
      }
      Node* node = nodes_[found->second];
      elements.push_back({Operation(node), is_tensor ? node->output(name.output) : Output()});
    }
    return elements;
  }

  Graph& graph_;
  const GraphDef& graph_def_;
  const ImportOptions& options_;
  const OpRegistry& registry_;
  Location where_;
  std::string prefix_;
  std::vector<const OpDef*> ops_;
  absl::flat_hash_map<std::string, size_t> index_;
  std::vector<int> waiting_;                // inputs not added yet
  std::vector<std::vector<size_t>> users_;  // once per use
  std::vector<Node*> nodes_;
  std::vector<BackEdge> back_edges_;
};

}  // namespace

absl::StatusOr<std::vector<ImportedElement>> import_graph_def(Graph& graph, const GraphDef& graph_def, const ImportOptions& options,
                                                              std::source_location where) {
  const size_t errors = graph.errors().size();
  absl::StatusOr<std::vector<ImportedElement>> result = Importer(graph, graph_def, options, where).run();
  if (!result.ok() && graph.errors().size() == errors) graph.add_error(result.status(), where);
  return result;
}

absl::StatusOr<std::vector<ImportedElement>> import_graph_def(Graph& graph, const absl::StatusOr<GraphDef>& graph_def, const ImportOptions& options,
                                                              std::source_location where) {
  if (!graph_def.ok()) {
    graph.add_error(graph_def.status(), where);
    return graph_def.status();
  }
  return import_graph_def(graph, *graph_def, options, where);
}

}  // namespace weft
