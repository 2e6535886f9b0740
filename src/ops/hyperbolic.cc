// Hyperbolic functions and the sigmoid: Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Sigmoid, TanhGrad, SigmoidGrad.
#include <cmath>

#include "src/ops/math_op.h"
#include "src/ops/vector_math.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

const OpDef& tanh_grad_op();
const OpDef& sigmoid_grad_op();

namespace {

constexpr int64_t kCost = 16;

struct SinhFn {
  template <typename T> static T apply(T x) { return std::sinh(x); }
};
struct CoshFn {
  template <typename T> static T apply(T x) { return std::cosh(x); }
};
struct TanhFn {
  template <typename T> static T apply(T x) { return vector_math::tanh(x); }
};
struct AsinhFn {
  template <typename T> static T apply(T x) { return std::asinh(x); }
};
struct AcoshFn {
  template <typename T> static T apply(T x) { return std::acosh(x); }
};
struct AtanhFn {
  template <typename T> static T apply(T x) { return std::atanh(x); }
};
struct SigmoidFn {
  template <typename T> static T apply(T x) { return vector_math::sigmoid(x); }
};

// Of complex numbers too without conjugating y: the gradients that use these ops do it.
struct TanhGradFn {
  template <typename T> static T apply(T y, T dy) { return dy * (T(1) - y * y); }
};
struct SigmoidGradFn {
  template <typename T> static T apply(T y, T dy) { return dy * y * (T(1) - y); }
};

Output tanh_grad(const Output& y, const Output& dy) { return build_binary(tanh_grad_op(), y, dy, "", Loc::current()); }
Output sigmoid_grad(const Output& y, const Output& dy) { return build_binary(sigmoid_grad_op(), y, dy, "", Loc::current()); }

// dx = dy cosh(x)
Gradients sinh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * cosh(conj(g.x())));
}

// dx = dy sinh(x)
Gradients cosh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * sinh(conj(g.x())));
}

// dx = dy (1 - y^2)
Gradients tanh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(tanh_grad(conj(g.y()), dy));
}

// dx = dy / cosh(y)
Gradients asinh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy / cosh(conj(g.y())));
}

// dx = dy / sinh(y)
Gradients acosh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy / sinh(conj(g.y())));
}

// dx = dy / (1 - x^2)
Gradients atanh_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output x2 = square(conj(g.x()));
  const Output one = convert(Operand(1), &g.graph(), dy.dtype());
  return g.one(dy * reciprocal(subtract(one, x2)));
}

// dx = dy y (1 - y)
Gradients sigmoid_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(sigmoid_grad(conj(g.y()), dy));
}

// z = dy (1 - y^2): dz/dy = -2 dy y.
Gradients tanh_grad_gradient(GradientContext& g) {
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output y = conj(g.x(0));
  const Output dy = conj(g.x(1));
  const Output first = dz * -2.0 * dy * y;
  return g.two(first, tanh_grad(y, dz));
}

// z = dy y (1 - y): dz/dy = dy - 2 dy y.
Gradients sigmoid_grad_gradient(GradientContext& g) {
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output y = conj(g.x(0));
  const Output dy = conj(g.x(1));
  const Output scaled = dz * dy;
  const Output first = scaled - 2.0 * scaled * y;
  return g.two(first, sigmoid_grad(y, dz));
}

}  // namespace

// Sinh: (e^x - e^-x) / 2.
const OpDef& sinh_op() {
  static const OpDef& op = *new OpDef(unary_op("Sinh", kFloatComplex, unary_kernels<SinhFn, kFloatComplex>(kCost), sinh_gradient));
  return op;
}

// Cosh: (e^x + e^-x) / 2.
const OpDef& cosh_op() {
  static const OpDef& op = *new OpDef(unary_op("Cosh", kFloatComplex, unary_kernels<CoshFn, kFloatComplex>(kCost), cosh_gradient));
  return op;
}

// Tanh: sinh(x) / cosh(x).
const OpDef& tanh_op() {
  static const OpDef& op = *new OpDef(unary_op("Tanh", kFloatComplex, unary_kernels<TanhFn, kFloatComplex>(kCost), tanh_gradient));
  return op;
}

// Asinh: the inverse of Sinh.
const OpDef& asinh_op() {
  static const OpDef& op = *new OpDef(unary_op("Asinh", kFloatComplex, unary_kernels<AsinhFn, kFloatComplex>(kCost), asinh_gradient));
  return op;
}

// Acosh: the inverse of Cosh, at least 0.
const OpDef& acosh_op() {
  static const OpDef& op = *new OpDef(unary_op("Acosh", kFloatComplex, unary_kernels<AcoshFn, kFloatComplex>(kCost), acosh_gradient));
  return op;
}

// Atanh: the inverse of Tanh.
const OpDef& atanh_op() {
  static const OpDef& op = *new OpDef(unary_op("Atanh", kFloatComplex, unary_kernels<AtanhFn, kFloatComplex>(kCost), atanh_gradient));
  return op;
}

// Sigmoid: 1 / (1 + e^-x).
const OpDef& sigmoid_op() {
  static const OpDef& op = *new OpDef(unary_op("Sigmoid", kFloatComplex, unary_kernels<SigmoidFn, kFloatComplex>(kCost), sigmoid_gradient));
  return op;
}

// TanhGrad: dy (1 - y^2), where y = Tanh(x).
const OpDef& tanh_grad_op() {
  static const OpDef& op =
      *new OpDef(unary_gradient_op("TanhGrad", binary_kernels<TanhGradFn, kFloatComplex>(1, same_shape_binary_kernel), tanh_grad_gradient));
  return op;
}

// SigmoidGrad: dy y (1 - y), where y = Sigmoid(x).
const OpDef& sigmoid_grad_op() {
  static const OpDef& op =
      *new OpDef(unary_gradient_op("SigmoidGrad", binary_kernels<SigmoidGradFn, kFloatComplex>(1, same_shape_binary_kernel), sigmoid_grad_gradient));
  return op;
}

OpList hyperbolic_ops() {
  return {&sinh_op(), &cosh_op(), &tanh_op(), &asinh_op(), &acosh_op(), &atanh_op(), &sigmoid_op(), &tanh_grad_op(), &sigmoid_grad_op()};
}

Output sinh(const Operand& x, std::string_view name, Loc where) { return build_unary(sinh_op(), x, name, where); }
Output cosh(const Operand& x, std::string_view name, Loc where) { return build_unary(cosh_op(), x, name, where); }
Output tanh(const Operand& x, std::string_view name, Loc where) { return build_unary(tanh_op(), x, name, where); }
Output asinh(const Operand& x, std::string_view name, Loc where) { return build_unary(asinh_op(), x, name, where); }
Output acosh(const Operand& x, std::string_view name, Loc where) { return build_unary(acosh_op(), x, name, where); }
Output atanh(const Operand& x, std::string_view name, Loc where) { return build_unary(atanh_op(), x, name, where); }
Output sigmoid(const Operand& x, std::string_view name, Loc where) { return build_unary(sigmoid_op(), x, name, where); }

}  // namespace weft
