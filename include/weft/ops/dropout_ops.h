// Dropout, and the linear layers of TensorFlow 1.15's tf.nn.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct DropoutOptions {
  std::optional<std::vector<int64_t>> noise_shape = {};  // omitted: x's; a dimension of 1 keeps or drops all of that dimension together
  std::optional<int64_t> seed = {};
  std::string name = {};  // "dropout"
};
// Each element is 0 with probability `rate`, else x / (1 - rate). x: floating point; rate: a number in [0, 1) or a scalar tensor; a
// rate of 0 gives x itself. Elementary ops in scope "dropout". Srivastava et al., JMLR 2014.
Output dropout(const Operand& x, const Operand& rate, DropoutOptions options = {}, Loc where = Loc::current());

// matmul(x, weights) + biases. TF's tf.nn.xw_plus_b: nodes MatMul and BiasAdd in scope "xw_plus_b".
Output xw_plus_b(const Operand& x, const Operand& weights, const Operand& biases, std::string_view name = "", Loc where = Loc::current());
// relu(matmul(x, weights) + biases), in scope "relu_layer".
Output relu_layer(const Operand& x, const Operand& weights, const Operand& biases, std::string_view name = "", Loc where = Loc::current());

}  // namespace weft
