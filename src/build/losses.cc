#include "weft/build/losses.h"

#include <functional>
#include <optional>

#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft::losses {

namespace {

// Checks TF's rule for weights as far as shapes are known: a scalar, or the values' rank with each dimension 1 or equal.
absl::Status check_weights(const PartialShape& weights, const PartialShape& values) {
  if (!weights.known_rank() || !values.known_rank() || weights.rank() == 0) return absl::OkStatus();
  bool fits = weights.rank() == values.rank();
  for (int i = 0; fits && i < weights.rank(); ++i) {
    fits = weights.dim(i) == 1 || weights.dim(i) < 0 || values.dim(i) < 0 || weights.dim(i) == values.dim(i);
  }
  if (fits) return absl::OkStatus();
  return invalid_argument("weights can not be broadcast to values. values.shape=", values.to_string(), ". weights.shape=", weights.to_string(),
                          ". Weights are a scalar, or of the same rank with each dimension 1 or equal.");
}

// The node that TensorFlow makes the loss wait for once shapes have been checked while building; empty where they are not known, for which
// TensorFlow adds a check to the graph. Failed, with an error, when the weights do not fit.
Operation assert_broadcastable(const Operand& weights, const Output& values, Loc where) {
  Graph& graph = *values.graph();
  const Scope scope = graph.name_scope("assert_broadcastable");
  PartialShape weights_shape;
  {
    const Scope inner = graph.name_scope("weights");
    const Output w = convert(weights, &graph, weights.literal() != nullptr ? DType::kFloat32 : DType::kInvalid, inner.name(), where);
    if (!w) return Operation::failed(&graph);
    shape(w, {.name = "shape"}, where);
    rank(w, "rank", where);
    weights_shape = w.shape();
  }
  {
    const Scope inner = graph.name_scope("values");
    shape(values, {.name = "shape"}, where);
    rank(values, "rank", where);
  }
  if (const absl::Status s = check_weights(weights_shape, values.shape()); !s.ok()) {
    graph.add_error(s, where);
    return Operation::failed(&graph);
  }
  if (weights_shape.known_rank() && weights_shape.rank() == 0 && values.shape().known_rank()) {
    return no_op(graph, "static_scalar_check_success", where);
  }
  if (weights_shape.fully_defined() && values.shape().fully_defined()) return no_op(graph, "static_dims_check_success", where);
  return Operation();
}

Scope wait_for(Graph& graph, Operation check) {
  return check ? graph.control_dependencies({check}) : graph.control_dependencies(absl::Span<const Operation>());
}

// `weights` repeated to the shape of `values`.
Output broadcast_weights(const Output& weights, const Output& values, Loc where) {
  Graph& graph = *values.graph();
  const Scope scope = graph.name_scope("broadcast_weights");
  if (weights.shape().fully_defined() && weights.shape() == values.shape()) return weights;
  const Operation checked = assert_broadcastable(weights, values, where);
  if (checked.failed()) return Output::failed(&graph);
  const Scope after = wait_for(graph, checked);
  const Output ones = ones_like(values, {}, where);
  return multiply(weights, ones, scope.name(), where);
}

// How many of `losses` have a weight that is not 0: in all, or for each first index.
Output num_present(const Output& losses, const Output& weights, bool per_batch, Loc where) {
  const Scope scope = losses.graph()->name_scope("num_present");
  const Output absent = equal(weights, 0.0f, "", where);
  const Output zero = zeros_like(weights, {}, where);
  const Output one = ones_like(weights, {}, where);
  const Output present = broadcast_weights(weft::where(absent, zero, one, "", where), losses, where);
  if (!present) return present;
  if (!per_batch) return reduce_sum(present, {.name = scope.name()}, where);
  const Output axes = range(1, rank(present, "", where));
  return reduce_sum(present, {.axis = axes, .keepdims = true, .name = scope.name()}, where);
}

Output num_elements(const Output& losses, Loc where) {
  const Scope scope = losses.graph()->name_scope("num_elements");
  return cast(size(losses, {.name = scope.name()}, where), losses.dtype(), "", where);
}

Output safe_mean(const Output& sum, const Output& count, Loc where) { return div_no_nan(reduce_sum(sum, {}, where), count, "value", where); }

Output reduced(const Output& losses, const Output& weights, const Output& weighted, Reduction reduction, Loc where) {
  if (reduction == Reduction::kNone) return weighted;
  const Output sum = reduce_sum(weighted, {}, where);
  switch (reduction) {
    case Reduction::kMean: {
      const Output ones = ones_like(losses, {}, where);
      const Output total = ones * weights;
      return safe_mean(sum, reduce_sum(total, {}, where), where);
    }
    case Reduction::kSumOverBatchSize: return safe_mean(sum, num_elements(losses, where), where);
    case Reduction::kSumByNonzeroWeights: return safe_mean(sum, num_present(losses, weights, false, where), where);
    default: return sum;
  }
}

enum class Arithmetic {
  kSingle,     // labels and predictions become float32, as TensorFlow's losses do
  kOfLogits,   // the labels take the dtype of the logits
  kOfClasses,  // labels are class numbers, one for each row of logits
};

// What the functions of labels and predictions share: the scope, the conversions, the shapes' check.
struct Arguments {
  Output labels;
  Output predictions;
};
std::optional<Arguments> take_arguments(Graph& graph, const Operand& labels, const Operand& predictions, Arithmetic arithmetic, Loc where) {
  Arguments a{convert(labels, &graph, DType::kInvalid, "labels", where), convert(predictions, &graph, DType::kInvalid, "predictions", where)};
  if (!a.labels || !a.predictions) return std::nullopt;
  if (arithmetic == Arithmetic::kSingle) {
    a.predictions = cast(a.predictions, DType::kFloat32, "", where);
    a.labels = cast(a.labels, DType::kFloat32, "", where);
  } else if (arithmetic == Arithmetic::kOfLogits) {
    a.labels = cast(a.labels, a.predictions.dtype(), "", where);
  } else {
    const Scope scope = graph.name_scope("remove_squeezable_dimensions");
    const PartialShape& shape = a.labels.shape();
    if (shape.known_rank() && shape.rank() > 0 && shape.rank() == a.predictions.shape().rank() && shape.dim(shape.rank() - 1) == 1) {
      a.labels = squeeze(a.labels, {.axis = {-1}}, where);
    }
  }
  if (arithmetic != Arithmetic::kOfClasses && !a.labels.shape().is_compatible_with(a.predictions.shape())) {
    graph.add_error(invalid_argument("Shapes ", a.predictions.shape().to_string(), " and ", a.labels.shape().to_string(),
                                     " are incompatible: the predictions are ", a.predictions.describe(), ", the labels ", a.labels.describe()),
                    where);
    return std::nullopt;
  }
  return a;
}

// Opens the loss's scope, makes its elements with `elements`, and reduces them.
Output loss_of(const Operand& labels, const Operand& predictions, std::string_view name, Arithmetic arithmetic, LossOptions options, Loc where,
               const std::function<Output(const Output& labels, const Output& predictions)>& elements) {
  Graph* graph = graph_of({&predictions, &labels});
  if (graph == nullptr) return Output();
  const Scope location = graph->location_scope(where);
  const Scope scope = graph->name_scope(options.scope.empty() ? name : std::string_view(options.scope));
  const std::optional<Arguments> a = take_arguments(*graph, labels, predictions, arithmetic, where);
  if (!a.has_value()) return Output::failed(graph);
  options.scope = scope.name();
  if (arithmetic == Arithmetic::kOfClasses) options.weights = convert(options.weights, graph, DType::kFloat32, "Const", where);
  const Output losses = elements(a->labels, a->predictions);
  return losses ? compute_weighted_loss(losses, std::move(options), where) : losses;
}

}  // namespace

