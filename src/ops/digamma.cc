// The derivatives of log Gamma: Digamma, Polygamma, and Zeta, of which the higher ones are made.
#include <array>
#include <cmath>

#include "src/ops/broadcast_gradient.h"
#include "src/ops/digamma.h"
#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

// Recurrence up to 10, then the asymptotic series; reflection for x <= 0. As psi in the Cephes library, Moshier 1989.
double digamma_of(double x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kPi = 3.14159265358979323846;
  if (std::isnan(x) || x == kInfinity) return x;
  double reflected = 0;
  if (x <= 0) {
    const double whole = std::floor(x);
    if (x == whole) return kInfinity;
    const double fraction = x - whole > 0.5 ? x - (whole + 1) : x - whole;  // from the nearer pole: no digits are lost beside one
    reflected = fraction == 0.5 ? 0 : kPi / std::tan(kPi * fraction);
    x = 1 - x;
  }
  double below = 0;
  for (; x < 10; x += 1) below += 1 / x;
  const double z = 1 / (x * x);
  const double series = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (5.0 / 660 - z * (691.0 / 32760 - z / 12))))));
  return std::log(x) - 0.5 / x - series - below - reflected;
}

namespace {

constexpr int64_t kCost = 64;
constexpr DTypeSet kFloatDouble = {DType::kFloat32, DType::kFloat64};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The sum of (q + k)^-x over k = 0, 1, 2, ...: some terms, then Euler and Maclaurin's formula. As zeta in the Cephes library.
double zeta_of(double x, double q) {
  // (2k)! / B_2k
  constexpr std::array<double, 12> kDivisors = {12.0,
                                                -720.0,
                                                30240.0,
                                                -1209600.0,
                                                47900160.0,
                                                -1.8924375803183791606e9,
                                                7.47242496e10,
                                                -2.950130727918164224e12,
                                                1.1646782814350067249e14,
                                                -4.5979787224074726105e15,
                                                1.8152105401943546773e17,
                                                -7.1661652561756670113e18};
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon() / 2;
  if (x == 1) return kInfinity;
  if (!(x > 1)) return kNaN;
  if (q <= 0) {
    if (q == std::floor(q)) return kInfinity;
    if (x != std::floor(x)) return kNaN;
  }
  double sum = std::pow(q, -x);
  double a = q;
  double term = 0;
  for (int i = 0; i < 9 || a <= 9; ++i) {
    a += 1;
    term = std::pow(a, -x);
    sum += term;
    if (std::abs(term / sum) < kEpsilon) return sum;
  }
  sum += term * a / (x - 1) - 0.5 * term;
  double factor = 1;
  double k = 0;
  for (const double divisor : kDivisors) {
    factor *= x + k;
    term /= a;
    const double t = factor * term / divisor;
    sum += t;
    if (std::abs(t / sum) < kEpsilon) break;
    k += 1;
    factor *= x + k;
    term /= a;
    k += 1;
  }
  return sum;
}

// The n-th derivative of digamma: (-1)^(n+1) n! zeta(n + 1, x).
double polygamma_of(double n, double x) {
  if (n < 0 || n != std::floor(n)) return kNaN;
  if (n == 0) return digamma_of(x);
  int sign;
  const double factorial = std::exp(::lgamma_r(n + 1, &sign));
  return (std::fmod(n, 2) == 0 ? -factorial : factorial) * zeta_of(n + 1, x);
}

struct DigammaFn {
  template <typename T> static T apply(T x) { return static_cast<T>(digamma_of(x)); }
};
struct ZetaFn {
  template <typename T> static T apply(T x, T q) { return static_cast<T>(zeta_of(x, q)); }
};
struct PolygammaFn {
  template <typename T> static T apply(T n, T x) { return static_cast<T>(polygamma_of(n, x)); }
};

// dx = dy polygamma(1, x)
Gradients digamma_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Scope after = g.graph().control_dependencies({dy.op()});
  const Output x = conj(g.x());
  const Output one = convert(Operand(1), &g.graph(), x.dtype());
  return g.one(dy * polygamma(one, x));
}

// dq = -dz x zeta(x + 1, q); x gets none.
Gradients zeta_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output q = g.x(1);
  const Output dz = g.dy();
  const BroadcastGradient broadcast = BroadcastGradient::plain(x, q);
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output minus_x = -x;
  const Output slope = minus_x * zeta(x + 1, q);
  return g.two({}, broadcast.reduce_y(slope * dz));
}

// dx = dz polygamma(n + 1, x); n gets none.
Gradients polygamma_gradient(GradientContext& g) {
  const Output n = g.x(0);
  const Output x = g.x(1);
  const Output dz = g.dy();
  const BroadcastGradient broadcast = BroadcastGradient::plain(n, x);
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output slope = polygamma(n + 1, x);
  return g.two({}, broadcast.reduce_y(slope * dz));
}

}  // namespace

// Digamma: the derivative of Lgamma.
const OpDef& digamma_op() {
  static const OpDef& op = *new OpDef(unary_op("Digamma", kFloatTypes, unary_kernels<DigammaFn, kFloatTypes>(kCost), digamma_gradient));
  return op;
}

// Zeta: the Hurwitz zeta function, the sum of (q + k)^-x over k >= 0.
const OpDef& zeta_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef def = binary_op("Zeta", kFloatDouble, binary_kernels<ZetaFn, kFloatDouble>(8 * kCost), zeta_gradient);
    def.inputs[1].name = "q";
    return def;
  }());
  return op;
}

// Polygamma: the a-th derivative of Digamma at x, for whole a >= 0.
const OpDef& polygamma_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef def = binary_op("Polygamma", kFloatDouble, binary_kernels<PolygammaFn, kFloatDouble>(8 * kCost), polygamma_gradient);
    def.inputs = {{"a", type_attr("T")}, {"x", type_attr("T")}};
    return def;
  }());
  return op;
}

OpList digamma_ops() { return {&digamma_op(), &zeta_op(), &polygamma_op()}; }

Output digamma(const Operand& x, std::string_view name, Loc where) { return build_unary(digamma_op(), x, name, where); }
Output zeta(const Operand& x, const Operand& q, std::string_view name, Loc where) { return build_binary(zeta_op(), x, q, name, where); }
Output polygamma(const Operand& a, const Operand& x, std::string_view name, Loc where) { return build_binary(polygamma_op(), a, x, name, where); }

}  // namespace weft
