// Activation functions and the ops of their gradients. Comparisons are written so that NaN passes through, as in TensorFlow.
#include <cmath>
#include <limits>

#include "src/ops/elementwise.h"
#include "src/ops/op_lists.h"
#include "src/ops/vector_math.h"
#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

constexpr DTypeSet kReluKernelTypes =
    kFloatTypes | DTypeSet{DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16, DType::kInt32, DType::kInt64};
constexpr DTypeSet kNoBFloat16 = kFloatTypes - DTypeSet{DType::kBFloat16};
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluScaleAlpha = 1.7580993408473768599402175208123;

struct ReluFn {
  template <typename T> static T apply(T x) { return x < T(0) ? T(0) : x; }
};
struct ReluGradFn {
  template <typename T> static T apply(T g, T x) { return static_cast<T>(g * static_cast<T>(x > T(0))); }
};
struct Relu6Fn {
  template <typename T> static T apply(T x) { return x < T(0) ? T(0) : x > T(6) ? T(6) : x; }
};
struct Relu6GradFn {
  template <typename T> static T apply(T g, T x) { return static_cast<T>(g * static_cast<T>((x > T(0)) & (x < T(6)))); }
};
struct EluFn {
  template <typename T> static T apply(T x) { return x < T(0) ? vector_math::exp(x) - T(1) : x; }
};
struct EluGradFn {
  template <typename T> static T apply(T g, T y) { return y < T(0) ? (y + T(1)) * g : g; }
};
struct SeluFn {
  template <typename T> static T apply(T x) {
    return x < T(0) ? static_cast<T>(kSeluScaleAlpha) * (vector_math::exp(x) - T(1)) : static_cast<T>(kSeluScale) * x;
  }
};
struct SeluGradFn {
  template <typename T> static T apply(T g, T y) { return y < T(0) ? g * (y + static_cast<T>(kSeluScaleAlpha)) : g * static_cast<T>(kSeluScale); }
};
struct SoftplusFn {
  // Beyond these bounds 1 + exp(x) is exp(x), or 1, to the last bit.
  template <typename T> static T apply(T x) {
    const T bound = static_cast<T>(std::is_same_v<T, float> ? 13.942385 : 34.043653);  // -log(epsilon) - 2
    const T e = vector_math::exp(x);
    return x > bound ? x : x < -bound ? e : vector_math::log1p(e);
  }
};
struct SoftplusGradFn {
  template <typename T> static T apply(T g, T x) { return g / (vector_math::exp(-x) + T(1)); }
};
struct SoftsignFn {
  template <typename T> static T apply(T x) { return x / (std::abs(x) + T(1)); }
};
struct SoftsignGradFn {
  template <typename T> static T apply(T g, T x) {
    const T d = std::abs(x) + T(1);
    return g / (d * d);
  }
};

OpDef activation(std::string_view name, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"features", type_attr("T")}},
          .outputs = {{"activations", type_attr("T")}},
          .attrs = {type_attribute("T", allowed)},
          .shape = unchanged_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

// `second` is what the op calls its other input: the activation's "features" or "outputs".
OpDef activation_grad(std::string_view name, std::string_view second, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"gradients", type_attr("T")}, {second, type_attr("T")}},
          .outputs = {{"backprops", type_attr("T")}},
          .attrs = {type_attribute("T", allowed)},
          .shape = merge_inputs_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

Output grad_node(const OpDef& op, const Output& gradients, const Output& other) {
  return OpBuilder(op, "", Loc::current()).input(gradients).input(other).output();
}

// The gradient of an op f_grad(gradients, x) that is linear in its first input and flat in x.
Gradients flat_second(GradientContext& g, const OpDef& op) {
  const Output first = grad_node(op, g.dy(), g.x(1));
  return g.two(first, zeros(shape(g.x(1)), {.dtype = g.x(1).dtype()}));
}

// The gradient of EluGrad and SeluGrad, which are linear in both where the activation is below 0.
Gradients below_zero_second(GradientContext& g, const OpDef& op) {
  const Output first = grad_node(op, g.dy(), g.x(1));
  const Output below = g.x(1) < 0.0f;
  const Output product = g.dy() * g.x(0);
  return g.two(first, where(below, product, zeros_like(g.x(1))));
}

}  // namespace

// Relu: max(x, 0).
const OpDef& relu_op() {
  static const OpDef& op = *new OpDef(activation("Relu", kRealNumberTypes | DTypeSet{DType::kQInt8}, unary_kernels<ReluFn, kReluKernelTypes>(),
                                                 [](GradientContext& g) { return g.one(grad_node(relu_grad_op(), g.dy(), g.y())); }));
  return op;
}
const OpDef& relu_grad_op() {
  static const OpDef& op =
      *new OpDef(activation_grad("ReluGrad", "features", kRealNumberTypes, binary_kernels<ReluGradFn, kReluKernelTypes>(1, same_shape_binary_kernel),
                                 [](GradientContext& g) { return flat_second(g, relu_grad_op()); }));
  return op;
}

