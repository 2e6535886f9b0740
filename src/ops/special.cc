// Special functions of real numbers: Erf, Erfc, Lgamma. (Digamma and its derivatives: digamma.cc.)
#include <cmath>

#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

constexpr int64_t kCost = 64;

struct ErfFn {
  template <typename T> static T apply(T x) { return std::erf(x); }
};
struct ErfcFn {
  template <typename T> static T apply(T x) { return std::erfc(x); }
};

// std::lgamma writes a global sign; the _r forms do not.
struct LgammaFn {
  static double apply(double x) {
    int sign;
    return ::lgamma_r(x, &sign);
  }
  static float apply(float x) {
    int sign;
    return ::lgammaf_r(x, &sign);
  }
};

constexpr double kTwoOverRootPi = 1.12837916709551257390;

// dx = slope dy e^(-x^2)
Gradients erf_family_gradient(GradientContext& g, double slope) {
  const Output dy = g.dy();
  const Output factor = convert(Operand(slope), &g.graph(), dy.dtype());
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output scaled = dy * factor;
  return g.one(scaled * exp(-square(conj(g.x()))));
}

Gradients erf_gradient(GradientContext& g) { return erf_family_gradient(g, kTwoOverRootPi); }
Gradients erfc_gradient(GradientContext& g) { return erf_family_gradient(g, -kTwoOverRootPi); }

// dx = dy digamma(x)
Gradients lgamma_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  return g.one(dy * digamma(conj(g.x())));
}

}  // namespace

// Erf: 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
const OpDef& erf_op() {
  static const OpDef& op = *new OpDef(unary_op("Erf", kFloatTypes, unary_kernels<ErfFn, kFloatTypes>(kCost), erf_gradient));
  return op;
}

// Erfc: 1 - Erf(x) without cancellation.
const OpDef& erfc_op() {
  static const OpDef& op = *new OpDef(unary_op("Erfc", kFloatTypes, unary_kernels<ErfcFn, kFloatTypes>(kCost), erfc_gradient));
  return op;
}

// Lgamma: log |Gamma(x)|.
const OpDef& lgamma_op() {
  static const OpDef& op = *new OpDef(unary_op("Lgamma", kFloatTypes, unary_kernels<LgammaFn, kFloatTypes>(kCost), lgamma_gradient));
  return op;
}

OpList special_ops() { return {&erf_op(), &erfc_op(), &lgamma_op()}; }

Output erf(const Operand& x, std::string_view name, Loc where) { return build_unary(erf_op(), x, name, where); }
Output erfc(const Operand& x, std::string_view name, Loc where) { return build_unary(erfc_op(), x, name, where); }
Output lgamma(const Operand& x, std::string_view name, Loc where) { return build_unary(lgamma_op(), x, name, where); }

}  // namespace weft