void add_loss(const Output& loss, std::string_view loss_collection) {
  if (loss && !loss_collection.empty()) loss.graph()->add_to_collection(loss_collection, loss);
}

Output compute_weighted_loss(const Output& losses, LossOptions options, Loc where) {
  if (!losses) return Output::failed(losses.graph());
  Graph& graph = *losses.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = graph.name_scope(options.scope.empty() ? "weighted_loss" : options.scope);
  const Operation checked = assert_broadcastable(options.weights, losses, where);
  if (checked.failed()) return Output::failed(&graph);
  const Scope after = wait_for(graph, checked);
  const Output single = cast(losses, DType::kFloat32, "", where);
  const Output weights = options.weights.literal() != nullptr ? cast(graph, options.weights, DType::kFloat32, "", where)
                                                              : cast(options.weights, DType::kFloat32, "", where);
  const Output weighted = multiply(single, weights, "", where);
  if (!weighted) return weighted;
  const Output loss = cast(reduced(single, weights, weighted, options.reduction, where), losses.dtype(), "", where);
  add_loss(loss, options.loss_collection);
  return loss;
}

Output absolute_difference(const Operand& labels, const Operand& predictions, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "absolute_difference", Arithmetic::kSingle, std::move(options), where,
                 [&](const Output& y, const Output& p) { return abs(subtract(p, y, "", where), "", where); });
}