// Relu6: min(max(x, 0), 6).
const OpDef& relu6_op() {
  static const OpDef& op = *new OpDef(activation("Relu6", kRealNumberTypes, unary_kernels<Relu6Fn, kReluKernelTypes>(),
                                                 [](GradientContext& g) { return g.one(grad_node(relu6_grad_op(), g.dy(), g.y())); }));
  return op;
}
const OpDef& relu6_grad_op() {
  static const OpDef& op = *new OpDef(activation_grad("Relu6Grad", "features", kRealNumberTypes,
                                                      binary_kernels<Relu6GradFn, kReluKernelTypes>(1, same_shape_binary_kernel),
                                                      [](GradientContext& g) { return flat_second(g, relu6_grad_op()); }));
  return op;
}

// Elu: x, or exp(x) - 1 below 0.
const OpDef& elu_op() {
  static const OpDef& op = *new OpDef(activation("Elu", kFloatTypes, unary_kernels<EluFn, kNoBFloat16>(8),
                                                 [](GradientContext& g) { return g.one(grad_node(elu_grad_op(), g.dy(), g.y())); }));
  return op;
}
const OpDef& elu_grad_op() {
  static const OpDef& op =
      *new OpDef(activation_grad("EluGrad", "outputs", kFloatTypes, binary_kernels<EluGradFn, kNoBFloat16>(1, same_shape_binary_kernel),
                                 [](GradientContext& g) { return below_zero_second(g, elu_grad_op()); }));
  return op;
}

// Selu: elu scaled so that activations keep mean 0 and variance 1.
const OpDef& selu_op() {
  static const OpDef& op = *new OpDef(activation("Selu", kFloatTypes, unary_kernels<SeluFn, kNoBFloat16>(8),
                                                 [](GradientContext& g) { return g.one(grad_node(selu_grad_op(), g.dy(), g.y())); }));
  return op;
}
const OpDef& selu_grad_op() {
  static const OpDef& op =
      *new OpDef(activation_grad("SeluGrad", "outputs", kFloatTypes, binary_kernels<SeluGradFn, kNoBFloat16>(1, same_shape_binary_kernel),
                                 [](GradientContext& g) { return below_zero_second(g, selu_grad_op()); }));
  return op;
}

// Softplus: log(1 + exp(x)).
const OpDef& softplus_op() {
  static const OpDef& op = *new OpDef(activation("Softplus", kFloatTypes, unary_kernels<SoftplusFn, kFloatTypes>(16),
                                                 [](GradientContext& g) { return g.one(g.dy() * sigmoid(g.x())); }));
  return op;
}
// SoftplusGrad: g / (1 + exp(-x)).
const OpDef& softplus_grad_op() {
  static const OpDef& op = *new OpDef(activation_grad(
      "SoftplusGrad", "features", kFloatTypes, binary_kernels<SoftplusGradFn, kFloatTypes>(8, same_shape_binary_kernel), [](GradientContext& g) {
        const Scope after = g.graph().control_dependencies({g.dy().op()});
        const Output first = grad_node(softplus_grad_op(), g.dy(), g.x(1));
        const Output product = g.dy() * g.x(0);
        return g.two(first, product / (exp(-g.x(1)) + 2.0f + exp(g.x(1))));
      }));
  return op;
}

// Softsign: x / (1 + |x|).
const OpDef& softsign_op() {
  static const OpDef& op = *new OpDef(activation("Softsign", kFloatTypes, unary_kernels<SoftsignFn, kFloatTypes>(2),
                                                 [](GradientContext& g) { return g.one(grad_node(softsign_grad_op(), g.dy(), g.x())); }));
  return op;
}
const OpDef& softsign_grad_op() {
  static const OpDef& op = *new OpDef(activation_grad("SoftsignGrad", "features", kFloatTypes,
                                                      binary_kernels<SoftsignGradFn, kFloatTypes>(2, same_shape_binary_kernel), NoGradientDefined{}));
  return op;
}

OpList activation_ops() {
  OpList all = {&relu_op(),      &relu_grad_op(),  &relu6_op(),           &relu6_grad_op(), &elu_op(),           &elu_grad_op(), &selu_op(),
                &selu_grad_op(), &leaky_relu_op(), &leaky_relu_grad_op(), &softplus_op(),   &softplus_grad_op(), &softsign_op(), &softsign_grad_op()};
  return all;
}

Output relu(const Operand& features, std::string_view name, Loc where) { return OpBuilder(relu_op(), name, where).input(features).output(); }
Output relu6(const Operand& features, std::string_view name, Loc where) { return OpBuilder(relu6_op(), name, where).input(features).output(); }
Output elu(const Operand& features, std::string_view name, Loc where) { return OpBuilder(elu_op(), name, where).input(features).output(); }
Output selu(const Operand& features, std::string_view name, Loc where) { return OpBuilder(selu_op(), name, where).input(features).output(); }
Output softplus(const Operand& features, std::string_view name, Loc where) { return OpBuilder(softplus_op(), name, where).input(features).output(); }
Output softsign(const Operand& features, std::string_view name, Loc where) { return OpBuilder(softsign_op(), name, where).input(features).output(); }

Output crelu(const Operand& features, int64_t axis, std::string_view name, Loc where) {
  Graph* graph = features.graph();
  if (graph == nullptr) return Output();
  const Scope line = graph->location_scope(where);
  const Scope scope = graph->name_scope(name.empty() ? "CRelu" : name);
  const Output x = convert(features, graph, DType::kInvalid, "features", where);
  if (!x) return Output::failed(graph);
  const Output negated = -x;
  return relu(concat({x, negated}, axis, scope.name()));
}

}  // namespace weft
