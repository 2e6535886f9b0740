// Builders of normalisation, as TensorFlow's Python composes them.
#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/normalization_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

FusedBatchNorm fused_batch_norm(const Operand& x, const Operand& scale, const Operand& offset, FusedBatchNormOptions options, Loc where) {
  constexpr float kLeastEpsilon = 1.001e-5f;  // what cuDNN asks for
  Graph* graph = graph_of({&x, &scale, &offset});
  if (graph == nullptr) return {};
  const Scope line = graph->location_scope(where);
  if (options.is_training && (options.mean.has_value() || options.variance.has_value())) {
    graph->add_error(invalid_argument("fused_batch_norm: mean and variance are the batch's in training; give none, or is_training = false"), where);
    return {Output::failed(graph), Output::failed(graph), Output::failed(graph)};
  }
  const Operand image = x.variable() != nullptr || x.literal() != nullptr ? Operand(convert(x, graph, DType::kFloat32, "input", where)) : x;
  const auto estimate = [&](const std::optional<Operand>& given) {
    return given.has_value() ? convert(*given, graph, DType::kFloat32, "Const", where) : constant(*graph, Tensor(DType::kFloat32, Shape{0}));
  };
  const Output mean = estimate(options.mean);
  const Output variance = estimate(options.variance);
  const std::vector<Output> made = OpBuilder(fused_batch_norm_op(3), options.name, where)
                                       .input(image)
                                       .input(scale)
                                       .input(offset)
                                       .input(mean)
                                       .input(variance)
                                       .attr("epsilon", options.epsilon > kLeastEpsilon ? options.epsilon : kLeastEpsilon)
                                       .attr("data_format", options.data_format)
                                       .attr("is_training", options.is_training)
                                       .outputs();
  return {made[0], made[1], made[2]};
}

Output batch_normalization(const Operand& x, const Operand& mean, const Operand& variance, const std::optional<Operand>& offset,
                           const std::optional<Operand>& scale, const Operand& variance_epsilon, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &mean, &variance});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "batchnorm"), where);
  Output inverse = rsqrt(add_v2(variance, variance_epsilon, "add"));
  if (scale.has_value()) inverse = multiply(inverse, *scale, "mul");
  if (!inverse) return Output::failed(graph);
  const DType dtype = x.dtype();
  const Output scaled = multiply(x, cast(inverse, dtype), "mul");
  Output shift;
  if (offset.has_value()) {
    const Output shifted_mean = multiply(mean, inverse, "mul");
    // As an operator of Python: a variable on the left is read before the scope.
    shift = offset->variable() != nullptr ? *offset->variable() - shifted_mean : subtract(*offset, shifted_mean, "sub");
  } else {
    shift = negative(mean) * inverse;
  }
  return scaled + cast(shift, dtype);
}

Moments moments(const Operand& x, const std::vector<int>& axes, MomentsOptions options, Loc where) {
  Graph* graph = x.graph();
  if (graph == nullptr) return {};
  const Composite scope(*graph, name_or(options.name, "moments"), where);
  const Output given = convert(x, graph, DType::kInvalid, "x", where);
  if (!given) return {Output::failed(graph), Output::failed(graph)};
  const bool narrow = given.dtype() == DType::kHalf;
  const Output y = narrow ? cast(given, DType::kFloat32) : given;
  Output mean = reduce_mean(y, {.axis = axes, .keepdims = true, .name = "mean"});
  Output variance = reduce_mean(squared_difference(y, stop_gradient(mean)), {.axis = axes, .keepdims = true, .name = "variance"});
  if (!options.keepdims) {
    const std::vector<int64_t> dropped(axes.begin(), axes.end());
    mean = squeeze(mean, {.axis = dropped});
    variance = squeeze(variance, {.axis = dropped});
  }
  if (!narrow) return {mean, variance};
  mean = cast(mean, DType::kHalf);
  return {mean, cast(variance, DType::kHalf)};
}

Output l2_normalize(const Operand& x, const std::vector<int>& axis, L2NormalizeOptions options, Loc where) {
  Graph* graph = x.graph();
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(options.name, "l2_normalize"), where);
  const Output value = convert(x, graph, DType::kInvalid, "x", where);
  const Output sum = reduce_sum(square(value), {.axis = axis, .keepdims = true});
  const Output inverse = rsqrt(maximum(sum, options.epsilon));
  return multiply(value, inverse, scope.name(), where);
}

}  // namespace weft
