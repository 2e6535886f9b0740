// The op definitions of the optimizers' updates, in their resource forms. Programs use the optimizers (weft/train); these are for
// optimizers of one's own.
#pragma once

#include "weft/graph/op_def.h"

namespace weft {

const OpDef& resource_apply_gradient_descent_op();
const OpDef& resource_apply_proximal_gradient_descent_op();
const OpDef& resource_apply_adadelta_op();
const OpDef& resource_apply_adagrad_op();
const OpDef& resource_apply_adagrad_v2_op();
const OpDef& resource_apply_proximal_adagrad_op();
const OpDef& resource_apply_adagrad_da_op();
const OpDef& resource_apply_ftrl_op();
const OpDef& resource_apply_ftrl_v2_op();
const OpDef& resource_apply_momentum_op();
const OpDef& resource_apply_keras_momentum_op();
const OpDef& resource_apply_rms_prop_op();
const OpDef& resource_apply_centered_rms_prop_op();
const OpDef& resource_apply_adam_op();
const OpDef& resource_apply_adam_with_amsgrad_op();
const OpDef& resource_apply_ada_max_op();
const OpDef& resource_apply_add_sign_op();
const OpDef& resource_apply_power_sign_op();

const OpDef& resource_sparse_apply_proximal_gradient_descent_op();
const OpDef& resource_sparse_apply_adadelta_op();
const OpDef& resource_sparse_apply_adagrad_op();
const OpDef& resource_sparse_apply_adagrad_v2_op();
const OpDef& resource_sparse_apply_proximal_adagrad_op();
const OpDef& resource_sparse_apply_adagrad_da_op();
const OpDef& resource_sparse_apply_ftrl_op();
const OpDef& resource_sparse_apply_ftrl_v2_op();
const OpDef& resource_sparse_apply_momentum_op();
const OpDef& resource_sparse_apply_keras_momentum_op();
const OpDef& resource_sparse_apply_rms_prop_op();
const OpDef& resource_sparse_apply_centered_rms_prop_op();

}  // namespace weft
