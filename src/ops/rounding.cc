// Rounding and kinds of floating-point numbers: Floor, Ceil, Round, Rint, IsNan, IsInf, IsFinite.
#include <cmath>

#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kRoundTypes = kFloatTypes | kIndexTypes;

struct FloorFn {
  template <typename T> static T apply(T x) { return std::floor(x); }
};
struct CeilFn {
  template <typename T> static T apply(T x) { return std::ceil(x); }
};
// Halves go to the even neighbour (the rounding mode programs start with, which weft never changes).
struct RintFn {
  template <typename T> static T apply(T x) { return std::nearbyint(x); }
};
// The same, but what rounds to 0 is +0, as in TensorFlow's kernel.
struct RoundFn {
  template <typename T> static T apply(T x) {
    if constexpr (std::is_integral_v<T>) return x;
    else return x == T(0) ? x : std::nearbyint(x) + T(0);
  }
};
struct IsNanFn {
  template <typename T> static bool apply(T x) { return x != x; }
};
struct IsInfFn {
  template <typename T> static bool apply(T x) { return std::abs(x) == std::numeric_limits<T>::infinity(); }
};
struct IsFiniteFn {
  template <typename T> static bool apply(T x) { return std::abs(x) < std::numeric_limits<T>::infinity(); }
};

// TensorFlow registers a gradient of nothing: constant almost everywhere.
Gradients step_gradient(GradientContext& g) {
  return {Gradient::none(AbsentGradient::kNotDifferentiable, str_cat(g.node().describe(), " is constant almost everywhere"))};
}

template <typename F> OpDef number_kind_op(std::string_view name) {
  OpDef def = unary_op(name, kFloatTypes, unary_kernels<F, kFloatTypes>(), NoGradientDefined{});
  def.outputs = {{"y", DType::kBool}};
  return def;
}

}  // namespace

// Floor: the greatest integer not above x.
const OpDef& floor_op() {
  static const OpDef& op = *new OpDef(unary_op("Floor", kFloatTypes, unary_kernels<FloorFn, kFloatTypes>(), step_gradient));
  return op;
}

// Ceil: the least integer not below x.
const OpDef& ceil_op() {
  static const OpDef& op = *new OpDef(unary_op("Ceil", kFloatTypes, unary_kernels<CeilFn, kFloatTypes>(), step_gradient));
  return op;
}

// Round: the nearest integer, halves to even.
const OpDef& round_op() {
  static const OpDef& op = *new OpDef(unary_op("Round", kUnaryNumbers, unary_kernels<RoundFn, kRoundTypes>(), step_gradient));
  return op;
}

// Rint: the same, of floating-point numbers.
const OpDef& rint_op() {
  static const OpDef& op = *new OpDef(unary_op("Rint", kFloatTypes, unary_kernels<RintFn, kFloatTypes>(), step_gradient));
  return op;
}

// IsNan: x is not a number.
const OpDef& is_nan_op() {
  static const OpDef& op = *new OpDef(number_kind_op<IsNanFn>("IsNan"));
  return op;
}

// IsInf: x is infinite.
const OpDef& is_inf_op() {
  static const OpDef& op = *new OpDef(number_kind_op<IsInfFn>("IsInf"));
  return op;
}

// IsFinite: x is neither.
const OpDef& is_finite_op() {
  static const OpDef& op = *new OpDef(number_kind_op<IsFiniteFn>("IsFinite"));
  return op;
}

OpList rounding_ops() { return {&floor_op(), &ceil_op(), &round_op(), &rint_op(), &is_nan_op(), &is_inf_op(), &is_finite_op()}; }

Output floor(const Operand& x, std::string_view name, Loc where) { return build_unary(floor_op(), x, name, where); }
Output ceil(const Operand& x, std::string_view name, Loc where) { return build_unary(ceil_op(), x, name, where); }
Output rint(const Operand& x, std::string_view name, Loc where) { return build_unary(rint_op(), x, name, where); }
Output round(const Operand& x, std::string_view name, Loc where) {
  if (x.output() != nullptr && is_integer(x.dtype())) return *x.output();
  return build_unary(round_op(), x, name, where);
}
Output is_nan(const Operand& x, std::string_view name, Loc where) { return build_unary(is_nan_op(), x, name, where); }
Output is_inf(const Operand& x, std::string_view name, Loc where) { return build_unary(is_inf_op(), x, name, where); }
Output is_finite(const Operand& x, std::string_view name, Loc where) { return build_unary(is_finite_op(), x, name, where); }

}  // namespace weft
