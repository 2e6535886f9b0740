#include "weft/train/adagrad.h"

#include "src/train/slot_values.h"
#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

AdagradOptimizer::AdagradOptimizer(AdagradOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {
  if (options_.initial_accumulator_value <= 0)
    set_status(invalid_argument("initial_accumulator_value must be positive: ", options_.initial_accumulator_value));
}

void AdagradOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    const auto filled = [&](Graph& graph) { return filled_like(graph, v, options_.initial_accumulator_value); };
    get_or_make_slot_with_initializer(v, filled, "accumulator", name());
  }
}

void AdagradOptimizer::prepare(Graph& graph) { learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate"); }

Operation AdagradOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  return UpdateOp(resource_apply_adagrad_op(), variable, use_locking())
      .slot(get_slot(variable, "accumulator"))
      .hyper(learning_rate_)
      .input(gradient)
      .operation();
}

Operation AdagradOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  UpdateOp op(resource_sparse_apply_adagrad_op(), variable, use_locking());
  return op.slot(get_slot(variable, "accumulator")).hyper(learning_rate_).input(values).input(indices).operation();
}

}  // namespace weft
