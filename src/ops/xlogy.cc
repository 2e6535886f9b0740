// Zero times or divided by anything is zero: Xlogy and Xdivy.
#include <cmath>

#include "src/ops/broadcast_gradient.h"
#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

struct XlogyFn {
  template <typename T> static T apply(T x, T y) { return x == T(0) ? T(0) : x * std::log(y); }
};

struct XdivyFn {
  template <typename T> static T apply(T x, T y) { return x == T(0) ? T(0) : x / y; }
};

// 1 where x is not 0, else 0.
Output indicator_of_nonzero(const Output& x) { return cast(not_equal(x, cast(*x.graph(), 0.0f, x.dtype())), x.dtype()); }

// dx = dz [x != 0] log(y), dy = dz x / y, zero where x is.
Gradients xlogy_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  const BroadcastGradient broadcast = BroadcastGradient::plain(x, y);
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output partial_x = xlogy(indicator_of_nonzero(x), y, "Xlogy");
  const Output partial_y = xdivy(x, y, "Xdivy");
  const Output dx = broadcast.reduce_x(partial_x * dz);
  return g.two(dx, broadcast.reduce_y(partial_y * dz));
}

// dx = dz [x != 0] / y, dy = dz (-x / y^2), zero where x is.
Gradients xdivy_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  const BroadcastGradient broadcast = BroadcastGradient::plain(x, y);
  const Scope after = g.graph().control_dependencies({dz.op()});
  const Output partial_x = xdivy(indicator_of_nonzero(x), y, "Xdivy");
  const Output minus_x = negative(x);
  const Output partial_y = xdivy(minus_x, pow(y, 2), "Xdivy");
  const Output dx = broadcast.reduce_x(partial_x * dz);
  return g.two(dx, broadcast.reduce_y(partial_y * dz));
}

}  // namespace

// Xlogy: x log(y), and 0 where x is 0 even if log(y) is infinite.
const OpDef& xlogy_op() {
  static const OpDef& op = *new OpDef(binary_op("Xlogy", kNoBFloat16, binary_kernels<XlogyFn, kNoBFloat16>(32), xlogy_gradient));
  return op;
}

// Xdivy: x / y, and 0 where x is 0 even if y is too.
const OpDef& xdivy_op() {
  static const OpDef& op = *new OpDef(binary_op("Xdivy", kNoBFloat16, binary_kernels<XdivyFn, kNoBFloat16>(4), xdivy_gradient));
  return op;
}

OpList xlogy_ops() { return {&xlogy_op(), &xdivy_op()}; }

Output xlogy(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(xlogy_op(), x, y, name.empty() ? "xlogy" : name, where);
}
Output xdivy(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(xdivy_op(), x, y, name.empty() ? "xdivy" : name, where);
}

}  // namespace weft
