// Gradient descent with proximal L1 and L2 regularisation.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct ProximalGradientDescentOptions {
  Operand learning_rate;                      // a number or a scalar tensor
  Operand l1_regularization_strength = 0.0f;  // at least 0
  Operand l2_regularization_strength = 0.0f;  // at least 0
  bool use_locking = false;                   // updates lock the variable
  std::string name = "ProximalGradientDescent";
};

// p = variable - learning_rate gradient; variable = sign(p) max(|p| - learning_rate l1, 0) / (1 + learning_rate l2). Duchi and Singer,
// JMLR 2009. TF ops ResourceApplyProximalGradientDescent, ResourceSparseApplyProximalGradientDescent.
class ProximalGradientDescentOptimizer : public Optimizer {
 public:
  explicit ProximalGradientDescentOptimizer(ProximalGradientDescentOptions options);

 protected:
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  ProximalGradientDescentOptions options_;
  Output learning_rate_;
  Output l1_;
  Output l2_;
};

}  // namespace weft
