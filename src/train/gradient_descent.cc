#include "weft/train/gradient_descent.h"

#include "src/train/sparse_gradient.h"
#include "src/train/update_op.h"
#include "weft/ops/operators.h"
#include "weft/ops/training_ops.h"

namespace weft {

GradientDescentOptimizer::GradientDescentOptimizer(GradientDescentOptions options)
    : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void GradientDescentOptimizer::prepare(Graph& graph) { learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate"); }

Operation GradientDescentOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  return UpdateOp(resource_apply_gradient_descent_op(), variable, use_locking()).hyper(learning_rate_).input(gradient).operation();
}

Operation GradientDescentOptimizer::resource_apply_sparse_duplicate_indices(const Output& values, const Variable& variable, const Output& indices) {
  const Output opposite = -values;
  const Output delta = multiply(opposite, options_.learning_rate, "mul");
  return add_rows(variable, indices, delta);
}

}  // namespace weft
