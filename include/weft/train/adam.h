// Adam.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct AdamOptions {
  Operand learning_rate = 0.001f;  // a number or a scalar tensor
  Operand beta1 = 0.9f;            // decay of the average gradient
  Operand beta2 = 0.999f;          // decay of the average squared gradient
  Operand epsilon = 1e-8f;         // "epsilon hat" of the paper; 0.1 or 1 helps some models
  bool use_locking = false;        // updates lock the variable
  std::string name = "Adam";
};

// m += (gradient - m)(1 - beta1); v += (gradient^2 - v)(1 - beta2); variable -= learning_rate sqrt(1 - beta2^t) / (1 - beta1^t) m /
// (sqrt(v) + epsilon). Slots "m", "v"; the variables beta1_power and beta2_power hold beta^t and are shared by all variables.
// IndexedSlices move all of m, v and the variable, also where the gradient is zero. Kingma and Ba, ICLR 2015. TF op
// ResourceApplyAdam; sparse updates are composed.
class AdamOptimizer : public Optimizer {
 public:
  explicit AdamOptimizer(AdamOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;
  Operation finish(Graph& graph, absl::Span<const Operation> updates, std::string_view name) override;

 private:
  AdamOptions options_;
  Output learning_rate_;
  Output beta1_;
  Output beta2_;
  Output epsilon_;
};

}  // namespace weft
