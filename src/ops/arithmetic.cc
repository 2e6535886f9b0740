// Sums, differences and products: Add, AddV2, Sub, Mul, MulNoNan, SquaredDifference.
#include "src/ops/broadcast_gradient.h"
#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

struct AddFn {
  template <typename T> static T apply(T x, T y) {
    return wrapping(x, y, [](auto a, auto b) { return a + b; });
  }
  static std::string apply(const std::string& x, const std::string& y) { return x + y; }
};

struct SubFn {
  template <typename T> static T apply(T x, T y) {
    return wrapping(x, y, [](auto a, auto b) { return a - b; });
  }
};

struct MulFn {
  template <typename T> static T apply(T x, T y) {
    return wrapping(x, y, [](auto a, auto b) { return a * b; });
  }
};

struct MulNoNanFn {
  template <typename T> static T apply(T x, T y) { return y == T(0) ? T(0) : x * y; }
};

struct SquaredDifferenceFn {
  template <typename T> static T apply(T x, T y) {
    const T d = SubFn::apply(x, y);
    if constexpr (std::is_same_v<T, complex64> || std::is_same_v<T, complex128>) return MulFn::apply(std::conj(d), d);
    else return MulFn::apply(d, d);
  }
};

// dx = dz, dy = dz, summed where the operand was repeated.
Gradients add_gradient(GradientContext& g) {
  const Output dz = g.dy();
  if (only_first_of_scalar(g)) return g.two(dz, {});
  if (same_static_shapes(g.x(0), g.x(1), dz)) return g.two(dz, dz);
  const BroadcastGradient broadcast = BroadcastGradient::smart(g.x(0), g.x(1), dz);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(dz);
  if (wanted(g, 1)) dy = broadcast.reduce_y(dz);
  return g.two(dx, dy);
}

// dx = dz, dy = -dz.
Gradients sub_gradient(GradientContext& g) {
  const Output dz = g.dy();
  if (only_first_of_scalar(g)) return g.two(dz, {});
  if (same_static_shapes(g.x(0), g.x(1), dz)) return g.two(dz, -dz);
  const BroadcastGradient broadcast = BroadcastGradient::smart(g.x(0), g.x(1), dz);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(dz);
  if (wanted(g, 1)) dy = broadcast.reduce_y(-dz);
  return g.two(dx, dy);
}

// dx = dz y, dy = x dz.
Gradients mul_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  if (only_first_of_scalar(g)) return g.two(multiply(dz, conj(y)), {});
  const bool simple = dz.dtype() == DType::kFloat32 || dz.dtype() == DType::kInt32;  // TensorFlow's choice
  if (simple && same_static_shapes(x, y, dz)) {
    const Output dx = multiply(dz, y);
    return g.two(dx, multiply(dz, x));
  }
  const BroadcastGradient broadcast = BroadcastGradient::smart(x, y, dz);
  const Output conj_x = conj(x);
  const Output conj_y = conj(y);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(multiply(dz, conj_y));
  if (wanted(g, 1)) dy = broadcast.reduce_y(multiply(conj_x, dz));
  return g.two(dx, dy);
}

Gradients mul_no_nan_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  if (same_static_shapes(x, y, dz)) {
    const Output dx = multiply_no_nan(dz, y, "MulNoNan");
    return g.two(dx, multiply_no_nan(x, dz, "MulNoNan"));
  }
  const BroadcastGradient broadcast = BroadcastGradient::plain(x, y);
  const Output dx = broadcast.reduce_x(multiply_no_nan(dz, y, "MulNoNan"));
  return g.two(dx, broadcast.reduce_y(multiply_no_nan(x, dz, "MulNoNan")));
}

// dx = 2 dz (x - y), dy = -dx.
Gradients squared_difference_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  Output both;
  {
    const Scope after = g.graph().control_dependencies({dz.op()});
    const Output scaled = scalar_mul(2.0, dz);
    both = scaled * (x - y);
  }
  if (same_static_shapes(x, y, dz)) return g.two(both, -both);
  const BroadcastGradient broadcast = BroadcastGradient::smart(x, y, dz);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(both);
  if (wanted(g, 1)) dy = -broadcast.reduce_y(both);
  return g.two(dx, dy);
}

}  // namespace

// Add: x + y; strings are joined. tf.add makes it.
const OpDef& add_op() {
  static const OpDef& op =
      *new OpDef(binary_op("Add", kBinaryNumbers | DType::kString, binary_kernels<AddFn, kBinaryNumbers | DType::kString>(), add_gradient));
  return op;
}

// AddV2: x + y without strings, so that the order of its operands is free. Operator + makes it.
const OpDef& add_v2_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef def = commutative(binary_op("AddV2", kBinaryNumbers, binary_kernels<AddFn, kBinaryNumbers>(), add_gradient));
    def.is_aggregate = true;
    return def;
  }());
  return op;
}

// Sub: x - y.
const OpDef& sub_op() {
  static const OpDef& op =
      *new OpDef(binary_op("Sub", kBinaryNumbers | DType::kUInt16, binary_kernels<SubFn, kBinaryNumbers | DType::kUInt16>(), sub_gradient));
  return op;
}

// Mul: x y.
const OpDef& mul_op() {
  static const OpDef& op = *new OpDef(
      commutative(binary_op("Mul", kBinaryNumbers | DType::kUInt16, binary_kernels<MulFn, kBinaryNumbers | DType::kUInt16>(), mul_gradient)));
  return op;
}

// MulNoNan: x y, and 0 where y is 0 even if x is infinite or NaN.
const OpDef& mul_no_nan_op() {
  static const OpDef& op = *new OpDef(binary_op("MulNoNan", kNoBFloat16, binary_kernels<MulNoNanFn, kNoBFloat16>(), mul_no_nan_gradient));
  return op;
}

// SquaredDifference: (x - y)^2, of complex numbers |x - y|^2.
const OpDef& squared_difference_op() {
  static const OpDef& op = *new OpDef(
      commutative(binary_op("SquaredDifference", kUnaryNumbers, binary_kernels<SquaredDifferenceFn, kUnaryNumbers>(2), squared_difference_gradient)));
  return op;
}

OpList arithmetic_ops() { return {&add_op(), &add_v2_op(), &sub_op(), &mul_op(), &mul_no_nan_op(), &squared_difference_op()}; }

Output add(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(add_op(), x, y, name, where); }
Output add_v2(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(add_v2_op(), x, y, name, where); }
Output subtract(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(sub_op(), x, y, name, where); }
Output multiply(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(mul_op(), x, y, name, where); }
Output squared_difference(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(squared_difference_op(), x, y, name, where);
}

Output multiply_no_nan(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(mul_no_nan_op(), x, y, name.empty() ? "multiply_no_nan" : name, where);
}

Output scalar_mul(const Operand& scalar, const Operand& x, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &scalar});
  const Output tensor = convert(x, graph, DType::kInvalid, "x", where);
  const Output factor = convert(scalar, graph, base_dtype(tensor.dtype()), "scalar", where);
  return multiply(factor, tensor, name, where);
}

}  // namespace weft
