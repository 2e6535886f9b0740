#include "weft/train/adam.h"

#include <algorithm>

#include "src/train/sparse_gradient.h"
#include "src/train/update_op.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/training_ops.h"

namespace weft {

AdamOptimizer::AdamOptimizer(AdamOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void AdamOptimizer::create_slots(absl::Span<const Variable> variables) {
  const Variable& first =
      *std::min_element(variables.begin(), variables.end(), [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  create_non_slot_variable(options_.beta1, "beta1_power", first);
  create_non_slot_variable(options_.beta2, "beta2_power", first);
  for (const Variable& variable : variables) {
    zeros_slot(variable, "m", name());
    zeros_slot(variable, "v", name());
  }
}

void AdamOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  beta1_ = hyper_parameter(graph, options_.beta1, "beta1");
  beta2_ = hyper_parameter(graph, options_.beta2, "beta2");
  epsilon_ = hyper_parameter(graph, options_.epsilon, "epsilon");
}

Operation AdamOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  const Graph& graph = *variable.graph();
  UpdateOp op(resource_apply_adam_op(), variable, use_locking());
  op.slot(get_slot(variable, "m")).slot(get_slot(variable, "v"));
  op.hyper(get_non_slot_variable(graph, "beta1_power")).hyper(get_non_slot_variable(graph, "beta2_power"));
  op.hyper(learning_rate_).hyper(beta1_).hyper(beta2_).hyper(epsilon_);
  return op.input(gradient).operation();
}

namespace {

// moment = decay moment everywhere, then the rows `values` are added. The moment after both.
Output decay_and_add(const Variable& moment, const Output& decay, const Output& indices, const Output& values) {
  Graph& graph = *moment.graph();
  const Scope decayed = graph.control_dependencies({moment.assign(moment * decay)});
  const Scope added = graph.control_dependencies({add_rows(moment, indices, values)});
  return moment.value();
}

}  // namespace

Operation AdamOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  Graph& graph = *variable.graph();
  const DType dtype = variable.dtype();
  const Variable beta1_power = get_non_slot_variable(graph, "beta1_power");
  const Variable beta2_power = get_non_slot_variable(graph, "beta2_power");
  const bool same_dtype = beta1_power.dtype() == dtype;
  const Output cast_power1 = same_dtype ? Output() : cast(beta1_power, dtype);
  const Output cast_power2 = same_dtype ? Output() : cast(beta2_power, dtype);
  const Output rate = cast(learning_rate_, dtype);
  const Output beta1 = cast(beta1_, dtype);
  const Output beta2 = cast(beta2_, dtype);
  const Output epsilon = cast(epsilon_, dtype);
  const Output root = sqrt(same_dtype ? 1.0f - beta2_power : 1.0f - cast_power2);
  const Output scaled_rate = rate * root;
  const Output correction = same_dtype ? 1.0f - beta1_power : 1.0f - cast_power1;
  const Output step = scaled_rate / correction;
  const Output m_rows = values * (1.0f - beta1);
  const Output m = decay_and_add(get_slot(variable, "m"), beta1, indices, m_rows);
  const Output squares = values * values;
  const Output v_rows = squares * (1.0f - beta2);
  const Output v = decay_and_add(get_slot(variable, "v"), beta2, indices, v_rows);
  const Output v_root = sqrt(v);
  const Output scaled = step * m;
  const Operation updated = variable.assign_sub(scaled / (v_root + epsilon));
  return group(graph, {updated, m.op(), v.op()});
}

Operation AdamOptimizer::finish(Graph& graph, absl::Span<const Operation> updates, std::string_view name) {
  std::vector<Operation> all(updates.begin(), updates.end());
  {
    const Scope after = graph.control_dependencies(updates);
    const Variable beta1_power = get_non_slot_variable(graph, "beta1_power");
    const Variable beta2_power = get_non_slot_variable(graph, "beta2_power");
    const Scope place = graph.colocate_with(beta1_power.op());
    all.push_back(beta1_power.assign(beta1_power * beta1_));
    all.push_back(beta2_power.assign(beta2_power * beta2_));
  }
  return group(graph, all, name);
}

}  // namespace weft
