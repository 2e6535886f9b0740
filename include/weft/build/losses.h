// Losses: TF1's tf.losses. Each returns a scalar (or, with kNone, one value an element) and adds it to collection "losses".
#pragma once

#include <string>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft::losses {

enum class Reduction {
  kNone,                 // weighted losses, element by element
  kSum,                  // their sum
  kMean,                 // the sum over the sum of the weights
  kSumOverBatchSize,     // the sum over the number of losses
  kSumByNonzeroWeights,  // the sum over the number of losses whose weight is not 0; 0 when there are none
};

struct LossOptions {
  Operand weights = 1.0f;  // a scalar, or of the losses' rank with dimensions 1 or the losses'
  Reduction reduction = Reduction::kSumByNonzeroWeights;
  std::string scope = {};                  // the function's name
  std::string loss_collection = "losses";  // "": none
};

// sum(losses * weights), computed in float32, reduced, of the losses' dtype. Gradient flows to both. InvalidArgument for weights of other
// shapes. As in TensorFlow the functions below give float32 whatever they get, the cross entropies the logits' dtype.
Output compute_weighted_loss(const Output& losses, LossOptions options = {}, Loc where = Loc::current());

Output absolute_difference(const Operand& labels, const Operand& predictions, LossOptions options = {}, Loc where = Loc::current());  // |p - y|
Output mean_squared_error(const Operand& labels, const Operand& predictions, LossOptions options = {}, Loc where = Loc::current());   // (p - y)^2
// 1 - sum of p * y along `axis`; both are taken to be of length 1 along it.
Output cosine_distance(const Operand& labels, const Operand& predictions, int axis, LossOptions options = {}, Loc where = Loc::current());
// The mean over pairs of elements i, j of one example of ((p_i - p_j) - (y_i - y_j))^2, added over the examples: [batch, ...]. Weights are a
// scalar or one for each example; the reduction option is not used.
Output mean_pairwise_squared_error(const Operand& labels, const Operand& predictions, LossOptions options = {}, Loc where = Loc::current());
// d^2/2 where |d| <= delta, else delta |d| - delta^2/2, of d = p - y. Huber, Ann. Math. Stat. 1964.
Output huber_loss(const Operand& labels, const Operand& predictions, float delta = 1.0f, LossOptions options = {}, Loc where = Loc::current());
// -y log(p + e) - (1 - y) log(1 - p + e)
Output log_loss(const Operand& labels, const Operand& predictions, float epsilon = 1e-7f, LossOptions options = {}, Loc where = Loc::current());
// max(0, 1 - (2y - 1) logits); labels 0 or 1
Output hinge_loss(const Operand& labels, const Operand& logits, LossOptions options = {}, Loc where = Loc::current());
// Labels and logits of one shape, each element a decision of its own.
Output sigmoid_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing = 0, LossOptions options = {},
                             Loc where = Loc::current());
// Labels and logits [batch, classes]; each row of labels a distribution.
Output softmax_cross_entropy(const Operand& labels, const Operand& logits, float label_smoothing = 0, LossOptions options = {},
                             Loc where = Loc::current());
// Labels [batch] int32 or int64 class numbers, logits [batch, classes].
Output sparse_softmax_cross_entropy(const Operand& labels, const Operand& logits, LossOptions options = {}, Loc where = Loc::current());

// Adds a loss of one's own to those that get_total_loss adds up.
void add_loss(const Output& loss, std::string_view loss_collection = "losses");
std::vector<Output> get_losses(const Graph& graph);
std::vector<Output> get_regularization_losses(const Graph& graph);
// Sum of the regularisation losses; 0 when there are none.
Output get_regularization_loss(Graph& graph, Loc where = Loc::current());
// Sum of all losses, by default with the regularisation losses.
Output get_total_loss(Graph& graph, bool add_regularization_losses = true, Loc where = Loc::current());

}  // namespace weft::losses
