#include "weft/train/proximal_gradient_descent.h"

#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

ProximalGradientDescentOptimizer::ProximalGradientDescentOptimizer(ProximalGradientDescentOptions options)
    : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void ProximalGradientDescentOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  l1_ = hyper_parameter(graph, options_.l1_regularization_strength, "l1_regularization_strength");
  l2_ = hyper_parameter(graph, options_.l2_regularization_strength, "l2_regularization_strength");
}

Operation ProximalGradientDescentOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  UpdateOp op(resource_apply_proximal_gradient_descent_op(), variable, use_locking());
  return op.hyper(learning_rate_).hyper(l1_).hyper(l2_).input(gradient).operation();
}

Operation ProximalGradientDescentOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  UpdateOp op(resource_sparse_apply_proximal_gradient_descent_op(), variable, use_locking());
  return op.hyper(learning_rate_).hyper(l1_).hyper(l2_).input(values).input(indices).operation();
}

}  // namespace weft
