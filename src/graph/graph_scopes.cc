// The scopes of a graph: each call changes the state in force and returns a guard that puts the old state back.
#include <algorithm>

#include "src/graph/device_name.h"
#include "src/graph/type_resolution.h"
#include "weft/graph/graph.h"

namespace weft {

Scope Graph::name_scope(std::string_view name) {
  std::string previous = name_scope_;
  if (name.empty()) {
    name_scope_.clear();
  } else if (name.back() == '/') {
    name_scope_ = std::string(name.substr(0, name.size() - 1));
  } else {
    if (!is_valid_node_name(name, name_scope_.empty())) {
      add_error(invalid_argument("'", name, "' is not a valid scope name"));
      return Scope([] {}, str_cat(name_scope_, name_scope_.empty() ? "" : "/"));
    }
    name_scope_ = unique_name(name, true);
  }
  std::string entered = name_scope_.empty() ? std::string() : str_cat(name_scope_, "/");
  return Scope([this, previous = std::move(previous)]() mutable { name_scope_ = std::move(previous); }, std::move(entered));
}

Scope Graph::control_dependencies(absl::Span<const Operation> controls) {
  ControlFrame frame;
  for (const Operation& control : controls) {
    if (!control) {
      if (!control.failed()) add_error(invalid_argument("control_dependencies got an empty Operation"));
      continue;
    }
    if (control.graph() != this) {
      add_error(invalid_argument("control dependency ", control.describe(), " belongs to ", control.graph()->describe(), ", not to ", describe()));
      continue;
    }
    // What an outer scope asks for already, this one need not; so TensorFlow keeps it, which matters where a node is dominated.
    bool known = std::find(frame.controls.begin(), frame.controls.end(), control) != frame.controls.end();
    for (size_t i = first_control_frame(); i < control_frames_.size(); ++i) {
      const auto& outer = control_frames_[i].controls;
      known = known || std::find(outer.begin(), outer.end(), control) != outer.end();
    }
    if (!known) frame.controls.push_back(control);
  }
  control_frames_.push_back(std::move(frame));
  return Scope([this] { control_frames_.pop_back(); });
}

Scope Graph::clear_control_dependencies() {
  ControlFrame frame;
  frame.clears = true;
  control_frames_.push_back(std::move(frame));
  ControlFlowContext* context = std::exchange(control_flow_, nullptr);
  return Scope([this, context] {
    control_frames_.pop_back();
    control_flow_ = context;
  });
}

Scope Graph::colocate_with(Operation op, bool ignore_existing) {
  std::vector<std::string> previous = colocation_;
  const bool was_colocated = device_is_colocated_;
  std::string device = device_;
  if (ignore_existing) colocation_.clear();
  // The outermost node colocated with that has a device decides; device scopes around end here, whatever is colocated with.
  device_is_colocated_ = was_colocated && !ignore_existing;
  if (!device_is_colocated_) device_.clear();
  if (op) {
    // Colocating with a node that is itself colocated means joining its groups.
    std::vector<std::string> groups = op.node()->attr<std::vector<std::string>>("_class");
    std::erase_if(groups, [](const std::string& g) { return g.rfind("loc:@", 0) != 0; });
    if (groups.empty()) groups.push_back(str_cat("loc:@", op.name()));
    for (std::string& group : groups)
      if (std::find(colocation_.begin(), colocation_.end(), group) == colocation_.end()) colocation_.push_back(std::move(group));
    std::sort(colocation_.begin(), colocation_.end());
    if (!device_is_colocated_ && !op.node()->device().empty()) {
      device_ = op.node()->device();
      device_is_colocated_ = true;
    }
  }
  return Scope([this, previous = std::move(previous), device = std::move(device), was_colocated]() mutable {
    colocation_ = std::move(previous);
    device_ = std::move(device);
    device_is_colocated_ = was_colocated;
  });
}

Scope Graph::device(std::string_view device) {
  std::string previous = device_;
  absl::StatusOr<std::string> merged = device_inside(device, device_is_colocated_ ? "" : device_);
  if (!merged.ok()) add_error(merged.status());
  else if (!device_is_colocated_) device_ = device.empty() ? std::string() : *std::move(merged);
  return Scope([this, previous = std::move(previous)]() mutable { device_ = std::move(previous); });
}

Scope Graph::container(std::string_view name) {
  std::string previous = std::exchange(container_, std::string(name));
  return Scope([this, previous = std::move(previous)]() mutable { container_ = std::move(previous); });
}

Scope Graph::gradient_override_map(std::map<std::string, std::string, std::less<>> map) {
  auto previous = gradient_overrides_;
  for (auto& [op, gradient] : map) gradient_overrides_[op] = std::move(gradient);
  return Scope([this, previous = std::move(previous)]() mutable { gradient_overrides_ = std::move(previous); });
}

void Graph::register_gradient(std::string name, GradientFn gradient) { registered_gradients_[std::move(name)] = std::move(gradient); }

const GradientFn* Graph::find_registered_gradient(std::string_view name) const {
  const auto it = registered_gradients_.find(name);
  return it == registered_gradients_.end() ? nullptr : &it->second;
}

Scope Graph::location_scope(std::source_location where) {
  if (location_scope_.has_value()) return Scope();
  location_scope_ = Location(where);
  return Scope([this] { location_scope_.reset(); });
}

Scope Graph::provenance(NodeRole role, Location forward, Location call) {
  Provenance previous = std::exchange(provenance_, Provenance{role, forward, call});
  return Scope([this, previous] { provenance_ = previous; });
}

Scope Graph::control_flow_scope(ControlFlowContext* context) {
  ControlFlowContext* previous = std::exchange(control_flow_, context);
  return Scope([this, previous] { control_flow_ = previous; });
}

}  // namespace weft
