#include "src/ops/gather_gradient.h"

#include "src/ops/composite.h"
#include "src/ops/python_constant.h"
#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

// The shape of params as int32, on its device: params may be large. TensorFlow takes it as int64 and casts.
Output params_shape(GradientContext& g) {
  const Scope colocation = g.graph().colocate_with(g.x(0).op());
  return cast(shape(g.x(0), {.out_type = DType::kInt64}), DType::kInt32);
}

Gradient rows_gradient(GradientContext& g, const Output& dense_shape, const Output& count) {
  const Output row_shape = strided_slice(dense_shape, {Slice::from(1)});
  const Output values = reshape(g.dy(), concat({count, row_shape}, 0));
  return IndexedSlices{values, reshape(g.x(1), count), dense_shape};
}

// `indices` made to count through the batches: each batch's rows start where the last one's end.
Output with_batch_offsets(const Output& shape32, const Output& indices, int64_t batch_dims) {
  Graph& graph = *indices.graph();
  const DType dtype = indices.dtype();
  const Output dims = cast(shape32, dtype);
  const int rank = indices.shape().rank();
  Output result = indices;
  Output stride = ones(graph, Shape{}, {.dtype = dtype});
  for (int64_t dim = batch_dims; dim > 0; --dim) {
    const Output size = strided_slice(dims, {static_cast<int>(dim) - 1});
    stride = stride * strided_slice(dims, {static_cast<int>(dim)});
    const Output start = zeros(graph, Shape{}, {.dtype = dtype});
    const Output step = ones(graph, Shape{}, {.dtype = dtype});
    const Output offsets = range(start, size, step) * stride;
    std::vector<Operand> column;
    for (int64_t i = 1; i < rank; ++i) column.push_back(1);
    column.insert(column.begin() + (dim - 1), Operand(size));
    result = result + reshape(offsets, stack(column));
  }
  return result;
}

// Sums the rows of `values` [batch…, rows, …] that belong to each index, along the first dimension after the batch.
Output sum_by_index(const Output& shape32, Output values, Output indices, int64_t batch_dims, Output size_along_axis) {
  const Output count = expand_dims(size(indices), 0);
  Output outer, flat_shape;
  if (batch_dims > 0) {
    const Output values_shape = shape(values);
    outer = strided_slice(values_shape, {Slice::to(batch_dims)});
    const Output inner = strided_slice(strided_slice(values_shape, {Slice::from(batch_dims)}), {Slice::from(1)});
    const Output batches = reduce_prod(outer, {.axis = {0}});
    flat_shape = concat({Operand({-1}), Operand(inner)}, 0);
    size_along_axis = size_along_axis * batches;
    indices = with_batch_offsets(shape32, indices, batch_dims);
    values = reshape(values, flat_shape);
  }
  indices = reshape(indices, count);
  const Output sums = unsorted_segment_sum(values, indices, size_along_axis);
  return batch_dims > 0 ? reshape(sums, concat({outer, flat_shape}, 0)) : sums;
}

}  // namespace

Gradients gather_gradient(GradientContext& g) {
  const Output dense_shape = params_shape(g);
  const Output count = expand_dims(size(g.x(1)), 0);
  return g.first(rows_gradient(g, dense_shape, count));
}

Gradients gather_v2_gradient(GradientContext& g) {
  const Output shape32 = params_shape(g);
  const Output indices = g.x(1), axis = g.x(2);
  const Output count = expand_dims(size(indices), 0);
  int64_t batch_dims = g.get<int64_t>("batch_dims");
  if ((batch_dims != 0) && !indices.shape().known_rank()) {
    return g.fail(
        invalid_argument("with batch_dims = ", batch_dims, " the rank of indices ", indices.describe(), " must be known; give it with set_shape"));
  }
  if (batch_dims < 0) batch_dims += indices.shape().rank();
  const Tensor* known_axis = python_constant(axis);
  const auto axis_is_zero = [&] { return known_axis->holds<int32_t>() ? known_axis->scalar<int32_t>() == 0 : known_axis->scalar<int64_t>() == 0; };
  if (known_axis != nullptr && axis_is_zero()) return g.first(rows_gradient(g, shape32, count));

  // The axis is moved to the front (after the batch), rows are summed there, and it is moved back.
  const Output outer = strided_slice(shape32, {Slice::to(axis)});
  const Output inner = strided_slice(strided_slice(shape32, {Slice::from(axis)}), {Slice::from(1)});
  const Output values_shape = concat({Operand(outer), Operand({-1}), Operand(inner)}, 0);
  const Output values_rank = size(values_shape);
  const Output axis_dims = size(outer);
  Graph& graph = g.graph();
  const Output batch_axes = range(graph, 0, batch_dims);
  const Output before_axis = range(batch_dims, axis_dims);
  const Output after_axis = range(axis_dims + 1, values_rank);
  const Output values = reshape(g.dy(), values_shape);
  Output to_front;
  {
    const Scope scope = graph.name_scope("concat");
    const Output moved = stack({axis_dims}, {.name = "values_1"});
    to_front = concat({batch_axes, moved, before_axis, after_axis}, 0, scope.name());
  }
  const Output front_values = transpose(values, to_front);
  const Output size_along_axis = strided_slice(shape32, {axis});
  const Output sums = sum_by_index(shape32, front_values, indices, batch_dims, size_along_axis);
  const Output back = concat({Operand(batch_axes), Operand(before_axis + 1), Operand({static_cast<int>(batch_dims)}), Operand(after_axis)}, 0);
  return g.first(transpose(sums, back));
}

}  // namespace weft
