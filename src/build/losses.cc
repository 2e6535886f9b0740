#include "weft/build/losses.h"

#include <functional>
#include <optional>

#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft::losses {

namespace {

// How many of `losses` have a weight that is not 0.
Output num_present(const Output& losses, const Output& weights, Loc where) {
  const Scope scope = losses.graph()->name_scope("num_present");
  const Output ones_where = cast(not_equal(weights, 0.0f, "", where), losses.dtype(), "", where);
  return reduce_sum(broadcast_to(ones_where, shape(losses, {}, where), "", where), {}, where);
}

Output reduced(const Output& losses, const Output& weights, const Output& weighted, Reduction reduction, Loc where) {
  if (reduction == Reduction::kNone) return weighted;
  const Output sum = reduce_sum(weighted, {}, where);
  switch (reduction) {
    case Reduction::kMean: return div_no_nan(sum, reduce_sum(broadcast_to(weights, shape(losses, {}, where), "", where), {}, where), "value", where);
    case Reduction::kSumOverBatchSize: return div_no_nan(sum, cast(size(losses, {}, where), losses.dtype(), "", where), "value", where);
    case Reduction::kSumByNonzeroWeights: return div_no_nan(sum, num_present(losses, weights, where), "value", where);
    default: return sum;
  }
}

Output failed_on(std::initializer_list<const Operand*> operands) { return Output::failed(graph_of(operands)); }

// Opens the loss's scope, makes its elements with `elements`, and reduces them.
Output loss_of(const Operand& labels, const Operand& predictions, std::string_view name, LossOptions options, Loc where,
               const std::function<Output(const Output& labels, const Output& predictions)>& elements) {
  Graph* graph = graph_of({&predictions, &labels});
  if (graph == nullptr) return Output();
  const Scope location = graph->location_scope(where);
  const Scope scope = graph->name_scope(options.scope.empty() ? name : std::string_view(options.scope));
  const Output p = convert(predictions, graph, DType::kInvalid, "predictions", where);
  const Output y = convert(labels, graph, DType::kInvalid, "labels", where);
  if (!p || !y) return failed_on({&predictions, &labels});
  options.scope = "";
  const Output losses = elements(y, p);
  return losses ? compute_weighted_loss(losses, std::move(options), where) : losses;
}

// Checks TF's rule for weights: a scalar, or the losses' rank with each dimension 1 or equal.
absl::Status check_weights(const PartialShape& weights, const PartialShape& losses) {
  if (!weights.known_rank() || !losses.known_rank() || weights.rank() == 0) return absl::OkStatus();
  bool fits = weights.rank() == losses.rank();
  for (int i = 0; fits && i < weights.rank(); ++i) {
    fits = weights.dim(i) == 1 || weights.dim(i) < 0 || losses.dim(i) < 0 || weights.dim(i) == losses.dim(i);
  }
  if (fits) return absl::OkStatus();
  return invalid_argument("weights can not be broadcast to values. values.shape=", losses.to_string(), ". weights.shape=", weights.to_string(),
                          ". Weights are a scalar, or of the same rank with each dimension 1 or equal.");
}

}  // namespace

Output compute_weighted_loss(const Output& losses, LossOptions options, Loc where) {
  if (!losses) return Output::failed(losses.graph());
  Graph& graph = *losses.graph();
  const Scope location = graph.location_scope(where);
  std::optional<Scope> scope;
  if (!options.scope.empty()) scope.emplace(graph.name_scope(options.scope));
  Output weights = convert(options.weights, &graph, options.weights.literal() != nullptr ? losses.dtype() : DType::kInvalid, "weights", where);
  if (!weights) return Output::failed(&graph);
  if (weights.dtype() != losses.dtype()) weights = cast(weights, losses.dtype(), "", where);
  if (absl::Status s = check_weights(weights.shape(), losses.shape()); !s.ok()) {
    graph.add_error(s, where);
    return Output::failed(&graph);
  }
  const Output loss = reduced(losses, weights, multiply(losses, weights, "", where), options.reduction, where);
  if (loss && !options.loss_collection.empty()) graph.add_to_collection(options.loss_collection, loss);
  return loss;
}

Output absolute_difference(const Operand& labels, const Operand& predictions, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "absolute_difference", std::move(options), where,
                 [&](const Output& y, const Output& p) { return abs(subtract(p, y, "", where), "", where); });
}

Output mean_squared_error(const Operand& labels, const Operand& predictions, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "mean_squared_error", std::move(options), where,
                 [&](const Output& y, const Output& p) { return squared_difference(p, y, "", where); });
}

Output huber_loss(const Operand& labels, const Operand& predictions, float delta, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "huber_loss", std::move(options), where, [&](const Output& y, const Output& p) {
    const Output error = abs(subtract(p, y, "", where), "", where);
    const Output quadratic = minimum(error, delta, "", where);
    const Output linear = subtract(error, quadratic, "", where);
    return multiply(0.5f, multiply(quadratic, quadratic, "", where), "", where) + multiply(delta, linear, "", where);
  });
}

Output log_loss(const Operand& labels, const Operand& predictions, float epsilon, LossOptions options, Loc where) {
  return loss_of(labels, predictions, "log_loss", std::move(options), where, [&](const Output& y, const Output& p) {
    return -multiply(y, log(p + epsilon, "", where), "", where) - multiply(1.0f - y, log(1.0f - p + epsilon, "", where), "", where);
  });
}

Output hinge_loss(const Operand& labels, const Operand& logits, LossOptions options, Loc where) {
  return loss_of(labels, logits, "hinge_loss", std::move(options), where,
                 [&](const Output& y, const Output& p) { return relu(1.0f - multiply(2.0f * y - 1.0f, p, "", where), "", where); });
}

Output sigmoid_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing, LossOptions options, Loc where) {
  return loss_of(labels, logits, "sigmoid_cross_entropy_loss", std::move(options), where, [&](const Output& y, const Output& p) {
    const Output soft = label_smoothing > 0 ? y * (1.0f - label_smoothing) + 0.5f * label_smoothing : y;
    return sigmoid_cross_entropy_with_logits({.labels = soft, .logits = p, .name = "xentropy"}, where);
  });
}

Output softmax_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing, LossOptions options, Loc where) {
  return loss_of(labels, logits, "softmax_cross_entropy_loss", std::move(options), where, [&](const Output& y, const Output& p) {
    Output soft = y;
    if (label_smoothing > 0) {
      // Moves part of the labels' mass to the uniform distribution over the classes.
      const Output classes = cast(strided_slice(shape(p, {}, where), {Slice(-1)}, "", where), p.dtype(), "", where);
      soft = y * (1.0f - label_smoothing) + label_smoothing / classes;
    }
    return softmax_cross_entropy_with_logits({.labels = soft, .logits = p, .name = "xentropy"}, where);
  });
}

Output sparse_softmax_cross_entropy(const Operand& labels, const Operand& logits, LossOptions options, Loc where) {
  return loss_of(labels, logits, "sparse_softmax_cross_entropy_loss", std::move(options), where, [&](const Output& y, const Output& p) {
    return sparse_softmax_cross_entropy_with_logits({.labels = y, .logits = p, .name = "xentropy"}, where);
  });
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
