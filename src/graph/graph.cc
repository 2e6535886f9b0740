// Adding nodes: the checks, the scopes in force, shape inference. Names, scopes, look-ups and type resolution stand in the graph_*.cc
// files beside this one.
#include "weft/graph/graph.h"

#include <algorithm>

#include "src/graph/device_name.h"
#include "src/graph/type_resolution.h"

namespace weft {

Graph::Graph(GraphOptions options, std::source_location where) : options_(std::move(options)), location_(where) {}
Graph::~Graph() = default;

std::string Graph::describe() const {
  if (options_.name.empty()) return str_cat("the graph made at ", location_.to_string());
  return str_cat("graph '", options_.name, "' (", location_.to_string(), ")");
}

absl::Status Graph::record(absl::Status error, Location where) {
  add_error(error, where);
  return error;
}

void Graph::add_error(absl::Status error, Location where) {
  if (error.ok()) return;
  if (location_scope_.has_value()) where = *location_scope_;
  errors_.push_back(where.known() ? absl::Status(error.code(), str_cat(message(error), " [", where.to_string(), "]")) : std::move(error));
}

absl::Status Graph::status() const { return errors_.empty() ? absl::OkStatus() : errors_.front(); }
std::vector<absl::Status> Graph::take_errors() { return std::exchange(errors_, {}); }

void Graph::finalize(std::source_location where) {
  if (finalized_) return;
  finalized_ = true;
  finalized_at_ = where;
}

namespace {

absl::Status check_graph_of(const Graph* graph, const Graph* other, const std::string& what, const NodeSpec& spec) {
  if (other == graph) return absl::OkStatus();
  return invalid_argument(what, " belongs to ", other->describe(), "; the node '", spec.name, "' (op: ", spec.op->name, ") is being added to ",
                          graph->describe(), ". A node's inputs must be from its own graph");
}

}  // namespace

absl::StatusOr<Node*> Graph::add_node(NodeSpec spec) {
  if (location_scope_.has_value()) spec.location = *location_scope_;
  const Location where = spec.location;
  if (finalized_) {
    return record(failed_precondition("Graph is finalized and cannot be modified: it was finalized at ", finalized_at_.to_string(), "; node '",
                                      spec.name, "' (op: ", spec.op->name, ") is being added. Build it before."),
                  where);
  }
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    if (!spec.inputs[i]) {
      if (spec.inputs[i].failed()) return invalid_argument("an input of '", spec.name, "' failed");  // its own error is recorded already
      return record(invalid_argument("input ", i, " of '", spec.name, "' (op: ", spec.op->name, ") is an empty Output"), where);
    }
    if (spec.inputs[i].graph() != this) {
      if (absl::Status s = check_graph_of(this, spec.inputs[i].graph(), str_cat("input ", i, ", ", spec.inputs[i].describe(), ","), spec); !s.ok())
        return record(s, where);
    }
  }
  for (const Operation& control : spec.control_inputs) {
    if (!control)
      return control.failed()
                 ? absl::Status(invalid_argument("a control input of '", spec.name, "' failed"))
                 : record(invalid_argument("a control input of '", spec.name, "' (op: ", spec.op->name, ") is an empty Operation"), where);
    if (absl::Status s = check_graph_of(this, control.graph(), str_cat("control input ", control.describe()), spec); !s.ok()) return record(s, where);
  }
  if (control_flow_ != nullptr) {
    if (absl::Status s = control_flow_->prepare_node(spec); !s.ok()) return record(s, where);
  }

  absl::InlinedVector<DType, 4> output_types;
  const bool reuse_scope = !spec.name.empty() && spec.name.back() == '/';
  if (absl::Status s = resolve_node_types(spec, output_types); !s.ok()) return record(s, where);
  const std::string_view base = reuse_scope         ? std::string_view(spec.name).substr(0, spec.name.size() - 1)
                                : spec.name.empty() ? spec.op->name
                                                    : std::string_view(spec.name);
  const bool internal = spec.op->name.front() == '_';  // the runtime's own ops (_Arg, _Retval) may have names like theirs
  if (!is_valid_node_name(base, (reuse_scope || name_scope_.empty()) && !internal))
    return record(invalid_argument("'", base, "' is not a valid node name"), where);
  // A node that took a scope's name has not marked it: that the scope has done, if there was one.
  std::string name = reuse_scope ? std::string(base) : unique_name(base, true);
  while (find_node(name) != nullptr) name = unique_name(reuse_scope ? std::string_view(spec.name) : base, true);
  if (device_is_colocated_) {
    spec.device = device_;
  } else if (!spec.device.empty() && !device_.empty()) {
    absl::StatusOr<std::string> merged = device_inside(spec.device, device_);
    if (!merged.ok()) return record(merged.status(), where);
    spec.device = *std::move(merged);
  }
  std::vector<Node*> controls = gather_controls(spec);
  apply_colocation(spec);

