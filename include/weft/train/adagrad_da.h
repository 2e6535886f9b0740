// Adagrad with dual averaging.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct AdagradDAOptions {
  Operand learning_rate;                                    // a number or a scalar tensor
  Operand global_step;                                      // an int64 variable or scalar: how many updates were made
  float initial_gradient_squared_accumulator_value = 0.1f;  // positive
  Operand l1_regularization_strength = 0.0f;                // at least 0
  Operand l2_regularization_strength = 0.0f;                // at least 0
  bool use_locking = false;                                 // updates lock the variable
  std::string name = "AdagradDA";
};

// Regularised dual averaging with Adagrad's steps: sparse linear models. The variable is set anew from the slots
// "gradient_accumulator" and "gradient_squared_accumulator" in each step, whatever it was. Duchi et al., JMLR 2011. TF ops
// ResourceApplyAdagradDA, ResourceSparseApplyAdagradDA.
class AdagradDAOptimizer : public Optimizer {
 public:
  explicit AdagradDAOptimizer(AdagradDAOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  Operation apply(const OpDef& op, const Variable& variable, absl::Span<const Output> gradient);

  AdagradDAOptions options_;
  Output learning_rate_;
  Output step_;
};

}  // namespace weft
