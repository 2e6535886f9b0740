// RandomGammaGrad, and the gradient of RandomGamma that it serves.
//
// A draw x of the gamma distribution with shape parameter a moves with a so that P(a, x), its rank, stays: dx/da = -(dP/da) / p(a, x),
// p the density. P is a series for small x and 1 minus a continued fraction for large x, as in igamma of the Cephes library; both are
// differentiated term by term. Figurnov, Mohamed, Mnih: Implicit reparameterization gradients, 2018.
#include <array>
#include <cmath>
#include <limits>

#include "src/ops/digamma.h"
#include "src/ops/math_op.h"
#include "src/ops/op_lists.h"
#include "src/ops/random_gamma_gradient.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/random_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

constexpr int kMaxTerms = 2000;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// P(a, x) = x^a e^-x / Gamma(a + 1) * sum, sum = 1 + x/(a+1) + x^2/((a+1)(a+2)) + ...
double series_derivative(double a, double x) {
  double term = 1, term_da = 0;
  double sum = 1, sum_da = 0;
  double r = a;
  for (int i = 0; i < kMaxTerms; ++i) {
    r += 1;
    const double factor = x / r;
    term_da = factor * term_da - x / (r * r) * term;
    sum_da += term_da;
    term *= factor;
    sum += term;
    if (std::abs(term_da) <= kEpsilon * std::abs(sum_da)) break;
  }
  const double log_da = std::log(x) - digamma_of(a + 1);  // of x^a / Gamma(a + 1)
  return -(sum_da + sum * log_da) * x / a;
}

// A term of the recurrence p_k = z p_(k-1) - y c p_(k-2), with its derivative; y falls by 1 when a rises by 1.
struct Term {
  double value;
  double da;
};
Term next_term(const Term& last, const Term& before, double z, double yc, double c) {
  return {last.value * z - before.value * yc, last.da * z - last.value - before.da * yc + before.value * c};
}

// 1 - P(a, x) = x^a e^-x / Gamma(a) * fraction.
double fraction_derivative(double a, double x) {
  constexpr double kBig = 1 / kEpsilon;
  double c = 0;
  double y = 1 - a;
  double z = x + y + 1;
  Term p_before{1, 0}, q_before{x, 0};
  Term p{x + 1, 0}, q{z * x, -x};
  double fraction = p.value / q.value;
  double fraction_da = (p.da - fraction * q.da) / q.value;
  for (int i = 0; i < kMaxTerms; ++i) {
    c += 1;
    y += 1;
    z += 2;
    const Term p_next = next_term(p, p_before, z, y * c, c);
    const Term q_next = next_term(q, q_before, z, y * c, c);
    p_before = std::exchange(p, p_next);
    q_before = std::exchange(q, q_next);
    if (q.value != 0) {
      const double last_da = fraction_da;
      fraction = p.value / q.value;
      fraction_da = (p.da - fraction * q.da) / q.value;
      if (std::abs(fraction_da - last_da) <= kEpsilon) break;
    }
    if (std::abs(p.value) > kBig) {
      for (Term* term : {&p, &q, &p_before, &q_before}) *term = {term->value * kEpsilon, term->da * kEpsilon};
    }
  }
  const double log_da = std::log(x) - digamma_of(a);  // of x^a / Gamma(a)
  return (fraction_da + fraction * log_da) * x;
}

struct RandomGammaGradFn {
  template <typename T> static T apply(T alpha, T sample) {
    const double a = alpha;
    const double x = sample;
    if (x == 0) return T(0);
    if (!(x >= 0) || !(a > 0)) return std::numeric_limits<T>::quiet_NaN();
    return static_cast<T>(x > 1 && x > a ? fraction_derivative(a, x) : series_derivative(a, x));
  }
};

constexpr DTypeSet kFloatDouble = {DType::kFloat32, DType::kFloat64};

}  // namespace

// RandomGammaGrad: the derivative of gamma draws `sample` with respect to `alpha`.
const OpDef& random_gamma_grad_op() {
  static const OpDef& op = *new OpDef{.name = "RandomGammaGrad",
                                      .inputs = {{"alpha", type_attr("T")}, {"sample", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T", kFloatDouble)},
                                      .shape = broadcast_shape,
                                      .kernels = binary_kernels<RandomGammaGradFn, kFloatDouble>(400),
                                      .gradient = NoGradientDefined{}};
  return op;
}

// The draws stand before alpha's dimensions: alpha gets as many dimensions of size 1 in front, and the gradient is summed over them.
Gradients random_gamma_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const auto after = g.graph().control_dependencies({dy.op()});
  const Output sample_rank = strided_slice(shape(g.x(0)), {Slice(0)});
  const Output leading = ones(sample_rank, {.dtype = DType::kInt32});
  const Output alpha = reshape(g.x(1), concat({Operand(leading), Operand(shape(g.x(1)))}, 0));
  const Output partial = OpBuilder(random_gamma_grad_op(), "", Loc::current()).input(alpha).input(g.y()).output();
  const Output product = dy * partial;
  return g.two(Gradient(), reduce_sum(product, {.axis = range(0, sample_rank)}));
}

OpList random_gamma_gradient_ops() { return {&random_gamma_grad_op()}; }

}  // namespace weft
