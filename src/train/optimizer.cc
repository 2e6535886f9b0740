// What all optimizers share: from a loss to gradients, from gradients to one operation.
#include "weft/train/optimizer.h"

#include <algorithm>

#include "src/train/slots.h"
#include "src/train/sparse_gradient.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

Optimizer::Optimizer(std::string name, bool use_locking) : name_(std::move(name)), use_locking_(use_locking) {
  if (name_.empty()) set_status(invalid_argument("Must specify the optimizer name"));
}
Optimizer::~Optimizer() = default;

void Optimizer::set_status(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

void Optimizer::remember(Graph& graph) {
  last_graph_ = &graph;
  last_graph_alive_ = alive(graph);
}

// An error of a call that names no graph: kept by the graph of the last call, if it still lives, and here.
Operation Optimizer::refuse(absl::Status error, Loc where) {
  set_status(error);
  if (last_graph_alive_.expired()) return Operation();
  last_graph_->add_error(error, where);
  return Operation::failed(last_graph_);
}

namespace {

bool is_valid_dtype(DType dtype) { return kFloatTypes.contains(dtype); }

absl::Status invalid_type(DType dtype, const std::string& of) {
  return invalid_argument("Invalid type ", dtype_name(base_dtype(dtype)), " for ", of, ", expected: half, bfloat16, float32, float64");
}

// "Floor 'pred' (model.cc:42) has no gradient (blocks w, b); no path …": the reasons of absent gradients, each once.
std::string reasons(absl::Span<const GradientAndVariable> pairs) {
  std::vector<std::pair<std::string, std::string>> by_reason;  // reason, variables
  for (const GradientAndVariable& pair : pairs) {
    const std::string reason = pair.gradient.reason().empty() ? "no gradient was given" : pair.gradient.reason();
    const auto known = std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& r) { return r.first == reason; });
    if (known == by_reason.end()) by_reason.emplace_back(reason, pair.variable.describe());
    else str_append(known->second, ", ", pair.variable.describe());
  }
  std::string text;
  for (const auto& [reason, variables] : by_reason) str_append(text, text.empty() ? "" : "; ", variables, ": ", reason);
  return text;
}

bool all_absent(absl::Span<const GradientAndVariable> pairs) {
  return std::all_of(pairs.begin(), pairs.end(), [](const GradientAndVariable& p) { return p.gradient.is_none(); });
}
bool any_failed(absl::Span<const GradientAndVariable> pairs) {
  return std::any_of(pairs.begin(), pairs.end(), [](const GradientAndVariable& p) {
    return p.gradient.absent() == AbsentGradient::kFailed || (!p.gradient.is_none() && p.gradient.values().failed());
  });
}

}  // namespace

Operation Optimizer::minimize(const Output& loss, MinimizeOptions options, Loc where) {
  const auto pairs = compute_gradients(loss,
                                       {.var_list = std::move(options.var_list),
                                        .gate_gradients = options.gate_gradients,
                                        .aggregation_method = options.aggregation_method,
                                        .colocate_gradients_with_ops = options.colocate_gradients_with_ops,
                                        .grad_loss = std::move(options.grad_loss)},
                                       where);
  Graph* graph = loss.graph();
  if (pairs.empty() || any_failed(pairs)) return graph != nullptr ? Operation::failed(graph) : Operation();
  if (all_absent(pairs)) {
    graph->add_error(
        invalid_argument("No gradients provided for any variable: no gradient from the loss ", loss.describe(), " reaches any of ", pairs.size(),
                         " variables. ", reasons(pairs), ". Use differentiable ops between the variables and the loss, or give another var_list"),
        where);
    return Operation::failed(graph);
  }
  return apply_gradients(pairs, {.global_step = options.global_step, .name = std::move(options.name)}, where);
}

std::vector<GradientAndVariable> Optimizer::compute_gradients(const Output& loss, ComputeGradientsOptions options, Loc where) {
  if (loss.graph() == nullptr) {
    refuse(invalid_argument("the loss is an empty Output: it was never assigned"), where);
    return {};
  }
  Graph& graph = *loss.graph();
  remember(graph);
  if (loss.failed()) return {};
  if (!is_valid_dtype(loss.dtype())) {
    graph.add_error(invalid_type(loss.dtype(), str_cat("the loss ", loss.describe())), where);
    return {};
  }
  if (!options.grad_loss.is_none() && !is_valid_dtype(options.grad_loss.values().dtype())) {
    graph.add_error(invalid_type(options.grad_loss.values().dtype(), str_cat("grad_loss ", options.grad_loss.values().describe())), where);
    return {};
  }
  if (options.var_list.empty()) options.var_list = graph.trainable_variables();
  if (options.var_list.empty()) {
    graph.add_error(invalid_argument("No variables to optimize: ", graph.describe(),
                                     " has no trainable variable, and var_list is empty. The loss is ", loss.describe()),
                    where);
    return {};
  }
  GradientsOptions how{.gate_gradients = options.gate_gradients == GateGradients::kOp,
                       .aggregation_method = options.aggregation_method,
                       .colocate_gradients_with_ops = options.colocate_gradients_with_ops};
  if (!options.grad_loss.is_none()) how.grad_ys = {options.grad_loss};
  std::vector<Gradient> found = gradients(loss, options.var_list, std::move(how), where);
  if (options.gate_gradients == GateGradients::kGraph) found = tuple_gradients(found, where);
  for (size_t i = 0; i < found.size(); ++i) {
    if (!found[i].is_none() && !is_valid_dtype(options.var_list[i].dtype())) {
      graph.add_error(invalid_type(options.var_list[i].dtype(), str_cat("the variable ", options.var_list[i].describe())), where);
      return {};
    }
  }
  return zip(found, options.var_list, where);
}

