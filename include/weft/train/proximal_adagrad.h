// Adagrad with proximal L1 and L2 regularisation.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct ProximalAdagradOptions {
  Operand learning_rate;                      // a number or a scalar tensor
  float initial_accumulator_value = 0.1f;     // positive
  Operand l1_regularization_strength = 0.0f;  // at least 0
  Operand l2_regularization_strength = 0.0f;  // at least 0
  bool use_locking = false;                   // updates lock the variable
  std::string name = "ProximalAdagrad";
};

// accumulator += gradient^2; rate = learning_rate / sqrt(accumulator); p = variable - rate gradient; variable = sign(p) max(|p| - rate
// l1, 0) / (1 + rate l2). Slot "accumulator". Duchi and Singer, JMLR 2009. TF ops ResourceApplyProximalAdagrad,
// ResourceSparseApplyProximalAdagrad.
class ProximalAdagradOptimizer : public Optimizer {
 public:
  explicit ProximalAdagradOptimizer(ProximalAdagradOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  ProximalAdagradOptions options_;
  Output learning_rate_;
  Output l1_;
  Output l2_;
};

}  // namespace weft
