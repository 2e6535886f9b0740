#include "weft/ops/control_ops.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

absl::StatusOr<Kernel> make_no_op(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext&) { return absl::OkStatus(); });
}

// NoOp: does nothing; exists for its control edges.
const OpDef& no_op_op() {
  static const OpDef& op = *new OpDef{.name = "NoOp", .shape = no_outputs_shape, .kernels = {{.make = make_no_op}}, .gradient = NoGradientDefined{}};
  return op;
}

// A NoOp on `device` after `controls`.
Operation no_op_after(Graph& graph, std::string_view device, absl::Span<const Operation> controls, std::string_view name, Loc where) {
  const Scope order = graph.control_dependencies(controls);
  if (device.empty()) return no_op(graph, name, where);
  const Scope placed = graph.device(device);
  return no_op(graph, name, where);
}

}  // namespace

Operation no_op(Graph& graph, std::string_view name, Loc where) { return OpBuilder(graph, no_op_op(), name, where).operation(); }

Operation group(Graph& graph, absl::Span<const Operation> operations, std::string_view name, Loc where) {
  std::map<std::string, std::vector<Operation>> on_device;  // by name, so that the NoOps come in TensorFlow's order
  for (const Operation& operation : operations) {
    if (operation.failed()) return Operation::failed(&graph);
    if (!operation) {
      graph.add_error(invalid_argument("group: an empty Operation: it was never assigned"), where);
      return Operation::failed(&graph);
    }
    on_device[operation.node()->device()].push_back(operation);
  }
  const Scope scope = graph.name_scope(name.empty() ? "group_deps" : name);
  if (on_device.empty()) return no_op(graph, scope.name(), where);
  if (on_device.size() == 1) return no_op_after(graph, on_device.begin()->first, on_device.begin()->second, scope.name(), where);
  std::vector<Operation> roots;
  for (const auto& [device, members] : on_device) roots.push_back(no_op_after(graph, device, members, "", where));
  return no_op_after(graph, "", roots, scope.name(), where);
}

Operation group(absl::Span<const Operation> operations, std::string_view name, Loc where) {
  for (const Operation& operation : operations) {
    if (operation.graph() != nullptr) return group(*operation.graph(), operations, name, where);
  }
  return Operation();
}

Operation group(std::initializer_list<Operation> operations, std::string_view name, Loc where) {
  return group(absl::Span<const Operation>(operations.begin(), operations.size()), name, where);
}

Output with_dependencies(absl::Span<const Operation> dependencies, const Output& value, std::string_view name, Loc where) {
  if (!value) return value;
  Graph& graph = *value.graph();
  const Scope scope = graph.name_scope(name.empty() ? "control_dependency" : name);
  const Scope place = graph.colocate_with(value.op());
  const Scope order = graph.control_dependencies(dependencies);
  return identity(value, scope.name(), where);
}

std::vector<Output> tuple(absl::Span<const Output> outputs, absl::Span<const Operation> control_inputs, std::string_view name, Loc where) {
  std::vector<Operation> gating;
  std::vector<Output> gated(outputs.begin(), outputs.end());
  Graph* graph = nullptr;
  for (const Output& output : outputs) {
    if (graph == nullptr) graph = output.graph();
    if (output) gating.push_back(output.op());
  }
  if (graph == nullptr) return gated;
  if (std::any_of(outputs.begin(), outputs.end(), [](const Output& o) { return o.failed(); })) {
    for (Output& output : gated) {
      if (output) output = Output::failed(graph);
    }
    return gated;
  }
  for (const Operation& control : control_inputs) {
    if (control) gating.push_back(control);
  }
  std::sort(gating.begin(), gating.end(), [](const Operation& a, const Operation& b) { return a.node()->id() < b.node()->id(); });
  gating.erase(std::unique(gating.begin(), gating.end()), gating.end());
  const Scope scope = graph->name_scope(name.empty() ? "tuple" : name);
  const Operation gate = group(*graph, gating, "", where);
  for (Output& output : gated) {
    if (output) output = with_dependencies({gate}, output, "", where);
  }
  return gated;
}

OpList control_ops() { return {&no_op_op()}; }

}  // namespace weft
