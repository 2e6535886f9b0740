#include "weft/train/adagrad_da.h"

#include "src/train/slot_values.h"
#include "src/train/update_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/training_ops.h"

namespace weft {

AdagradDAOptimizer::AdagradDAOptimizer(AdagradDAOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {
  const float start = options_.initial_gradient_squared_accumulator_value;
  if (start <= 0) set_status(invalid_argument("initial_gradient_squared_accumulator_value must be positive: ", start));
}

void AdagradDAOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    if (get_slot(v, "gradient_accumulator")) continue;
    const Output zero = filled_beside(v, 0.0f);
    const Output start = filled_beside(v, options_.initial_gradient_squared_accumulator_value);
    get_or_make_slot(v, zero, "gradient_accumulator", name());
    get_or_make_slot(v, start, "gradient_squared_accumulator", name());
  }
}

void AdagradDAOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  const Scope place = graph.colocate_with(learning_rate_.op());
  step_ = identity(options_.global_step) + 1;
}

Operation AdagradDAOptimizer::apply(const OpDef& op_def, const Variable& variable, absl::Span<const Output> gradient) {
  const Output step = identity(step_);
  UpdateOp op(op_def, variable, use_locking());
  op.slot(get_slot(variable, "gradient_accumulator")).slot(get_slot(variable, "gradient_squared_accumulator"));
  for (const Output& part : gradient) op.input(part);
  return op.hyper(learning_rate_).hyper(options_.l1_regularization_strength).hyper(options_.l2_regularization_strength).input(step).operation();
}

Operation AdagradDAOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  return apply(resource_apply_adagrad_da_op(), variable, {gradient});
}

Operation AdagradDAOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  return apply(resource_sparse_apply_adagrad_da_op(), variable, {values, indices});
}

}  // namespace weft
