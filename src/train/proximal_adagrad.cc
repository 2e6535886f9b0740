#include "weft/train/proximal_adagrad.h"

#include "src/train/slot_values.h"
#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

ProximalAdagradOptimizer::ProximalAdagradOptimizer(ProximalAdagradOptions options)
    : Optimizer(options.name, options.use_locking), options_(std::move(options)) {
  if (options_.initial_accumulator_value <= 0)
    set_status(invalid_argument("initial_accumulator_value must be positive: ", options_.initial_accumulator_value));
}

void ProximalAdagradOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    if (!get_slot(v, "accumulator")) get_or_make_slot(v, filled_beside(v, options_.initial_accumulator_value), "accumulator", name());
  }
}

void ProximalAdagradOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  l1_ = hyper_parameter(graph, options_.l1_regularization_strength, "l1_regularization_strength");
  l2_ = hyper_parameter(graph, options_.l2_regularization_strength, "l2_regularization_strength");
}

Operation ProximalAdagradOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  UpdateOp op(resource_apply_proximal_adagrad_op(), variable, use_locking());
  return op.slot(get_slot(variable, "accumulator")).hyper(learning_rate_).hyper(l1_).hyper(l2_).input(gradient).operation();
}

Operation ProximalAdagradOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  UpdateOp op(resource_sparse_apply_proximal_adagrad_op(), variable, use_locking());
  return op.slot(get_slot(variable, "accumulator")).hyper(learning_rate_).hyper(l1_).hyper(l2_).input(values).input(indices).operation();
}

}  // namespace weft
