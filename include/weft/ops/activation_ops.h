// Activation functions, elementwise. TensorFlow 1.15: tf.nn.relu and its relatives. Half, bfloat16, float32 and float64 unless a line
// says other; every one has a gradient.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weft/ops/op_builder.h"

namespace weft {

// max(x, 0); also integers. TF op Relu. Nair and Hinton, ICML 2010.
Output relu(const Operand& features, std::string_view name = "", Loc where = Loc::current());
// min(max(x, 0), 6); also integers. TF op Relu6. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
Output relu6(const Operand& features, std::string_view name = "", Loc where = Loc::current());
// x, or exp(x) - 1 below 0. Not bfloat16. TF op Elu. Clevert et al., ICLR 2016.
Output elu(const Operand& features, std::string_view name = "", Loc where = Loc::current());
// s x, or s a (exp(x) - 1) below 0, with s = 1.0507…, a = 1.6733…. Not bfloat16. TF op Selu. Klambauer et al., NIPS 2017.
Output selu(const Operand& features, std::string_view name = "", Loc where = Loc::current());
struct LeakyReluOptions {
  float alpha = 0.2f;     // slope below 0
  std::string name = {};  // "LeakyRelu"
};
// x, or alpha x below 0. TF op LeakyRelu. Maas et al., ICML 2013.
Output leaky_relu(const Operand& features, LeakyReluOptions options = {}, Loc where = Loc::current());
// log(1 + exp(x)). TF op Softplus. Dugas et al., NIPS 2000.
Output softplus(const Operand& features, std::string_view name = "", Loc where = Loc::current());
// x / (1 + |x|). TF op Softsign.
Output softsign(const Operand& features, std::string_view name = "", Loc where = Loc::current());
// relu of [x, -x] along `axis`. TF nodes "CRelu": Neg, ConcatV2, Relu. Shang et al., ICML 2016.
Output crelu(const Operand& features, int64_t axis = -1, std::string_view name = "", Loc where = Loc::current());

const OpDef& relu_op();
const OpDef& relu_grad_op();
const OpDef& relu6_op();
const OpDef& relu6_grad_op();
const OpDef& elu_op();
const OpDef& elu_grad_op();
const OpDef& selu_op();
const OpDef& selu_grad_op();
const OpDef& leaky_relu_op();
const OpDef& leaky_relu_grad_op();
const OpDef& softplus_op();
const OpDef& softplus_grad_op();
const OpDef& softsign_op();
const OpDef& softsign_grad_op();

}  // namespace weft
