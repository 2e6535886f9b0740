// Squares, roots and reciprocals: Square, Sqrt, Rsqrt, Reciprocal, Inv, and the ops of their gradients.
//
// Square roots and quotients are the correctly rounded ones of IEEE 754.
#include <cmath>

#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

const OpDef& sqrt_grad_op();
const OpDef& rsqrt_grad_op();
const OpDef& reciprocal_grad_op();

namespace {

constexpr int64_t kRootCost = 4;

struct SquareFn {
  template <typename T> static T apply(T x) {
    return wrapping(x, x, [](auto a, auto b) { return a * b; });
  }
};
struct SqrtFn {
  template <typename T> static T apply(T x) { return std::sqrt(x); }
};
struct RsqrtFn {
  template <typename T> static T apply(T x) { return T(1) / std::sqrt(x); }
};
struct ReciprocalFn {
  template <typename T> static T apply(T x) { return T(1) / x; }
};

// Of a complex number the conjugate, as TensorFlow's gradients take it.
template <typename T> T conjugate(T x) {
  if constexpr (std::is_floating_point_v<T>) return x;
  else return std::conj(x);
}

// Where dy is 0 these are 0, even if y is 0 or infinite: as TensorFlow's kernels.
struct SqrtGradFn {
  template <typename T> static T apply(T y, T dy) { return dy == T(0) ? T(0) : T(0.5) * dy / conjugate(y); }
};
struct RsqrtGradFn {
  template <typename T> static T apply(T y, T dy) {
    const T c = conjugate(y);
    return dy == T(0) ? T(0) : T(-0.5) * (dy * c) * (c * c);
  }
};
struct ReciprocalGradFn {
  template <typename T> static T apply(T y, T dy) {
    const T c = conjugate(y);
    return dy == T(0) ? T(0) : -dy * c * c;
  }
};

Output sqrt_grad(const Output& y, const Output& dy) { return build_binary(sqrt_grad_op(), y, dy, "", Loc::current()); }
Output rsqrt_grad(const Output& y, const Output& dy) { return build_binary(rsqrt_grad_op(), y, dy, "", Loc::current()); }
Output reciprocal_grad(const Output& y, const Output& dy) { return build_binary(reciprocal_grad_op(), y, dy, "", Loc::current()); }

// dx = dy (2 x)
Gradients square_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output x = conj(g.x());
  const Output two = convert(Operand(2), &g.graph(), x.dtype());
  return g.one(multiply(dy, multiply(x, two)));
}

Gradients sqrt_gradient(GradientContext& g) { return g.one(sqrt_grad(g.y(), g.dy())); }
Gradients rsqrt_gradient(GradientContext& g) { return g.one(rsqrt_grad(g.y(), g.dy())); }
Gradients reciprocal_gradient(GradientContext& g) { return g.one(reciprocal_grad(g.y(), g.dy())); }

// z = dy / (2 y): dz/dy = -z / y, dz/d(dy) = 1 / (2 y).
Gradients sqrt_grad_gradient(GradientContext& g) {
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output q = dz / g.x(0);
  const Output first = -conj(q) * g.y();
  return g.two(first, 0.5 * q);
}

// z = -dy y^3 / 2: dz/dy = -3 dy y^2 / 2.
Gradients rsqrt_grad_gradient(GradientContext& g) {
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output y = conj(g.x(0));
  const Output conj_dz = conj(dz);
  const Output scaled = -1.5 * conj_dz * g.x(1);
  const Output first = scaled * square(y);
  return g.two(first, rsqrt_grad(y, dz));
}

// z = -dy y^2: dz/dy = -2 dy y.
Gradients reciprocal_grad_gradient(GradientContext& g) {
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output y = conj(g.x(0));
  const Output conj_dz = conj(dz);
  const Output first = conj_dz * -2.0 * g.x(1) * y;
  return g.two(first, reciprocal_grad(y, dz));
}

}  // namespace

// Square: x^2.
const OpDef& square_op() {
  static const OpDef& op = *new OpDef(unary_op("Square", kUnaryNumbers, unary_kernels<SquareFn, kUnaryNumbers>(), square_gradient));
  return op;
}

// Sqrt: x^(1/2).
const OpDef& sqrt_op() {
  static const OpDef& op = *new OpDef(unary_op("Sqrt", kFloatComplex, unary_kernels<SqrtFn, kFloatComplex>(kRootCost), sqrt_gradient));
  return op;
}

// Rsqrt: 1 / x^(1/2).
const OpDef& rsqrt_op() {
  static const OpDef& op = *new OpDef(unary_op("Rsqrt", kFloatComplex, unary_kernels<RsqrtFn, kFloatComplex>(kRootCost), rsqrt_gradient));
  return op;
}

// Reciprocal: 1 / x.
const OpDef& reciprocal_op() {
  static const OpDef& op =
      *new OpDef(unary_op("Reciprocal", kUnaryNumbers, unary_kernels<ReciprocalFn, kFloatComplex>(kRootCost), reciprocal_gradient));
  return op;
}

// Inv: Reciprocal's older name.
const OpDef& inv_op() {
  static const OpDef& op = *new OpDef(unary_op("Inv", kUnaryNumbers, unary_kernels<ReciprocalFn, kFloatComplex>(kRootCost), reciprocal_gradient));
  return op;
}

// SqrtGrad: dy / (2 y), where y = Sqrt(x).
const OpDef& sqrt_grad_op() {
  static const OpDef& op =
      *new OpDef(unary_gradient_op("SqrtGrad", binary_kernels<SqrtGradFn, kFloatComplex>(kRootCost, same_shape_binary_kernel), sqrt_grad_gradient));
  return op;
}

// RsqrtGrad: -dy y^3 / 2, where y = Rsqrt(x).
const OpDef& rsqrt_grad_op() {
  static const OpDef& op =
      *new OpDef(unary_gradient_op("RsqrtGrad", binary_kernels<RsqrtGradFn, kFloatComplex>(1, same_shape_binary_kernel), rsqrt_grad_gradient));
  return op;
}

// ReciprocalGrad: -dy y^2, where y = Reciprocal(x).
const OpDef& reciprocal_grad_op() {
  static const OpDef& op = *new OpDef(
      unary_gradient_op("ReciprocalGrad", binary_kernels<ReciprocalGradFn, kFloatComplex>(1, same_shape_binary_kernel), reciprocal_grad_gradient));
  return op;
}

// InvGrad: ReciprocalGrad's older name.
const OpDef& inv_grad_op() {
  static const OpDef& op = *new OpDef(
      unary_gradient_op("InvGrad", binary_kernels<ReciprocalGradFn, kFloatComplex>(1, same_shape_binary_kernel), reciprocal_grad_gradient));
  return op;
}

OpList root_ops() {
  return {&square_op(),    &sqrt_op(),       &rsqrt_op(),           &reciprocal_op(), &inv_op(),
          &sqrt_grad_op(), &rsqrt_grad_op(), &reciprocal_grad_op(), &inv_grad_op()};
}

Output square(const Operand& x, std::string_view name, Loc where) { return build_unary(square_op(), x, name, where); }
Output sqrt(const Operand& x, std::string_view name, Loc where) { return build_unary(sqrt_op(), x, name, where); }
Output rsqrt(const Operand& x, std::string_view name, Loc where) { return build_unary(rsqrt_op(), x, name, where); }
Output reciprocal(const Operand& x, std::string_view name, Loc where) { return build_unary(reciprocal_op(), x, name, where); }

}  // namespace weft