Output mean_squared_error(const Operand& labels, const Operand& predictions, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "mean_squared_error", Arithmetic::kSingle, std::move(options), where,
                 [&](const Output& y, const Output& p) { return squared_difference(p, y, "", where); });
}

Output cosine_distance(const Operand& labels, const Operand& predictions, int axis, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "cosine_distance_loss", Arithmetic::kSingle, std::move(options), where, [&](const Output& y, const Output& p) {
    const Output products = multiply(p, y, "", where);
    return 1 - reduce_sum(products, {.axis = std::vector<int>{axis}, .keepdims = true}, where);
  });
}

Output huber_loss(const Operand& labels, const Operand& predictions, float delta, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "huber_loss", Arithmetic::kSingle, std::move(options), where, [&](const Output& y, const Output& p) {
    const Output error = abs(subtract(p, y, "", where), "", where);
    const Output quadratic = minimum(error, delta, "", where);
    const Output linear = subtract(error, quadratic, "", where);
    const Output half = constant(*p.graph(), 0.5f, {.dtype = quadratic.dtype()}, where);
    const Output square = multiply(quadratic, quadratic, "", where);
    const Output inner = multiply(half, square, "", where);
    const Output outer = multiply(delta, linear, "", where);
    return add(inner, outer, "", where);
  });
}

Output log_loss(const Operand& labels, const Operand& predictions, float epsilon, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "log_loss", Arithmetic::kSingle, std::move(options), where, [&](const Output& y, const Output& p) {
    const Output log_p = log(p + epsilon, "", where);
    const Output of_true = -multiply(y, log_p, "", where);
    const Output opposite = 1 - y;
    const Output rest = 1 - p;
    const Output log_rest = log(rest + epsilon, "", where);
    return of_true - multiply(opposite, log_rest, "", where);
  });
}

Output hinge_loss(const Operand& labels, const Operand& logits, LossOptions options, Loc where) {
  return loss_of(labels, logits, "hinge_loss", Arithmetic::kSingle, std::move(options), where, [&](const Output& y, const Output& p) {
    const Output ones = ones_like(y, {}, where);
    const Output sign = subtract(2 * y, ones, "", where);
    const Output margin = multiply(sign, p, "", where);
    return relu(subtract(ones, margin, "", where), "", where);
  });
}

Output sigmoid_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing, LossOptions options, Loc where) {
  return loss_of(labels, logits, "sigmoid_cross_entropy_loss", Arithmetic::kOfLogits, std::move(options), where,
                 [&](const Output& y, const Output& p) {
                   const Output soft = label_smoothing > 0 ? y * (1.0f - label_smoothing) + 0.5f * label_smoothing : y;
                   return sigmoid_cross_entropy_with_logits({.labels = soft, .logits = p, .name = "xentropy"}, where);
                 });
}

Output softmax_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing, LossOptions options, Loc where) {
  return loss_of(labels, logits, "softmax_cross_entropy_loss", Arithmetic::kOfLogits, std::move(options), where,
                 [&](const Output& y, const Output& p) {
                   Output soft = y;
                   if (label_smoothing > 0) {
                     // Moves part of the labels' mass to the uniform distribution over the classes.
                     const Output classes = cast(strided_slice(shape(y, {}, where), {Slice(-1)}, "", where), p.dtype(), "", where);
                     const Output share = label_smoothing / classes;
                     soft = y * (1.0f - label_smoothing) + share;
                   }
                   soft = stop_gradient(soft, "labels_stop_gradient", where);
                   return softmax_cross_entropy_with_logits_v2({.labels = soft, .logits = p, .name = "xentropy"}, where);
                 });
}

