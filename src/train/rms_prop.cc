#include "weft/train/rms_prop.h"

#include "src/train/slot_values.h"
#include "src/train/update_op.h"
#include "weft/ops/training_ops.h"

namespace weft {

RMSPropOptimizer::RMSPropOptimizer(RMSPropOptions options) : Optimizer(options.name, options.use_locking), options_(std::move(options)) {}

void RMSPropOptimizer::create_slots(absl::Span<const Variable> variables) {
  for (const Variable& v : variables) {
    get_or_make_slot_with_initializer(
        v, [&](Graph& graph) { return ones_like_variable(graph, v); }, "rms", name());
    if (options_.centered) zeros_slot(v, "mg", name());
    zeros_slot(v, "momentum", name());
  }
}

void RMSPropOptimizer::prepare(Graph& graph) {
  learning_rate_ = hyper_parameter(graph, options_.learning_rate, "learning_rate");
  decay_ = hyper_parameter(graph, options_.decay, "decay");
  momentum_ = hyper_parameter(graph, options_.momentum, "momentum");
  epsilon_ = hyper_parameter(graph, options_.epsilon, "epsilon");
}

Operation RMSPropOptimizer::apply(const OpDef& op_def, const Variable& variable, absl::Span<const Output> gradient) {
  UpdateOp op(op_def, variable, use_locking());
  if (options_.centered) op.slot(get_slot(variable, "mg"));
  op.slot(get_slot(variable, "rms")).slot(get_slot(variable, "momentum"));
  op.hyper(learning_rate_).hyper(decay_).hyper(momentum_).hyper(epsilon_);
  for (const Output& part : gradient) op.input(part);
  return op.operation();
}

Operation RMSPropOptimizer::resource_apply_dense(const Output& gradient, const Variable& variable) {
  return apply(options_.centered ? resource_apply_centered_rms_prop_op() : resource_apply_rms_prop_op(), variable, {gradient});
}

Operation RMSPropOptimizer::resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices) {
  return apply(options_.centered ? resource_sparse_apply_centered_rms_prop_op() : resource_sparse_apply_rms_prop_op(), variable, {values, indices});
}

}  // namespace weft
