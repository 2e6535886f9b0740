#include "weft/ops/training_ops.h"

#include "src/ops/op_lists.h"

namespace weft {

OpList training_ops() {
  return {
      &resource_apply_gradient_descent_op(),
      &resource_apply_proximal_gradient_descent_op(),
      &resource_apply_adadelta_op(),
      &resource_apply_adagrad_op(),
      &resource_apply_adagrad_v2_op(),
      &resource_apply_proximal_adagrad_op(),
      &resource_apply_adagrad_da_op(),
      &resource_apply_ftrl_op(),
      &resource_apply_ftrl_v2_op(),
      &resource_apply_momentum_op(),
      &resource_apply_keras_momentum_op(),
      &resource_apply_rms_prop_op(),
      &resource_apply_centered_rms_prop_op(),
      &resource_apply_adam_op(),
      &resource_apply_adam_with_amsgrad_op(),
      &resource_apply_ada_max_op(),
      &resource_apply_add_sign_op(),
      &resource_apply_power_sign_op(),
      &resource_sparse_apply_proximal_gradient_descent_op(),
      &resource_sparse_apply_adadelta_op(),
      &resource_sparse_apply_adagrad_op(),
      &resource_sparse_apply_adagrad_v2_op(),
      &resource_sparse_apply_proximal_adagrad_op(),
      &resource_sparse_apply_adagrad_da_op(),
      &resource_sparse_apply_ftrl_op(),
      &resource_sparse_apply_ftrl_v2_op(),
      &resource_sparse_apply_momentum_op(),
      &resource_sparse_apply_keras_momentum_op(),
      &resource_sparse_apply_rms_prop_op(),
      &resource_sparse_apply_centered_rms_prop_op(),
  };
}

}  // namespace weft
