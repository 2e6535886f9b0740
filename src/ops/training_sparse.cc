// Sparse updates: only the rows that the gradient's indices name move.
#include "src/ops/training_rules.h"
#include "src/ops/training_table.h"
#include "weft/ops/training_ops.h"

namespace weft {

const OpDef& resource_sparse_apply_proximal_gradient_descent_op() {
  static const OpDef& op = *training_op<SparseProximalGradientDescentRule, true>(training::proximal_gradient_descent());
  return op;
}
const OpDef& resource_sparse_apply_adadelta_op() {
  static const OpDef& op = *training_op<AdadeltaRule, true>(training::adadelta());
  return op;
}
const OpDef& resource_sparse_apply_adagrad_op() {
  static const OpDef& op = *training_op<SparseAdagradRule, true>(training::adagrad());
  return op;
}
const OpDef& resource_sparse_apply_adagrad_v2_op() {
  static const OpDef& op = *training_op<AdagradV2Rule, true>(training::adagrad_v2());
  return op;
}
const OpDef& resource_sparse_apply_proximal_adagrad_op() {
  static const OpDef& op = *training_op<SparseProximalAdagradRule, true>(training::proximal_adagrad());
  return op;
}
const OpDef& resource_sparse_apply_adagrad_da_op() {
  static const OpDef& op = *training_op<SparseAdagradDARule, true>(training::adagrad_da());
  return op;
}
const OpDef& resource_sparse_apply_ftrl_op() {
  static const OpDef& op = *training_op<SparseFtrlRule, true>(training::ftrl());
  return op;
}
const OpDef& resource_sparse_apply_ftrl_v2_op() {
  static const OpDef& op = *training_op<SparseFtrlV2Rule, true>(training::ftrl_v2());
  return op;
}
const OpDef& resource_sparse_apply_momentum_op() {
  static const OpDef& op = *training_op<SparseMomentumRule, true>(training::momentum());
  return op;
}
const OpDef& resource_sparse_apply_keras_momentum_op() {
  static const OpDef& op = *training_op<KerasMomentumRule, true>(training::keras_momentum());
  return op;
}
const OpDef& resource_sparse_apply_rms_prop_op() {
  static const OpDef& op = *training_op<SparseRMSPropRule, true>(training::rms_prop());
  return op;
}
const OpDef& resource_sparse_apply_centered_rms_prop_op() {
  static const OpDef& op = *training_op<SparseCenteredRMSPropRule, true>(training::centered_rms_prop());
  return op;
}

}  // namespace weft
