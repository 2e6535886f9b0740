#include "weft/build/regularizers.h"

#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

Output scaled(const Variable& weights, double scale, std::string_view scope_name, const std::function<Output()>& norm, Loc where) {
  if (!weights) return Output::failed(weights.graph());
  Graph& graph = *weights.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = graph.name_scope(scope_name);
  const Output factor = constant(graph, Tensor::scalar_of<double>(scale), {.dtype = weights.dtype(), .name = "scale"}, where);
  return multiply(factor, norm(), scope.name(), where);
}

}  // namespace

Regularizer l1_regularizer(double scale) {
  return [scale](const Variable& weights, Loc where) {
    return scaled(
        weights, scale, "l1_regularizer", [&] { return reduce_sum(abs(weights, "", where), {}, where); }, where);
  };
}

Regularizer l2_regularizer(double scale) {
  return [scale](const Variable& weights, Loc where) {
    return scaled(
        weights, scale, "l2_regularizer", [&] { return l2_loss(weights, "", where); }, where);
  };
}

Regularizer l1_l2_regularizer(double l1, double l2) {
  return [l1, l2](const Variable& weights, Loc where) {
    if (!weights) return Output::failed(weights.graph());
    const Scope location = weights.graph()->location_scope(where);
    const Scope scope = weights.graph()->name_scope("l1_l2_regularizer");
    return add(l1_regularizer(l1)(weights, where), l2_regularizer(l2)(weights, where), scope.name(), where);
  };
}

}  // namespace weft
