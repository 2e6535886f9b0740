#include "src/ops/broadcast_gradient.h"

#include <map>
#include <utility>
#include <vector>

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

using DimVector = std::vector<int64_t>;

// The dimensions found for a pair of static shapes. TensorFlow adds the node that finds them once for each pair in a graph.
struct StaticAxes {
  std::map<std::pair<DimVector, DimVector>, std::pair<DimVector, DimVector>> found;
};

DimVector dims_of(const Output& x) {
  const auto dims = x.shape().dims();
  return DimVector(dims.begin(), dims.end());
}

// The elements of an int32 vector known while building.
DimVector axes_in(const Output& axes) {
  DimVector values;
  const Tensor* tensor = constant_value(axes);
  if (tensor != nullptr)
    for (const int32_t axis : tensor->flat<int32_t>()) values.push_back(axis);
  return values;
}

const std::pair<DimVector, DimVector>& static_axes(Graph& graph, const DimVector& x, const DimVector& y) {
  auto& found = graph.extension<StaticAxes>().found;
  const auto it = found.find({x, y});
  if (it != found.end()) return it->second;
  const std::vector<Output> axes = broadcast_gradient_args(graph, x, y);
  return found[{x, y}] = {axes_in(axes[0]), axes_in(axes[1])};
}

}  // namespace

BroadcastGradient BroadcastGradient::of_shapes(const Output& shape_x, const Output& shape_y) {
  BroadcastGradient broadcast;
  const std::vector<Output> axes = broadcast_gradient_args(shape_x, shape_y);
  broadcast.x_ = {.shape = shape_x, .axes = axes[0]};
  broadcast.y_ = {.shape = shape_y, .axes = axes[1]};
  return broadcast;
}

BroadcastGradient BroadcastGradient::plain(const Output& x, const Output& y) {
  const Output shape_x = shape(x);
  return of_shapes(shape_x, shape(y));
}

BroadcastGradient BroadcastGradient::smart(const Output& x, const Output& y, const Output& gradient) {
  if (!x.shape().fully_defined() || !y.shape().fully_defined()) {
    const Output shape_x = shape(x, {.optimize = false});
    return of_shapes(shape_x, shape(y, {.optimize = false}));
  }
  BroadcastGradient broadcast;
  const auto& [axes_x, axes_y] = static_axes(*x.graph(), dims_of(x), dims_of(y));
  broadcast.x_ = {.needed = x.shape() != gradient.shape(), .static_shape = dims_of(x), .static_axes = axes_x};
  broadcast.y_ = {.needed = y.shape() != gradient.shape(), .static_shape = dims_of(y), .static_axes = axes_y};
  return broadcast;
}

Output BroadcastGradient::Side::reduce(const Output& gradient) const {
  if (!needed) return gradient;
  if (shape) return reshape(reduce_sum(gradient, {.axis = axes}), shape);
  return reshape(reduce_sum(gradient, {.axis = static_axes}), static_shape);
}

bool same_static_shapes(const Output& x, const Output& y, const Output& gradient) {
  return x.shape().fully_defined() && x.shape() == y.shape() && x.shape() == gradient.shape();
}

bool only_first_of_scalar(const GradientContext& g) { return g.from_tape() && !g.needs(1) && g.x(1).shape().rank() == 0; }

}  // namespace weft
