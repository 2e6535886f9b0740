#include "weft/train/momentum.h"

#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

MomentumOptimizer::MomentumOptimizer(MomentumOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void MomentumOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) zeros_slot(v, "momentum", name());
}

void MomentumOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  momentum_ = hyper_parameter(graph, options_.momentum, "momentum");
}

Operation MomentumOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  UpdateOp op(resource_apply_momentum_op(), variable, use_locking());
  op.slot(get_slot(variable, "momentum")).hyper(learning_rate_).input(gradient).hyper(momentum_);
  return op.attr("use_nesterov", options_.use_nesterov).operation();
}

Operation MomentumOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  UpdateOp op(resource_sparse_apply_momentum_op(), variable, use_locking());
  op.slot(get_slot(variable, "momentum")).hyper(learning_rate_).input(values).input(indices).hyper(momentum_);
  return op.attr("use_nesterov", options_.use_nesterov).operation();
}

}  // namespace weft
