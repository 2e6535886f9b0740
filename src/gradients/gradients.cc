// gradients(): its arguments, the gradients that ys start with, and what the caller gets. The walk itself is in reverse_walk.cc.
#include "weft/gradients/gradients.h"

#include <algorithm>
#include <optional>

#include "src/gradients/absence.h"
#include "src/gradients/operands.h"
#include "src/gradients/reverse_walk.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"

namespace weft {

namespace {

bool is_real_or_integer(DType t) { return is_floating(t) || is_integer(t) || kQuantizedTypes.contains(t); }

// TensorFlow's rule which gradient fits which tensor.
absl::Status check_grad_y(const Output& y, DType grad) {
  const DType dtype = base_dtype(y.dtype());
  const auto mismatch = [&](std::string_view kind, std::string_view wanted) {
    return invalid_argument("Gradient type ", dtype_name(grad), " generated for ", kind, " tensor ", y.describe(), " must be ", wanted);
  };
  if (is_real_or_integer(dtype)) return is_real_or_integer(grad) ? absl::OkStatus() : mismatch("real or integer-valued", "real or integer");
  if (is_complex(dtype)) return is_complex(grad) ? absl::OkStatus() : mismatch("complex-valued", "complex");
  if (dtype == DType::kVariant) return grad == DType::kVariant ? absl::OkStatus() : mismatch("variant", "variant");
  if (dtype == DType::kResource) return grad != DType::kResource ? absl::OkStatus() : mismatch("resource", "no resource");
  return invalid_argument("Tensor ", y.describe(), " must be numeric to obtain a default gradient");
}

// A copy of the caller's gradient inside the scope of the call.
Gradient copied(const Gradient& grad, size_t i) {
  const std::string name = str_cat("grad_ys_", i);
  if (grad.is_dense()) return identity(grad.dense(), name);
  const IndexedSlices& slices = grad.slices();
  const Output indices = identity(slices.indices, name + "_indices");
  const Output values = identity(slices.values, name + "_values");
  const Output dense_shape = slices.dense_shape ? identity(slices.dense_shape, name + "_shape") : Output();
  return IndexedSlices{values, indices, dense_shape};
}

Gradient starting_gradient(Graph& graph, const Output& y, const Gradient& given, size_t i, Location call) {
  if (given.is_none() && is_complex(base_dtype(y.dtype()))) {
    graph.add_error(invalid_argument("Gradients of complex tensors must set grad_ys (y is ", y.describe(), ")"), call);
    return Output::failed(&graph);
  }
  if (given.is_none()) {
    const Output dims = shape(y);
    return fill(dims, constant(graph, 1, {.dtype = base_dtype(y.dtype()), .name = str_cat("grad_ys_", i)}));
  }
  if (const absl::Status status = check_grad_y(y, base_dtype(given.values().dtype())); !status.ok()) {
    graph.add_error(status, call);
    return Output::failed(&graph);
  }
  return copied(given, i);
}

// The gradients that ys start with; nothing when one failed.
std::optional<std::vector<Gradient>> starting_gradients(Graph& graph, const std::vector<Output>& ys, const GradientsOptions& options, Location call) {
  if (!options.grad_ys.empty() && options.grad_ys.size() != ys.size()) {
    graph.add_error(invalid_argument("Passed ", options.grad_ys.size(), " grad_ys for ", ys.size(), " ys"), call);
    return std::nullopt;
  }
  std::vector<Gradient> starts;
  for (size_t i = 0; i < ys.size(); ++i) {
    const Scope provenance = graph.provenance(NodeRole::kGradient, ys[i].node()->location(), call);
    std::optional<Scope> colocation;
    if (options.colocate_gradients_with_ops) colocation.emplace(graph.colocate_with(ys[i].op()));
    starts.push_back(starting_gradient(graph, ys[i], options.grad_ys.empty() ? Gradient() : options.grad_ys[i], i, call));
    if (!starts.back().values()) return std::nullopt;
  }
  return starts;
}

std::vector<Gradient> collect(Graph& graph, const ReverseWalk& walk, const std::vector<Output>& ys, const std::vector<Output>& xs,
                              const GradientsOptions& options, Location call) {
  std::vector<Gradient> result;
  bool any_absent = false;
  for (const Output& x : xs) {
    ReverseWalk::Arrived arrived = walk.arrived(x);
    if (!arrived.received && options.unconnected_gradients == UnconnectedGradients::kZero) {
      const Scope provenance = graph.provenance(NodeRole::kGradient, x.node()->location(), call);
      arrived.gradient = zeros_like_value(x);
    }
    any_absent = any_absent || arrived.gradient.is_none();
    result.push_back(std::move(arrived.gradient));
  }
  if (any_absent) {
    const FlowRules rules{.stops = [&](const Node* node) { return walk.stops(node); },
                          .stop_text = "stop_gradients names it",
                          .refuses = [&](const Node* node, int input) { return walk.refused().contains(RefusedInput(node, input)); }};
    explain_absence(graph, ys, xs, rules, result);
  }
  return result;
}

}  // namespace

std::vector<Gradient> gradients(const OperandList& ys, const OperandList& xs, GradientsOptions options, Loc where) {
  Graph* graph = graph_of(ys);
  if (graph == nullptr) graph = graph_of(xs);
  if (graph == nullptr) return failed_gradients(xs.size());
  const Location call(where);
  OperandList stops(options.stop_gradients);
  if (!belong_to(*graph, ys, "ys", call) || !belong_to(*graph, xs, "xs", call) || !belong_to(*graph, stops, "stop_gradients", call)) {
    return failed_gradients(xs.size());
  }
  const Scope line = graph->location_scope(where);
  std::optional<Scope> scope(graph->name_scope(options.name.empty() ? "gradients" : options.name));
  graph->unique_name("uid");  // TensorFlow takes this name for each call
  std::vector<Output> y_tensors;
  for (const Operand& y : ys) y_tensors.push_back(convert(y, graph, DType::kInvalid, "y", where));
  const std::vector<Output> x_tensors = differentiation_targets(xs);
  const auto starts = starting_gradients(*graph, y_tensors, options, call);
  if (!starts.has_value()) return failed_gradients(xs.size());
  ReverseWalk walk(*graph, y_tensors, x_tensors, options, call);
  if (!walk.run(*starts)) return failed_gradients(xs.size());
  scope.reset();  // zeros for what is unconnected stand outside, as in TensorFlow
  return collect(*graph, walk, y_tensors, x_tensors, options, call);
}

std::vector<Gradient> tuple_gradients(const std::vector<Gradient>& gradients, Loc where) {
  std::vector<Output> values;
  for (const Gradient& g : gradients) values.push_back(g.is_none() ? Output() : g.values());
  values = tuple(values, {}, "", where);
  std::vector<Gradient> gated = gradients;
  for (size_t i = 0; i < gated.size(); ++i) {
    if (gated[i].is_slices()) gated[i] = IndexedSlices{values[i], gradients[i].slices().indices, gradients[i].slices().dense_shape};
    else if (gated[i].is_dense()) gated[i] = values[i];
  }
  return gated;
}

std::vector<GradientAndVariable> zip(const std::vector<Gradient>& gradients, const std::vector<Variable>& variables, Loc where) {
  if (gradients.size() != variables.size()) {
    for (const Variable& v : variables) {
      if (v.graph() == nullptr) continue;
      v.graph()->add_error(
          invalid_argument("zip got ", gradients.size(), " gradients and ", variables.size(), " variables; each variable needs its gradient"), where);
      break;
    }
  }
  std::vector<GradientAndVariable> pairs;
  for (size_t i = 0; i < std::min(gradients.size(), variables.size()); ++i) pairs.push_back({gradients[i], variables[i]});
  return pairs;
}

}  // namespace weft
