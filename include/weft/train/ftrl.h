// FTRL-Proximal: follow the regularised leader.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct FtrlOptions {
  Operand learning_rate;                           // a number or a scalar tensor
  float learning_rate_power = -0.5f;               // at most 0; 0: a fixed learning rate
  float initial_accumulator_value = 0.1f;          // at least 0
  float l1_regularization_strength = 0;            // at least 0
  float l2_regularization_strength = 0;            // at least 0
  std::string accum_name = {};                     // suffix of the slot "accum"; the optimizer's name
  std::string linear_name = {};                    // suffix of the slot "linear"; the optimizer's name
  float l2_shrinkage_regularization_strength = 0;  // at least 0; pulls large values, where the other L2 term only steadies
  bool use_locking = false;                        // updates lock the variable
  std::string name = "Ftrl";
};

// accum' = accum + gradient^2; linear += gradient - (accum'^-power - accum^-power) / learning_rate variable; variable = (sign(linear) l1
// - linear) / (accum'^-power / learning_rate + 2 l2) where |linear| > l1, else 0. Slots "accum", "linear". McMahan et al., KDD 2013. TF
// ops ResourceApplyFtrl, ResourceApplyFtrlV2 (with shrinkage) and the sparse ones.
class FtrlOptimizer : public Optimizer {
 public:
  explicit FtrlOptimizer(FtrlOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  Operation apply(const OpDef& op, const Variable& variable, absl::Span<const Output> gradient);

  FtrlOptions options_;
  Output learning_rate_;
  Output l1_;
  Output l2_;
  Output shrinkage_;
  Output power_;
};

}  // namespace weft