  Node* node;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    node = &nodes_.emplace_back();
    node->graph_ = this;
    node->op_ = spec.op;
    node->id_ = static_cast<int>(nodes_.size()) - 1;
    node->name_ = std::move(name);
    node->device_ = spec.device.empty() ? device_ : std::move(spec.device);
    node->inputs_.assign(spec.inputs.begin(), spec.inputs.end());
    node->control_inputs_ = std::move(controls);
    node->attrs_ = std::move(spec.attrs);
    node->role_ = provenance_.role;
    node->location_ = provenance_.forward.known() ? provenance_.forward : where;
    node->call_location_ = provenance_.call;
    node->control_flow_ = control_flow_;
    node->outputs_.resize(output_types.size());
    for (size_t i = 0; i < output_types.size(); ++i) node->outputs_[i].dtype = output_types[i];
    if (absl::Status s = infer_shapes(*node); !s.ok()) {
      const std::string failed_name = std::move(node->name_);
      std::string shapes;
      for (const Output& input : node->inputs_) str_append(shapes, shapes.empty() ? "" : ", ", input.shape().to_string());
      nodes_.pop_back();
      return record(
          absl::Status(s.code(), str_cat(message(s), " for '", failed_name, "' (op: '", spec.op->name, "') with input shapes: ", shapes, ".")),
          where);
    }
    by_name_.emplace(node->name_, node);
  }
  for (size_t i = first_control_frame(); i < control_frames_.size(); ++i) control_frames_[i].made.insert(node);
  for (ControlFlowContext* context = control_flow_; context != nullptr; context = context->outer()) context->node_added(*node);
  return node;
}

absl::Status Graph::infer_shapes(Node& node) {
  if (node.op_->shape == nullptr) return absl::OkStatus();
  ShapeContext context(node);
  WEFT_RETURN_IF_ERROR(node.op_->shape(context));
  for (size_t i = 0; i < node.outputs_.size(); ++i) {
    node.outputs_[i].shape = std::move(context.outputs()[i]);
    if (i < context.output_handles().size() && context.output_handles()[i].has_value()) {
      node.outputs_[i].handle = std::make_unique<HandleInfo>(*std::move(context.output_handles()[i]));
    }
  }
  return absl::OkStatus();
}

// Of the control dependencies in force: those entered after the last clear_control_dependencies.
size_t Graph::first_control_frame() const {
  size_t first = control_frames_.size();
  while (first > 0 && !control_frames_[first - 1].clears) --first;
  return first;
}

// The control inputs a new node gets: its own, and those of the scopes in force, except of a scope inside which one of the node's
// inputs was made (that input waits already) or that names the node's own input. TensorFlow's rule.
std::vector<Node*> Graph::gather_controls(const NodeSpec& spec) {
  std::vector<Node*> controls;
  const auto add = [&](Node* control) {
    if (std::find(controls.begin(), controls.end(), control) == controls.end()) controls.push_back(control);
  };
  const size_t first = first_control_frame();
  // Innermost scope first.
  for (size_t i = control_frames_.size(); i > first; --i) {
    const ControlFrame& frame = control_frames_[i - 1];
    bool dominated = false;
    for (const Output& input : spec.inputs) dominated = dominated || frame.made.contains(input.node());
    if (dominated) continue;
    for (const Operation& control : frame.controls) {
      bool is_input = false;
      for (const Output& input : spec.inputs) is_input = is_input || input.node() == control.node();
      if (!is_input) add(control.node());
    }
  }
  for (const Operation& control : spec.control_inputs) add(control.node());
  return controls;
}

void Graph::apply_colocation(NodeSpec& spec) {
  if (colocation_.empty() && gradient_overrides_.empty()) return;
  if (!colocation_.empty()) {
    std::vector<std::string> classes = spec.attrs.get<std::vector<std::string>>("_class");
    for (const std::string& group : colocation_)
      if (std::find(classes.begin(), classes.end(), group) == classes.end()) classes.push_back(group);
    std::sort(classes.begin(), classes.end());
    spec.attrs.set("_class", std::move(classes));
  }
  const auto override = gradient_overrides_.find(spec.op->name);
  if (override != gradient_overrides_.end() && !spec.attrs.has("_gradient_op_type")) spec.attrs.set("_gradient_op_type", override->second);
}

absl::Status Graph::update_input(Node* node, int index, const Output& value) {
  if (!value || value.graph() != this) return invalid_argument("cannot make ", value.describe(), " an input of ", node->describe());
  if (index < 0 || index >= node->num_inputs()) return invalid_argument(node->describe(), " has no input ", index);
  const Output& old = node->inputs_[static_cast<size_t>(index)];
  if (old && base_dtype(old.dtype()) != base_dtype(value.dtype())) {
    return invalid_argument("input ", index, " of ", node->describe(), " is ", dtype_name(old.dtype()), "; ", value.describe(), " cannot replace it");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  node->inputs_[static_cast<size_t>(index)] = value;
  return absl::OkStatus();
}

absl::Status Graph::add_control_input(Node* node, Operation control) {
  if (!control || control.graph() != this) return invalid_argument("cannot make ", control.describe(), " a control input of ", node->describe());
  const std::lock_guard<std::mutex> lock(mutex_);
  auto& controls = node->control_inputs_;
  if (std::find(controls.begin(), controls.end(), control.node()) == controls.end()) controls.push_back(control.node());
  return absl::OkStatus();
}

void Graph::set_attr(Node* node, std::string_view name, AttrValue value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  node->attrs_.set(name, std::move(value));
}

absl::Status Graph::set_shape(const Output& output, const PartialShape& shape) {
  Node::OutputInfo& info = output.node()->output_info(output.index());
  absl::StatusOr<PartialShape> merged = info.shape.merge(shape);
  if (!merged.ok()) return annotate(merged.status(), str_cat("set_shape on ", output.describe(), ": "));
  const std::lock_guard<std::mutex> lock(mutex_);
  info.shape = *std::move(merged);
  if (info.constant != nullptr && !info.constant->valid()) info.constant.reset();  // may follow now
  return absl::OkStatus();
}

}  // namespace weft
