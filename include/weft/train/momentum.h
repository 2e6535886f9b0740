// Gradient descent with momentum.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct MomentumOptions {
  Operand learning_rate;      // a number or a scalar tensor
  Operand momentum;           // of the earlier updates, in [0, 1)
  bool use_nesterov = false;  // Nesterov's form: the gradient as if the momentum step had been taken
  bool use_locking = false;   // updates lock the variable
  std::string name = "Momentum";
};

// accumulator = momentum accumulator + gradient; variable -= learning_rate accumulator. With use_nesterov, variable -= learning_rate
// (gradient + momentum accumulator). Slot "momentum". Sutskever et al., ICML 2013. TF ops ResourceApplyMomentum,
// ResourceSparseApplyMomentum.
class MomentumOptimizer : public Optimizer {
 public:
  explicit MomentumOptimizer(MomentumOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  MomentumOptions options_;
  Output learning_rate_;
  Output momentum_;
};

}  // namespace weft
