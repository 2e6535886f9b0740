// Dense updates: every element of the variable moves.
#include "src/ops/training_rules.h"
#include "src/ops/training_table.h"
#include "weft/ops/training_ops.h"

namespace weft {

const OpDef& resource_apply_gradient_descent_op() {
  static const OpDef& op = *training_op<GradientDescentRule, false>(training::gradient_descent());
  return op;
}
const OpDef& resource_apply_proximal_gradient_descent_op() {
  static const OpDef& op = *training_op<ProximalGradientDescentRule, false>(training::proximal_gradient_descent());
  return op;
}
const OpDef& resource_apply_adadelta_op() {
  static const OpDef& op = *training_op<AdadeltaRule, false>(training::adadelta());
  return op;
}
const OpDef& resource_apply_adagrad_op() {
  static const OpDef& op = *training_op<AdagradRule, false>(training::adagrad());
  return op;
}
const OpDef& resource_apply_adagrad_v2_op() {
  static const OpDef& op = *training_op<AdagradV2Rule, false>(training::adagrad_v2());
  return op;
}
const OpDef& resource_apply_proximal_adagrad_op() {
  static const OpDef& op = *training_op<ProximalAdagradRule, false>(training::proximal_adagrad());
  return op;
}
const OpDef& resource_apply_adagrad_da_op() {
  static const OpDef& op = *training_op<AdagradDARule, false>(training::adagrad_da());
  return op;
}
const OpDef& resource_apply_ftrl_op() {
  static const OpDef& op = *training_op<FtrlRule, false>(training::ftrl());
  return op;
}
const OpDef& resource_apply_ftrl_v2_op() {
  static const OpDef& op = *training_op<FtrlV2Rule, false>(training::ftrl_v2());
  return op;
}
const OpDef& resource_apply_momentum_op() {
  static const OpDef& op = *training_op<MomentumRule, false>(training::momentum());
  return op;
}
const OpDef& resource_apply_keras_momentum_op() {
  static const OpDef& op = *training_op<KerasMomentumRule, false>(training::keras_momentum());
  return op;
}
const OpDef& resource_apply_rms_prop_op() {
  static const OpDef& op = *training_op<RMSPropRule, false>(training::rms_prop());
  return op;
}
const OpDef& resource_apply_centered_rms_prop_op() {
  static const OpDef& op = *training_op<CenteredRMSPropRule, false>(training::centered_rms_prop());
  return op;
}
const OpDef& resource_apply_adam_op() {
  static const OpDef& op = *training_op<AdamRule, false>(training::adam());
  return op;
}
const OpDef& resource_apply_adam_with_amsgrad_op() {
  static const OpDef& op = *training_op<AdamWithAmsgradRule, false>(training::adam_with_amsgrad());
  return op;
}
const OpDef& resource_apply_ada_max_op() {
  static const OpDef& op = *training_op<AdaMaxRule, false>(training::ada_max());
  return op;
}
const OpDef& resource_apply_add_sign_op() {
  static const OpDef& op = *training_op<AddSignRule, false>(training::add_sign());
  return op;
}
const OpDef& resource_apply_power_sign_op() {
  static const OpDef& op = *training_op<PowerSignRule, false>(training::power_sign());
  return op;
}

}  // namespace weft
