// Adagrad.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct AdagradOptions {
  Operand learning_rate;                   // a number or a scalar tensor
  float initial_accumulator_value = 0.1f;  // positive
  bool use_locking = false;                // updates lock the variable
  std::string name = "Adagrad";
};

// accumulator += gradient^2; variable -= learning_rate gradient / sqrt(accumulator). Slot "accumulator". Duchi et al., JMLR 2011. TF
// ops ResourceApplyAdagrad, ResourceSparseApplyAdagrad.
class AdagradOptimizer : public Optimizer {
 public:
  explicit AdagradOptimizer(AdagradOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  AdagradOptions options_;
  Output learning_rate_;
};

}  // namespace weft
