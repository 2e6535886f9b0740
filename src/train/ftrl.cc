#include "weft/train/ftrl.h"

#include "src/train/slot_values.h"
#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

FtrlOptimizer::FtrlOptimizer(FtrlOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {
  const auto at_least_0 = [&](std::string_view what, float value) {
    if (!(value >= 0)) set_status(invalid_argument(what, " ", value, " needs to be positive or zero"));
  };
  at_least_0("initial_accumulator_value", options_.initial_accumulator_value);
  if (!(options_.learning_rate_power <= 0))
    set_status(invalid_argument("learning_rate_power ", options_.learning_rate_power, " needs to be negative or zero"));
  at_least_0("l1_regularization_strength", options_.l1_regularization_strength);
  at_least_0("l2_regularization_strength", options_.l2_regularization_strength);
  at_least_0("l2_shrinkage_regularization_strength", options_.l2_shrinkage_regularization_strength);
}

void FtrlOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    if (get_slot(v, "accum")) continue;
    get_or_make_slot(v, filled_beside(v, options_.initial_accumulator_value), "accum", options_.accum_name.empty() ? name() : options_.accum_name);
    zeros_slot(v, "linear", options_.linear_name.empty() ? name() : options_.linear_name);
  }
}

void FtrlOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  l1_ = hyper_parameter(graph, options_.l1_regularization_strength, "l1_regularization_strength");
  l2_ = hyper_parameter(graph, options_.l2_regularization_strength, "l2_regularization_strength");
  shrinkage_ = hyper_parameter(graph, options_.l2_shrinkage_regularization_strength, "l2_shrinkage_regularization_strength");
  power_ = hyper_parameter(graph, options_.learning_rate_power, "learning_rate_power");
}

Operation FtrlOptimizer::apply(const OpDef& op_def, const Variable& variable, absl::Span<const Output> gradient) {
  UpdateOp op(op_def, variable, use_locking());
  op.slot(get_slot(variable, "accum")).slot(get_slot(variable, "linear"));
  for (const Output& part : gradient) op.input(part);
  op.hyper(learning_rate_).hyper(l1_).hyper(l2_);
  if (options_.l2_shrinkage_regularization_strength > 0) op.hyper(shrinkage_);
  return op.hyper(power_).operation();
}

Operation FtrlOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  return apply(options_.l2_shrinkage_regularization_strength > 0 ? resource_apply_ftrl_v2_op() : resource_apply_ftrl_op(), variable, {gradient});
}

Operation FtrlOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  return apply(options_.l2_shrinkage_regularization_strength > 0 ? resource_sparse_apply_ftrl_v2_op() : resource_sparse_apply_ftrl_op(), variable,
               {values, indices});
}

}  // namespace weft
