// Sin, Cos, Tan, Asin, Acos, Atan.
#include <cmath>

#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

constexpr int64_t kCost = 32;

struct SinFn {
  template <typename T> static T apply(T x) { return std::sin(x); }
};
struct CosFn {
  template <typename T> static T apply(T x) { return std::cos(x); }
};
struct TanFn {
  template <typename T> static T apply(T x) { return std::tan(x); }
};
struct AsinFn {
  template <typename T> static T apply(T x) { return std::asin(x); }
};
struct AcosFn {
  template <typename T> static T apply(T x) { return std::acos(x); }
};
struct AtanFn {
  template <typename T> static T apply(T x) { return std::atan(x); }
};

// dx = dy cos(x)
Gradients sin_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * cos(conj(g.x())));
}

// dx = -dy sin(x)
Gradients cos_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output minus = -dy;
  return g.one(minus * sin(conj(g.x())));
}

// dx = dy / cos(x)^2
Gradients tan_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(square(reciprocal(cos(conj(g.x())))) * dy);
}

// 1 / sqrt(1 - x^2)
Output arc_slope(GradientContext& g, const Output& dy) {
  const Output x2 = square(conj(g.x()));
  const Output one = convert(Operand(1), &g.graph(), dy.dtype());
  return reciprocal(sqrt(subtract(one, x2)));
}

// dx = dy / sqrt(1 - x^2)
Gradients asin_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * arc_slope(g, dy));
}

// dx = -dy / sqrt(1 - x^2)
Gradients acos_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output slope = arc_slope(g, dy);
  return g.one(-dy * slope);
}

// dx = dy / (1 + x^2)
Gradients atan_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output x2 = square(conj(g.x()));
  const Output one = convert(Operand(1), &g.graph(), dy.dtype());
  return g.one(dy * reciprocal(add(one, x2)));
}

}  // namespace

// Sin: the sine of x radians.
const OpDef& sin_op() {
  static const OpDef& op = *new OpDef(unary_op("Sin", kFloatComplex, unary_kernels<SinFn, kFloatComplex>(kCost), sin_gradient));
  return op;
}

// Cos: the cosine.
const OpDef& cos_op() {
  static const OpDef& op = *new OpDef(unary_op("Cos", kFloatComplex, unary_kernels<CosFn, kFloatComplex>(kCost), cos_gradient));
  return op;
}

// Tan: the tangent.
const OpDef& tan_op() {
  static const OpDef& op = *new OpDef(unary_op("Tan", kUnaryNumbers, unary_kernels<TanFn, kFloatComplex>(kCost), tan_gradient));
  return op;
}

// Asin: the angle in [-pi/2, pi/2] whose sine is x.
const OpDef& asin_op() {
  static const OpDef& op = *new OpDef(unary_op("Asin", kUnaryNumbers, unary_kernels<AsinFn, kFloatTypes>(kCost), asin_gradient));
  return op;
}

// Acos: the angle in [0, pi] whose cosine is x.
const OpDef& acos_op() {
  static const OpDef& op = *new OpDef(unary_op("Acos", kUnaryNumbers, unary_kernels<AcosFn, kFloatTypes>(kCost), acos_gradient));
  return op;
}

// Atan: the angle in (-pi/2, pi/2) whose tangent is x.
const OpDef& atan_op() {
  static const OpDef& op = *new OpDef(unary_op("Atan", kUnaryNumbers, unary_kernels<AtanFn, kFloatTypes>(kCost), atan_gradient));
  return op;
}

OpList trigonometric_ops() { return {&sin_op(), &cos_op(), &tan_op(), &asin_op(), &acos_op(), &atan_op()}; }

Output sin(const Operand& x, std::string_view name, Loc where) { return build_unary(sin_op(), x, name, where); }
Output cos(const Operand& x, std::string_view name, Loc where) { return build_unary(cos_op(), x, name, where); }
Output tan(const Operand& x, std::string_view name, Loc where) { return build_unary(tan_op(), x, name, where); }
Output asin(const Operand& x, std::string_view name, Loc where) { return build_unary(asin_op(), x, name, where); }
Output acos(const Operand& x, std::string_view name, Loc where) { return build_unary(acos_op(), x, name, where); }
Output atan(const Operand& x, std::string_view name, Loc where) { return build_unary(atan_op(), x, name, where); }

}  // namespace weft