Output sparse_softmax_cross_entropy(const Operand& labels, const Operand& logits, LossOptions options, Loc where) {
  return loss_of(labels, logits, "sparse_softmax_cross_entropy_loss", Arithmetic::kOfClasses, std::move(options), where,
                 [&](const Output& y, const Output& p) {
                   return sparse_softmax_cross_entropy_with_logits({.labels = y, .logits = p, .name = "xentropy"}, where);
                 });
}

namespace {

// For each first index twice the variance of the differences, by sums over the other dimensions: 2 (sum d^2 / (n-1) - (sum d)^2 / (n (n-1))).
Output pairwise_errors(const Output& differences, const Output& weights, Loc where, Output& count) {
  const Output axes = range(1, rank(differences, "", where));
  const Output squares = reduce_sum(square(differences, "", where), {.axis = axes, .keepdims = true}, where);
  count = num_present(differences, weights, true, where);
  if (!count) return count;
  const Output others = maximum(count - 1, 0, "", where);
  const Output term1 = 2.0f * div_no_nan(squares, others, "value", where);
  const Output sum = reduce_sum(differences, {.axis = axes, .keepdims = true}, where);
  const Output sum_squared = square(sum, "", where);
  const Output pairs = maximum(multiply(count, count - 1, "", where), 0, "", where);
  const Output term2 = 2.0f * div_no_nan(sum_squared, pairs, "value", where);
  return term1 - term2;
}

}  // namespace

Output mean_pairwise_squared_error(const Operand& labels, const Operand& predictions, LossOptions options, Loc where) {
  Graph* graph = graph_of({&predictions, &labels});
  if (graph == nullptr) return Output();
  const Scope location = graph->location_scope(where);
  const Scope scope = graph->name_scope(options.scope.empty() ? "mean_pairwise_squared_error" : options.scope);
  const Output weights = options.weights.literal() != nullptr ? cast(*graph, options.weights, DType::kFloat32, "", where)
                                                              : cast(options.weights, DType::kFloat32, "", where);
  const std::optional<Arguments> a = take_arguments(*graph, labels, predictions, Arithmetic::kSingle, where);
  if (!a.has_value() || !weights) return Output::failed(graph);
  const Operation checked = assert_broadcastable(weights, a->labels, where);
  if (checked.failed()) return Output::failed(graph);
  const Scope after = wait_for(*graph, checked);
  Output count;
  const Output errors = pairwise_errors(subtract(a->predictions, a->labels, "", where), weights, where, count);
  const Output loss = reduce_sum(multiply(errors, weights, "", where), {}, where);
  const Output any = reduce_sum(count, {}, where) > 0;
  const Output zero = zeros_like(loss, {}, where);
  const Output mean = weft::where(any, loss, zero, "value", where);
  add_loss(mean, options.loss_collection);
  return mean;
}

std::vector<Output> get_losses(const Graph& graph) { return graph.collection<Output>(collections::kLosses); }
std::vector<Output> get_regularization_losses(const Graph& graph) { return graph.collection<Output>(collections::kRegularizationLosses); }

Output get_regularization_loss(Graph& graph, Loc where) {
  const std::vector<Output> losses = get_regularization_losses(graph);
  return losses.empty() ? constant(graph, 0.0f, {}, where) : add_n(losses, "total_regularization_loss", where);
}

Output get_total_loss(Graph& graph, bool add_regularization_losses, Loc where) {
  std::vector<Output> losses = get_losses(graph);
  if (add_regularization_losses) {
    for (const Output& loss : get_regularization_losses(graph)) losses.push_back(loss);
  }
  return losses.empty() ? constant(graph, 0.0f, {.name = "total_loss"}, where) : add_n(losses, "total_loss", where);
}

}  // namespace weft::losses
