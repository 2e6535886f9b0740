// Pow and Atan2.
#include <cmath>

#include "src/ops/broadcast_gradient.h"
#include "src/ops/math_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

inline constexpr int64_t kPowCost = 32;

struct PowFn {
  static constexpr std::string_view kInvalid = "Integers to negative integer powers are not allowed";
  template <typename T> static bool valid(T, T y) {
    if constexpr (std::is_integral_v<T>) return y >= 0;
    else return true;
  }
  template <typename T> static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) return integer_power(x, y);
    // TensorFlow's sessions turn x ** 2 into Square, which rounds once; libm's pow can be one unit off.
    else return y == T(2) ? x * x : std::pow(x, y);
  }

 private:
  template <typename T> static T integer_power(T x, T y) {
    const auto times = [](T a, T b) { return wrapping(a, b, [](auto p, auto q) { return p * q; }); };
    T result = 1;
    for (; y != 0; y >>= 1) {
      if (y & 1) result = times(result, x);
      x = times(x, x);
    }
    return result;
  }
};

struct Atan2Fn {
  template <typename T> static T apply(T y, T x) { return std::atan2(y, x); }
};

// dx = dz y x^(y-1), dy = dz z log(x), where log(x) counts as 0 for x <= 0.
Gradients pow_gradient(GradientContext& g) {
  const Output dz = g.dy();
  Output x = g.x(0);
  Output y = g.x(1);
  const auto partial_x = [&] {
    const Output scaled = dz * y;
    return scaled * pow(x, y - 1, "Pow");
  };
  if (only_first_of_scalar(g)) {
    x = conj(x);
    y = conj(y);
    return g.two(partial_x(), {});
  }
  const BroadcastGradient broadcast = BroadcastGradient::smart(x, y, dz);
  x = conj(x);
  y = conj(y);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(partial_x());
  if (wanted(g, 1)) {
    const Output z = conj(g.y());
    const Output mask = is_complex(x.dtype()) ? not_equal(x, 0) : x > 0;
    const Output safe_x = where(mask, x, ones_like(x));
    const Output log_safe_x = log(safe_x);
    const Output log_x = where(mask, log_safe_x, zeros_like(x));
    const Output scaled = dz * z;
    dy = broadcast.reduce_y(scaled * log_x);
  }
  return g.two(dx, dy);
}

// dy = dz x / (x^2 + y^2), dx = -dz y / (x^2 + y^2).
Gradients atan2_gradient(GradientContext& g) {
  const Output y = g.x(0);
  const Output x = g.x(1);
  const Output dz = g.dy();
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output x2 = square(x);
  const Output scaled = dz / (x2 + square(y));
  const Output dy = x * scaled;
  return g.two(dy, -y * scaled);
}

}  // namespace

// Pow: x^y. Integers: y >= 0, wrapping around.
const OpDef& pow_op() {
  static const OpDef& op = *new OpDef(binary_op("Pow", kUnaryNumbers, binary_kernels<PowFn, kUnaryNumbers>(kPowCost), pow_gradient));
  return op;
}

// Atan2: the angle of the point (x, y), in (-pi, pi].
const OpDef& atan2_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef def = binary_op("Atan2", kFloatTypes, binary_kernels<Atan2Fn, kFloatTypes>(kPowCost), atan2_gradient);
    def.inputs = {{"y", type_attr("T")}, {"x", type_attr("T")}};
    return def;
  }());
  return op;
}

OpList power_ops() { return {&pow_op(), &atan2_op()}; }

Output pow(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(pow_op(), x, y, name, where); }
Output atan2(const Operand& y, const Operand& x, std::string_view name, Loc where) { return build_binary(atan2_op(), y, x, name, where); }

}  // namespace weft