namespace {

// What is wrong with one pair that has a gradient.
absl::Status check_pair(const Graph& graph, const GradientAndVariable& pair) {
  const Variable& variable = pair.variable;
  const Output values = pair.gradient.values();
  if (variable.graph() != &graph || values.graph() != &graph) {
    const Graph* other = variable.graph() != &graph ? variable.graph() : values.graph();
    return invalid_argument("the variable ", variable.describe(), " belongs to ", variable.graph()->describe(), " and its gradient ",
                            values.describe(), " to ", values.graph()->describe(), "; all pairs must be of ", graph.describe(),
                            other == nullptr ? " (one has no graph)" : "");
  }
  if (base_dtype(values.dtype()) != variable.dtype()) {
    return invalid_argument("the gradient ", values.describe(), " is ", dtype_name(values.dtype()), ", its variable ", variable.describe(), " is ",
                            dtype_name(variable.dtype()), ". Cast the gradient: cast(gradient, variable.dtype())");
  }
  PartialShape expected = variable.shape();
  if (pair.gradient.is_slices()) {
    // Rows of the variable.
    if (!expected.known_rank() || expected.rank() == 0 || !values.shape().known_rank() || values.shape().rank() == 0) return absl::OkStatus();
    expected.set_dim(0, kUnknownDim);
  }
  if (!values.shape().is_compatible_with(expected)) {
    return invalid_argument("the gradient ", values.describe(), " has shape ", values.shape().to_string(), ", which does not fit its variable ",
                            variable.describe());
  }
  return absl::OkStatus();
}

}  // namespace

bool Optimizer::check_pairs(Graph& graph, absl::Span<const GradientAndVariable> pairs, Loc where) const {
  bool good = true;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!pairs[i].variable) {
      const Gradient& g = pairs[i].gradient;
      graph.add_error(invalid_argument("apply_gradients: pair ", i, " has an empty Variable; its gradient is ",
                                       g.is_none() ? std::string("absent") : g.values().describe()),
                      where);
      good = false;
    } else if (!pairs[i].gradient.is_none()) {
      if (const absl::Status status = check_pair(graph, pairs[i]); !status.ok()) {
        graph.add_error(annotate(status, "apply_gradients: "), where);
        good = false;
      }
    }
  }
  return good;
}

Operation Optimizer::apply_gradients(absl::Span<const GradientAndVariable> pairs, ApplyGradientsOptions options, Loc where) {
  if (pairs.empty()) {
    return refuse(invalid_argument("No variables provided: apply_gradients of '", name_, "' got 0 pairs. Was the list filtered, or never filled?"),
                  where);
  }
  Graph* graph = nullptr;
  for (const GradientAndVariable& pair : pairs) {
    if (graph == nullptr && pair.variable) graph = pair.variable.graph();
  }
  if (graph == nullptr)
    return refuse(
        invalid_argument("apply_gradients of '", name_, "' got ", pairs.size(), " pairs whose variables are all empty: they were never assigned"),
        where);
  remember(*graph);
  if (!status_.ok()) {
    graph->add_error(annotate(status_, str_cat("optimizer '", name_, "': ")), where);
    return Operation::failed(graph);
  }
  if (any_failed(pairs)) return Operation::failed(graph);
  if (!check_pairs(*graph, pairs, where)) return Operation::failed(graph);
  if (all_absent(pairs)) {
    graph->add_error(invalid_argument("No gradients provided for any variable: ", reasons(pairs)), where);
    return Operation::failed(graph);
  }
  if (options.global_step && options.global_step.graph() != graph) {
    graph->add_error(invalid_argument("global_step ", options.global_step.describe(), " belongs to ", options.global_step.graph()->describe(),
                                      ", the variables to ", graph->describe()),
                     where);
    return Operation::failed(graph);
  }
  return apply_to(*graph, pairs, options, where);
}

