#include "src/ops/concat_gradient.h"

#include "src/ops/index_values.h"
#include "src/ops/python_constant.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// Each value's rows are those whose index lies between where it starts and where it ends.
Gradients rows_of_values(GradientContext& g, int first, const Output& axis, const std::vector<Output>& sizes) {
  Gradients all = g.none();
  const IndexedSlices& dy = g.dy_any().slices();
  const DType dtype = dy.indices.dtype();
  Output start = constant(g.graph(), 0, {.dtype = dtype});
  for (size_t i = 0; i < sizes.size(); ++i) {
    Output size = gather(sizes[i], axis);
    if (size.dtype() != dtype) size = cast(size, dtype);
    const Output end = start + size;
    const Output from_start = dy.indices >= start;
    const Output before_end = dy.indices < end;
    const Output chosen = squeeze(where(logical_and(from_start, before_end)), {.axis = {1}});
    const Output indices = gather(dy.indices, chosen) - start;
    const Output values = gather(dy.values, chosen);
    all[static_cast<size_t>(first) + i] = IndexedSlices{values, indices, sizes[i]};
    start = end;
  }
  return all;
}

// Each value gets all rows, cut to its part of the joined dimension.
Gradients columns_of_values(GradientContext& g, int first, const Output& axis, const std::vector<Output>& sizes) {
  Gradients all = g.none();
  const IndexedSlices& dy = g.dy_any().slices();
  const Output rank = shape(sizes[0]);
  const Output zeros_before = fill(expand_dims(axis, 0), 0);
  const Output count_after = rank - axis;
  const Output zeros_after = fill(count_after - 1, 0);
  const Output mask = concat({zeros_before, {1}, zeros_after}, 0);  // 1 at the axis, 0 elsewhere
  Output begin = fill(rank, 0);
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Output other_dims = slice(sizes[i], {1}, {-1});
    const Output values = slice(dy.values, begin, concat({{-1}, other_dims}, 0));
    all[static_cast<size_t>(first) + i] = IndexedSlices{values, dy.indices, sizes[i]};
    begin = add(begin, sizes[i] * mask);
  }
  return all;
}

}  // namespace

Gradients concat_slices_gradient(GradientContext& g, int first, int axis_input) {
  std::vector<Output> values;
  for (int i = 0; i < g.num_inputs() - 1; ++i) values.push_back(g.x(first + i));
  const Output axis = g.x(axis_input) % rank(values[0]);
  const Tensor* known = python_constant(g.x(axis_input));
  if (known == nullptr || known->num_elements() != 1) {
    return g.fail(invalid_argument("Can only compute IndexedSlices gradient with statically-known concat_dim: the axis of ", g.op().describe(),
                                   " is not known while building"));
  }
  int64_t along = index_values(*known)[0];
  if (along < 0 && !values[0].shape().known_rank()) {
    return g.fail(invalid_argument("Can only compute IndexedSlices gradient with negative concat_dim when first value rank is statically-known: ",
                                   values[0].describe(), " has none"));
  }
  if (along < 0) {
    rank(values[0]);  // TensorFlow's graphs have it
    along += values[0].shape().rank();
  }
  std::vector<Output> sizes;
  for (const Output& value : values) sizes.push_back(shape(value));
  return along > 0 ? columns_of_values(g, first, axis, sizes) : rows_of_values(g, first, axis, sizes);
}

}  // namespace weft
