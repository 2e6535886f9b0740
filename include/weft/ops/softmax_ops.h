// Softmax and the cross entropies between labels and logits. TensorFlow 1.15: tf.nn.softmax, tf.nn.*_cross_entropy_with_logits.
//
// Kernels: half (computed in float), float32, float64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weft/ops/op_builder.h"

namespace weft {

struct SoftmaxOptions {
  int64_t axis = -1;
  std::string name = {};
};
// exp(x) / sum(exp(x)) along `axis`. Along another axis than the last the tensor is transposed before and after. TF op Softmax.
Output softmax(const Operand& logits, SoftmaxOptions options = {}, Loc where = Loc::current());
// x - log(sum(exp(x))) along `axis`. TF op LogSoftmax.
Output log_softmax(const Operand& logits, SoftmaxOptions options = {}, Loc where = Loc::current());

// What a cross entropy compares. Both are named where they are given, since swapping them is a silent mistake.
struct CrossEntropyArguments {
  Operand labels;
  Operand logits;
  int64_t axis = -1;  // the classes' dimension
  std::string name = {};
};
// -sum(labels * log_softmax(logits)) along the classes. labels: probabilities of logits' shape and dtype. Result: the shape of logits
// without the classes' dimension. No gradient flows into labels. TF op SoftmaxCrossEntropyWithLogits.
Output softmax_cross_entropy_with_logits(const CrossEntropyArguments& arguments, Loc where = Loc::current());
// The same, with a gradient to labels too.
Output softmax_cross_entropy_with_logits_v2(const CrossEntropyArguments& arguments, Loc where = Loc::current());

struct LabelArguments {
  Operand labels;
  Operand logits;
  std::string name = {};
};
// -log_softmax(logits)[label]. labels: int32 or int64 class numbers, of the shape of logits without the last dimension, each in
// [0, classes) (InvalidArgument in the step else). No second derivative. TF op SparseSoftmaxCrossEntropyWithLogits.
Output sparse_softmax_cross_entropy_with_logits(const LabelArguments& arguments, Loc where = Loc::current());

// max(x, 0) - x z + log(1 + exp(-|x|)) of logits x and labels z of one shape and dtype: the cross entropy of independent binary
// classes. Made of elementary ops in scope "logistic_loss".
Output sigmoid_cross_entropy_with_logits(const LabelArguments& arguments, Loc where = Loc::current());

struct WeightedLabelArguments {
  Operand labels;
  Operand logits;
  Operand pos_weight;  // factor of positive labels' losses
  std::string name = {};
};
// As sigmoid_cross_entropy_with_logits, with positive labels weighted: (1 - z) x + (1 + (q - 1) z) log(1 + exp(-x)).
Output weighted_cross_entropy_with_logits(const WeightedLabelArguments& arguments, Loc where = Loc::current());

// sum(t^2) / 2, a scalar. Gradient: t. TF op L2Loss.
Output l2_loss(const Operand& t, std::string_view name = "", Loc where = Loc::current());

const OpDef& softmax_op();
const OpDef& log_softmax_op();
const OpDef& softmax_cross_entropy_with_logits_op();
const OpDef& sparse_softmax_cross_entropy_with_logits_op();
const OpDef& l2_loss_op();

}  // namespace weft
