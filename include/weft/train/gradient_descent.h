// Gradient descent.
#pragma once

#include "weft/train/optimizer.h"

namespace weft {

struct GradientDescentOptions {
  Operand learning_rate;     // a number or a scalar tensor
  bool use_locking = false;  // updates lock the variable
  std::string name = "GradientDescent";
};

// variable -= learning_rate gradient. Rows of IndexedSlices likewise; an index that stands several times is subtracted several times.
// TF ops ResourceApplyGradientDescent, ResourceScatterAdd.
class GradientDescentOptimizer : public Optimizer {
 public:
  explicit GradientDescentOptimizer(GradientDescentOptions options);

 protected:
  void prepare(Graph& graph) override;
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override;
  Operation resource_apply_sparse_duplicate_indices(const Output& values, const Variable& variable, const Output& indices) override;

 private:
  GradientDescentOptions options_;
  Output learning_rate_;
};

}  // namespace weft
