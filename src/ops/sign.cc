// Neg, Abs, Sign, Conj.
#include <cmath>

#include "src/ops/math_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

inline constexpr DTypeSet kAbsTypes = kFloatTypes | DTypeSet{DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64};

struct NegFn {
  template <typename T> static T apply(T x) {
    if constexpr (std::is_integral_v<T>) return wrapping(T(0), x, [](auto a, auto b) { return a - b; });
    else return -x;
  }
};

struct AbsFn {
  template <typename T> static T apply(T x) {
    if constexpr (std::is_integral_v<T>) return x < 0 ? NegFn::apply(x) : x;
    else return std::abs(x);
  }
};

// NaN has sign 0, as TensorFlow's kernel has it.
struct SignFn {
  template <typename T> static T apply(T x) { return static_cast<T>((T(0) < x) - (x < T(0))); }
  template <typename R> static std::complex<R> apply(std::complex<R> x) {
    const R length = std::abs(x);
    return length == R(0) ? std::complex<R>(0) : x / length;
  }
};

struct ConjFn {
  template <typename R> static std::complex<R> apply(std::complex<R> x) { return std::conj(x); }
};

Gradients neg_gradient(GradientContext& g) { return g.one(-g.dy()); }
Gradients abs_gradient(GradientContext& g) { return g.one(g.dy() * sign(g.x())); }
Gradients sign_gradient(GradientContext& g) { return g.one(zeros(shape(g.x()), {.dtype = g.x().dtype()})); }
Gradients conj_gradient(GradientContext& g) { return g.one(conj(g.dy())); }

}  // namespace

// Neg: -x.
const OpDef& neg_op() {
  static const OpDef& op = *new OpDef(unary_op("Neg", kUnaryNumbers, unary_kernels<NegFn, kUnaryNumbers>(), neg_gradient));
  return op;
}

// Abs: |x| of real numbers.
const OpDef& abs_op() {
  static const OpDef& op = *new OpDef(unary_op("Abs", kAbsTypes, unary_kernels<AbsFn, kAbsTypes>(), abs_gradient));
  return op;
}

// Sign: -1, 0 or 1; of complex numbers x / |x|, or 0.
const OpDef& sign_op() {
  static const OpDef& op = *new OpDef(unary_op("Sign", kUnaryNumbers, unary_kernels<SignFn, kUnaryNumbers>(), sign_gradient));
  return op;
}

// Conj: the complex conjugate.
const OpDef& conj_op() {
  static const OpDef& op = *new OpDef{.name = "Conj",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T", kComplexTypes | DType::kVariant, DType::kComplex64)},
                                      .shape = unchanged_shape,
                                      .kernels = unary_kernels<ConjFn, kComplexTypes>(),
                                      .gradient = conj_gradient};
  return op;
}

OpList sign_ops() { return {&neg_op(), &abs_op(), &sign_op(), &conj_op()}; }

Output negative(const Operand& x, std::string_view name, Loc where) { return build_unary(neg_op(), x, name, where); }
Output abs(const Operand& x, std::string_view name, Loc where) { return build_unary(abs_op(), x, name, where); }
Output sign(const Operand& x, std::string_view name, Loc where) { return build_unary(sign_op(), x, name, where); }

Output conj(const Operand& x, std::string_view name, Loc where) {
  if (x.output() != nullptr && !is_complex(x.dtype())) return *x.output();
  return build_unary(conj_op(), x, name, where);
}

}  // namespace weft
