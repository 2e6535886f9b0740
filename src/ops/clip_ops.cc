#include "weft/ops/clip_ops.h"

#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

// An operand that may be a literal as the left-hand side of an operator: a literal is reversed, as in Python.
Output multiply_by(const Operand& factor, const Output& x) {
  if (factor.literal() != nullptr) return apply_reversed_operator(BinaryOperator::kMul, LiteralOperand(factor.literal()->tensor), x);
  return factor.variable() != nullptr ? *factor.variable() * x : *factor.output() * x;
}

// The shape must stay t's: broadcasting against the limits may not enlarge it.
bool keeps_shape(const Output& t, const Output& clipped, const Composite& scope, std::string_view what, Loc where) {
  if (!t || !clipped) return false;
  if (t.shape().is_compatible_with(clipped.shape())) return true;
  scope.error(
      invalid_argument(what, ": the limits' shape would make the result ", clipped.shape().to_string(), " instead of ", t.shape().to_string()),
      where);
  return false;
}

Graph* graph_of_gradients(absl::Span<const Gradient> tensors) {
  for (const Gradient& t : tensors) {
    if (!t.is_none() && t.values().graph() != nullptr) return t.values().graph();
  }
  return nullptr;
}

// The same kind of gradient with other values.
Gradient with_values(const Gradient& t, const Output& values) {
  if (!t.is_slices()) return values;
  return IndexedSlices{values, t.slices().indices, t.slices().dense_shape};
}

}  // namespace

Output clip_by_value(const Operand& t, const Operand& clip_value_min, const Operand& clip_value_max, std::string_view name, Loc where) {
  Graph* graph = graph_of({&t, &clip_value_min, &clip_value_max});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "clip_by_value"), where);
  const Output values = convert(t, graph, DType::kInvalid, "t", where);
  if (!values) return Output::failed(graph);
  const Output upper = minimum(values, clip_value_max);
  if (!keeps_shape(values, upper, scope, "clip_by_value", where)) return Output::failed(graph);
  const Output clipped = maximum(upper, clip_value_min, scope.name());
  return keeps_shape(values, clipped, scope, "clip_by_value", where) ? clipped : Output::failed(graph);
}

IndexedSlices clip_by_value(const IndexedSlices& t, const Operand& clip_value_min, const Operand& clip_value_max, std::string_view name, Loc where) {
  return {clip_by_value(t.values, clip_value_min, clip_value_max, name, where), t.indices, t.dense_shape};
}

Output clip_by_norm(const Operand& t, const Operand& clip_norm, const std::optional<Operand>& axes, std::string_view name, Loc where) {
  Graph* graph = graph_of({&t, &clip_norm});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "clip_by_norm"), where);
  const Output values = convert(t, graph, DType::kInvalid, "t", where);
  if (!values) return Output::failed(graph);
  const Output square_sum = reduce_sum(values * values, {.axis = axes.has_value() ? Axes(*axes) : Axes(), .keepdims = true});
  // Two selections, so that neither the value nor the gradient of sqrt at 0 comes through.
  const Output positive = square_sum > 0;
  const Output safe_sum = weft::where(positive, square_sum, ones_like(square_sum));
  const Output norm = weft::where(positive, sqrt(safe_sum), square_sum);
  const Output scaled = clip_norm.literal() != nullptr ? values * LiteralOperand(clip_norm.literal()->tensor) : multiply(values, clip_norm, "mul");
  if (!keeps_shape(values, scaled, scope, "clip_by_norm", where)) return Output::failed(graph);
  return identity(scaled / maximum(norm, clip_norm), scope.name());
}

IndexedSlices clip_by_norm(const IndexedSlices& t, const Operand& clip_norm, const std::optional<Operand>& axes, std::string_view name, Loc where) {
  return {clip_by_norm(t.values, clip_norm, axes, name, where), t.indices, t.dense_shape};
}

Output clip_by_average_norm(const Operand& t, const Operand& clip_norm, std::string_view name, Loc where) {
  Graph* graph = graph_of({&t, &clip_norm});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "clip_by_average_norm"), where);
  const Output values = convert(t, graph, DType::kInvalid, "t", where);
  if (!values) return Output::failed(graph);
  const Output count = cast(size(values), DType::kFloat32);
  const Output squares = values * values;
  const Output all_axes = range(0, rank(values));
  const Output inverse_norm = rsqrt(reduce_sum(squares, {.axis = all_axes}));
  const Output scaled = multiply(values, clip_norm, "mul");
  const Output per_element = inverse_norm * count;
  const Output one = constant(*graph, 1.0f);
  const Output limit = divide(one, clip_norm, "truediv");
  return identity(scaled * minimum(per_element, limit), scope.name());
}

Output global_norm(absl::Span<const Gradient> tensors, std::string_view name, Loc where) {
  Graph* graph = graph_of_gradients(tensors);
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "global_norm"), where);
  std::vector<Output> halves;  // half of each sum of squares
  for (const Gradient& t : tensors) {
    if (t.is_none()) continue;
    const Output values = t.values();
    if (!values) return Output::failed(graph);
    const Scope colocation = graph->colocate_with(values.op());
    halves.push_back(l2_loss(values));
  }
  if (halves.empty()) return scope.error(invalid_argument("global_norm: there is no tensor to take the norm of; every gradient is absent"), where);
  const Output half_sum = reduce_sum(stack(halves));
  const Output two = constant(*graph, 2.0, {.dtype = half_sum.dtype()});
  return sqrt(half_sum * two, "global_norm");
}

ClippedByGlobalNorm clip_by_global_norm(absl::Span<const Gradient> tensors, const Operand& clip_norm, const Output& use_norm, std::string_view name,
                                        Loc where) {
  ClippedByGlobalNorm result{{tensors.begin(), tensors.end()}, use_norm};
  Graph* graph = graph_of_gradients(tensors);
  if (graph == nullptr) graph = use_norm.graph();
  if (graph == nullptr) return result;  // nothing to clip
  if (!use_norm) result.global_norm = global_norm(tensors, name, where);
  const Output norm = result.global_norm;
  if (!norm) {
    for (Gradient& g : result.clipped)
      if (!g.is_none()) g = Output::failed(graph);
    return result;
  }
  const Composite scope(*graph, name_or(name, "clip_by_global_norm"), where);
  const Output inverse = 1.0 / norm;
  const Output one = constant(*graph, 1.0, {.dtype = norm.dtype()});
  const Output inverse_limit = clip_norm.literal() != nullptr ? one / LiteralOperand(clip_norm.literal()->tensor) : divide(one, clip_norm, "truediv");
  const Output finite_scale = multiply_by(clip_norm, minimum(inverse, inverse_limit));
  const Output finite = is_finite(norm);
  const Output not_a_number = constant(*graph, std::numeric_limits<double>::quiet_NaN(), {.dtype = norm.dtype()});
  const Output scale = weft::where(finite, finite_scale, not_a_number);
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].is_none()) continue;
    const Output values = tensors[i].values();
    const Scope colocation = graph->colocate_with(values.op());
    result.clipped[i] = with_values(tensors[i], identity(values * scale, str_cat(scope.name(), "_", i)));
  }
  return result;
}

}  // namespace weft
