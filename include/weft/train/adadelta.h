// Adadelta.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct AdadeltaOptions {
  Operand learning_rate = 0.001f;  // 1 is the paper's form
  Operand rho = 0.95f;             // decay of the averages
  Operand epsilon = 1e-8f;         // keeps roots away from 0
  bool use_locking = false;        // updates lock the variable
  std::string name = "Adadelta";
};

// accum = rho accum + (1 - rho) gradient^2; update = gradient sqrt(accum_update + epsilon) / sqrt(accum + epsilon); variable -=
// learning_rate update; accum_update = rho accum_update + (1 - rho) update^2. Slots "accum", "accum_update". Zeiler, 2012. TF ops
// ResourceApplyAdadelta, ResourceSparseApplyAdadelta.
class AdadeltaOptimizer : public Optimizer {
 public:
  explicit AdadeltaOptimizer(AdadeltaOptions options);

 protected:
  void create_slots(absl::Span<const Variable> variables) override;
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  AdadeltaOptions options_;
  Output learning_rate_;
  Output rho_;
  Output epsilon_;
};

}  // namespace weft
