#include "weft/ops/reduction_ops.h"

#include "src/ops/composite.h"
#include "src/ops/reduction_definitions.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// The axes of a reduction that named none: 0, 1, … as a Const where the rank is known, else a Range. TensorFlow looks at the rank of
// tensors only; of a variable it asks a Rank node.
Operand all_axes(const Operand& input, Graph* graph, Loc where) {
  if (input.output() == nullptr || !input.shape().known_rank()) {
    if (input.literal() == nullptr) return range(0, rank(input, "", where));
  }
  Tensor axes(DType::kInt32, Shape{static_cast<int64_t>(input.shape().rank())});
  for (int i = 0; i < input.shape().rank(); ++i) axes.data<int32_t>()[i] = i;
  return convert(std::move(axes), graph, DType::kInvalid, "Const", where);
}

Output reduce_by(const OpDef& op, const Operand& input, const ReduceOptions& options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr && options.axis.operand().has_value()) graph = options.axis.operand()->graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const bool all = !options.axis.operand().has_value();
  const Operand axes = all ? all_axes(input, graph, where) : *options.axis.operand();
  const Output result = OpBuilder(*graph, op, options.name, where).input(input).input(axes).attr("keep_dims", options.keepdims).output();
  // Everything reduced is a scalar, even where the rank was not known.
  if (result && all && !options.keepdims && !result.shape().fully_defined()) Output(result).set_shape(PartialShape::scalar());
  return result;
}

}  // namespace

Output reduce_sum(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(sum_op(), input, options, where); }
Output reduce_mean(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(mean_op(), input, options, where); }
Output reduce_prod(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(prod_op(), input, options, where); }
Output reduce_max(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(max_op(), input, options, where); }
Output reduce_min(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(min_op(), input, options, where); }
Output reduce_all(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(all_op(), input, options, where); }
Output reduce_any(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(any_op(), input, options, where); }
Output reduce_euclidean_norm(const Operand& input, ReduceOptions options, Loc where) { return reduce_by(euclidean_norm_op(), input, options, where); }

Output reduce_logsumexp(const Operand& input, ReduceOptions options, Loc where) {
  Graph* graph = input.graph();
  const Output x = convert(input, graph, DType::kInvalid, "Const", where);
  if (!x) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "ReduceLogSumExp"), where);
  const Output raw_max = reduce_max(x, {.axis = options.axis, .keepdims = true});
  const Output finite = is_finite(raw_max);
  Output max = stop_gradient(weft::where(finite, raw_max, zeros_like(raw_max)));
  Output result = log(reduce_sum(exp(subtract(x, max, "Sub")), {.axis = options.axis, .keepdims = options.keepdims}));
  if (!options.keepdims) max = reshape(max, shape(result));
  result = add(result, max);
  if (result && !options.axis.operand().has_value() && !options.keepdims && !result.shape().fully_defined()) result.set_shape(PartialShape::scalar());
  return result;
}

Output reduce_variance(const Operand& input, ReduceOptions options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "reduce_variance"), where);
  const Output means = reduce_mean(input, {.axis = options.axis, .keepdims = true});
  const Output deviations = apply_operator(
      BinaryOperator::kSub, input.variable() != nullptr ? TensorOperand(*input.variable()) : TensorOperand(convert(input, graph)), means);
  return reduce_mean(square(deviations), {.axis = options.axis, .keepdims = options.keepdims});
}

Output reduce_std(const Operand& input, ReduceOptions options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "reduce_std"), where);
  return sqrt(reduce_variance(input, {.axis = options.axis, .keepdims = options.keepdims}));
}

Output count_nonzero(const Operand& input, CountNonzeroOptions options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "count_nonzero"), where);
  const Output x = convert(input, graph, DType::kInvalid, "input", where);
  const Output zero = zeros(*graph, Shape{}, {.dtype = x.dtype()});
  const Output ones = cast(not_equal(x, zero), DType::kInt64);
  return cast(reduce_sum(ones, {.axis = options.axis, .keepdims = options.keepdims}), options.dtype);
}

Output argmax(const Operand& input, ArgOptions options, Loc where) {
  return OpBuilder(arg_max_op(), options.name, where)
      .input(input)
      .input(options.axis.value_or(Operand(0)))
      .attr("output_type", options.output_type)
      .output();
}

Output argmin(const Operand& input, ArgOptions options, Loc where) {
  return OpBuilder(arg_min_op(), options.name, where)
      .input(input)
      .input(options.axis.value_or(Operand(0)))
      .attr("output_type", options.output_type)
      .output();
}

namespace {

Output cumulative(const OpDef& op, const Operand& x, const Operand& axis, const CumulativeOptions& options, Loc where) {
  return OpBuilder(op, options.name, where).input(x).input(axis).attr("exclusive", options.exclusive).attr("reverse", options.reverse).output();
}

}  // namespace

Output cumsum(const Operand& x, const Operand& axis, CumulativeOptions options, Loc where) {
  return cumulative(cumsum_op(), x, axis, options, where);
}
Output cumprod(const Operand& x, const Operand& axis, CumulativeOptions options, Loc where) {
  return cumulative(cumprod_op(), x, axis, options, where);
}

}  // namespace weft