Operation Optimizer::apply_to(Graph& graph, absl::Span<const GradientAndVariable> pairs, const ApplyGradientsOptions& options, Loc where) {
  const Scope line = graph.location_scope(where);
  std::vector<Variable> updated;
  for (const GradientAndVariable& pair : pairs) {
    if (!pair.gradient.is_none()) updated.push_back(pair.variable);
  }
  {
    const Scope unordered = graph.clear_control_dependencies();
    create_slots(updated);
  }
  const Scope scope = graph.name_scope(options.name.empty() ? name_ : options.name);
  const Scope provenance = graph.provenance(NodeRole::kUpdate, Location(where), Location(where));
  prepare(graph);
  std::vector<Operation> updates;
  for (const GradientAndVariable& pair : pairs) {
    if (!pair.gradient.is_none()) updates.push_back(update(pair));
  }
  Operation train_op;
  if (!options.global_step) {
    train_op = finish(graph, updates, scope.name());
  } else {
    const Operation done = finish(graph, updates, "update");
    if (!done) return Operation::failed(&graph);
    const Variable& step = options.global_step;
    const Scope after = graph.control_dependencies({done});
    const Scope place = graph.colocate_with(step.op());
    const Output one = constant(graph, 1, {.dtype = step.dtype()});
    train_op = OpBuilder(graph, assign_add_variable_op(), scope.name(), where).input(step.handle()).input(one).operation();
  }
  if (!train_op) return Operation::failed(&graph);
  const auto earlier = graph.collection<Operation>(collections::kTrainOp);
  if (std::find(earlier.begin(), earlier.end(), train_op) == earlier.end()) graph.add_to_collection(collections::kTrainOp, train_op);
  return train_op;
}

Operation Optimizer::update(const GradientAndVariable& pair) {
  const Variable& variable = pair.variable;
  Graph& graph = *variable.graph();
  const Scope scope = graph.name_scope(str_cat("update_", variable.name()));
  const Scope place = graph.colocate_with(variable.op());
  if (pair.gradient.is_slices()) {
    if (variable.constraint()) {
      graph.add_error(
          invalid_argument("Cannot use a constraint function on a sparse variable: the gradient of ", variable.describe(), " is IndexedSlices"));
      return Operation::failed(&graph);
    }
    const IndexedSlices& slices = pair.gradient.slices();
    return variable.is_resource() ? resource_apply_sparse_duplicate_indices(slices.values, variable, slices.indices)
                                  : apply_sparse_duplicate_indices(slices, variable);
  }
  const Operation updated =
      variable.is_resource() ? resource_apply_dense(pair.gradient.dense(), variable) : apply_dense(pair.gradient.dense(), variable);
  if (!variable.constraint() || !updated) return updated;
  const Scope after = graph.control_dependencies({updated});
  return variable.assign(variable.constraint()(variable.value()));
}

namespace {

Operation unsupported(const Optimizer& optimizer, const Variable& variable, std::string_view what) {
  variable.graph()->add_error(unimplemented("optimizer '", optimizer.name(), "' does not update ", what, ": ", variable.describe()));
  return Operation::failed(variable.graph());
}

}  // namespace

void Optimizer::create_slots(absl::Span<const Variable>) {}
void Optimizer::prepare(Graph&) {}

Operation Optimizer::resource_apply_sparse(const Output&, const Variable& variable, const Output&) {
  return unsupported(*this, variable, "variables by IndexedSlices");
}

Operation Optimizer::resource_apply_sparse_duplicate_indices(const Output& values, const Variable& variable, const Output& indices) {
  const auto [sums, distinct] = without_duplicates(values, indices);
  return resource_apply_sparse(sums, variable, distinct);
}

Operation Optimizer::apply_dense(const Output&, const Variable& variable) { return unsupported(*this, variable, "ref variables"); }
Operation Optimizer::apply_sparse(const IndexedSlices&, const Variable& variable) {
  return unsupported(*this, variable, "ref variables by IndexedSlices");
}

Operation Optimizer::apply_sparse_duplicate_indices(const IndexedSlices& gradient, const Variable& variable) {
  const auto [sums, distinct] = without_duplicates(gradient.values, gradient.indices);
  return apply_sparse({sums, distinct, gradient.dense_shape}, variable);
}

Operation Optimizer::finish(Graph& graph, absl::Span<const Operation> updates, std::string_view name) { return group(graph, updates, name); }

Output Optimizer::hyper_parameter(Graph& graph, const Operand& value, std::string_view name) {
  if (value.literal() != nullptr && value.literal()->tensor.num_elements() != 1) {
    graph.add_error(invalid_argument("the optimizer's ", name, " must be one number or a scalar tensor; it has ",
                                     value.literal()->tensor.num_elements(), " elements: was it given?"));
    return Output::failed(&graph);
  }
  const bool number = value.literal() != nullptr && value.literal()->weak;
  return convert(value, &graph, number ? DType::kFloat32 : DType::kInvalid, name);
}

}  // namespace weft
