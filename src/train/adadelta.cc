#include "weft/train/adadelta.h"

#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

AdadeltaOptimizer::AdadeltaOptimizer(AdadeltaOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void AdadeltaOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    zeros_slot(v, "accum", name());
    zeros_slot(v, "accum_update", name());
  }
}

void AdadeltaOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "lr");
  rho_ = hyper_parameter(graph, options_.rho, "rho");
  epsilon_ = hyper_parameter(graph, options_.epsilon, "epsilon");
}

Operation AdadeltaOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  UpdateOp op(resource_apply_adadelta_op(), variable, use_locking());
  op.slot(get_slot(variable, "accum")).slot(get_slot(variable, "accum_update"));
  return op.hyper(learning_rate_).hyper(rho_).hyper(epsilon_).input(gradient).operation();
}

Operation AdadeltaOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  UpdateOp op(resource_sparse_apply_adadelta_op(), variable, use_locking());
  op.slot(get_slot(variable, "accum")).slot(get_slot(variable, "accum_update"));
  return op.hyper(learning_rate_).hyper(rho_).hyper(epsilon_).input(values).input(indices).operation();
}

}  // namespace weft
