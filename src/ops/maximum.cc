// The greater and the lesser of two: Maximum and Minimum.
#include "src/ops/broadcast_gradient.h"
#include "src/ops/math_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

inline constexpr DTypeSet kOrderedTypes = kFloatTypes | kIndexTypes;

struct MaximumFn {
  template <typename T> static T apply(T x, T y) { return x < y ? y : x; }
};
struct MinimumFn {
  template <typename T> static T apply(T x, T y) { return y < x ? y : x; }
};

using Selector = Output (*)(const Operand&, const Operand&, std::string_view, Loc);

// dz goes to x where selector(x, y) holds (to x also where both are equal), else to y.
Gradients selected_gradient(GradientContext& g, Selector selector) {
  const Output x = g.x(0);
  const Output y = g.x(1);
  const Output dz = g.dy();
  if (only_first_of_scalar(g)) {
    const Output nothing = zeros_like(dz);
    return g.two(where(selector(x, y, "", Loc::current()), dz, nothing), {});
  }
  const Output sx = shape(x);
  const Output sy = shape(y);
  const Output nothing = zeros(shape(dz), {.dtype = dz.dtype()});
  const Output x_wins = selector(x, y, "", Loc::current());
  const BroadcastGradient broadcast = BroadcastGradient::of_shapes(sx, sy);
  Gradient dx, dy;
  if (wanted(g, 0)) dx = broadcast.reduce_x(where(x_wins, dz, nothing));
  if (wanted(g, 1)) dy = broadcast.reduce_y(where(x_wins, nothing, dz));
  return g.two(dx, dy);
}

Gradients maximum_gradient(GradientContext& g) { return selected_gradient(g, greater_equal); }
Gradients minimum_gradient(GradientContext& g) { return selected_gradient(g, less_equal); }

}  // namespace

// Maximum: y where x < y, else x.
const OpDef& maximum_op() {
  static const OpDef& op = *new OpDef(binary_op("Maximum", kOrderedTypes, binary_kernels<MaximumFn, kOrderedTypes>(), maximum_gradient));
  return op;
}

// Minimum: y where y < x, else x.
const OpDef& minimum_op() {
  static const OpDef& op = *new OpDef(binary_op("Minimum", kOrderedTypes, binary_kernels<MinimumFn, kOrderedTypes>(), minimum_gradient));
  return op;
}

OpList maximum_ops() { return {&maximum_op(), &minimum_op()}; }

Output maximum(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(maximum_op(), x, y, name, where); }
Output minimum(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(minimum_op(), x, y, name, where); }

}  // namespace weft
