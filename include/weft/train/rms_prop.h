// RMSProp.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct RMSPropOptions {
  Operand learning_rate;     // a number or a scalar tensor
  Operand decay = 0.9f;      // of the averages
  Operand momentum = 0.0f;   // of the earlier updates
  Operand epsilon = 1e-10f;  // keeps the root away from 0
  bool centered = false;     // divide by the variance of the gradient, not its second moment
  bool use_locking = false;  // updates lock the variable
  std::string name = "RMSProp";
};

// rms += (gradient^2 - rms)(1 - decay); momentum = momentum_ momentum + learning_rate gradient / sqrt(rms + epsilon); variable -=
// momentum. Centered: sqrt(rms - mg^2 + epsilon), where mg averages the gradient. Slots "rms" (starts with ones), "momentum", "mg".
// Rows that IndexedSlices do not name stay as they are, their slots too. Tieleman and Hinton, 2012. TF ops ResourceApplyRMSProp,
// ResourceApplyCenteredRMSProp and the sparse ones.
class RMSPropOptimizer : public Optimizer {
 public:
  explicit RMSPropOptimizer(RMSPropOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  Operation apply(const OpDef& op, const Variable& variable, absl::Span<const Output> gradient);

  RMSPropOptions options_;
  Output learning_rate_;
  Output decay_;
  Output momentum_;
  Output epsilon_;
};

}  // namespace weft
