// The greatest elements of rows. TensorFlow 1.15: tf.nn.top_k, in_top_k, tf.contrib nth_element. Real numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct TopKOptions {
  bool sorted = true;     // greatest first; else in no particular order
  std::string name = {};  // "TopKV2"
};
struct TopK {
  Output values;   // [..., k]
  Output indices;  // [..., k] int32: positions along the last dimension
};
// The k greatest elements along the last dimension; of equal ones the first. k is an int32 scalar in [0, last dimension]. Gradient: to
// the elements taken. TF op TopKV2.
TopK top_k(const Operand& input, const Operand& k = 1, TopKOptions options = {}, Loc where = Loc::current());

// Whether each target's prediction is among the k greatest of its row; elements equal to the k-th all count. predictions: float32
// [batch, classes]; targets: int32 or int64 [batch]. False where a target is out of range or a prediction that decides is not finite.
// No gradient. TF op InTopKV2.
Output in_top_k(const Operand& predictions, const Operand& targets, const Operand& k, std::string_view name = "", Loc where = Loc::current());

struct NthElementOptions {
  bool reverse = false;   // the n-th greatest
  std::string name = {};  // "NthElement"
};
// The n-th smallest element, from 0, along the last dimension. Gradient: shared by the elements equal to it. TF op NthElement.
Output nth_element(const Operand& input, const Operand& n, NthElementOptions options = {}, Loc where = Loc::current());

const OpDef& top_k_op();
const OpDef& top_k_v2_op();
const OpDef& in_top_k_op();
const OpDef& in_top_k_v2_op();
const OpDef& nth_element_op();

}  // namespace weft
