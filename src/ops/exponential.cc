// Exponentials and logarithms: Exp, Expm1, Log, Log1p.
#include <cmath>

#include "src/ops/math_op.h"
#include "src/ops/vector_math.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

constexpr int64_t kCost = 16;

struct ExpFn {
  template <typename T> static T apply(T x) { return vector_math::exp(x); }
};
struct Expm1Fn {
  template <typename T> static T apply(T x) { return vector_math::expm1(x); }
  template <typename R> static std::complex<R> apply(std::complex<R> x) { return std::exp(x) - R(1); }
};
struct LogFn {
  template <typename T> static T apply(T x) { return vector_math::log(x); }
};
struct Log1pFn {
  template <typename T> static T apply(T x) { return vector_math::log1p(x); }
  template <typename R> static std::complex<R> apply(std::complex<R> x) { return std::log(x + R(1)); }
};

// dx = dy y
Gradients exp_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * conj(g.y()));
}

// dx = dy exp(x)
Gradients expm1_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * exp(conj(g.x())));
}

// dx = dy / x
Gradients log_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * reciprocal(conj(g.x())));
}

// dx = dy / (1 + x)
Gradients log1p_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * reciprocal(1 + conj(g.x())));
}

}  // namespace

// Exp: e^x.
const OpDef& exp_op() {
  static const OpDef& op = *new OpDef(unary_op("Exp", kFloatComplex, unary_kernels<ExpFn, kFloatComplex>(kCost), exp_gradient));
  return op;
}

// Expm1: e^x - 1 without cancellation near 0.
const OpDef& expm1_op() {
  static const OpDef& op = *new OpDef(unary_op("Expm1", kFloatComplex, unary_kernels<Expm1Fn, kFloatComplex>(kCost), expm1_gradient));
  return op;
}

// Log: the natural logarithm.
const OpDef& log_op() {
  static const OpDef& op = *new OpDef(unary_op("Log", kFloatComplex, unary_kernels<LogFn, kFloatComplex>(kCost), log_gradient));
  return op;
}

// Log1p: log(1 + x) without cancellation near 0.
const OpDef& log1p_op() {
  static const OpDef& op = *new OpDef(unary_op("Log1p", kFloatComplex, unary_kernels<Log1pFn, kFloatComplex>(kCost), log1p_gradient));
  return op;
}

OpList exponential_ops() { return {&exp_op(), &expm1_op(), &log_op(), &log1p_op()}; }

Output exp(const Operand& x, std::string_view name, Loc where) { return build_unary(exp_op(), x, name, where); }
Output expm1(const Operand& x, std::string_view name, Loc where) { return build_unary(expm1_op(), x, name, where); }
Output log(const Operand& x, std::string_view name, Loc where) { return build_unary(log_op(), x, name, where); }
Output log1p(const Operand& x, std::string_view name, Loc where) { return build_unary(log1p_op(), x, name, where); }

}  // namespace weft
