// tensordot: transposes that bring the summed axes together, reshapes to matrices, one matmul, and a reshape back.
#include <algorithm>

#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

using Int64s = std::vector<int64_t>;

// An operand as a matrix, and the sizes of its free axes.
struct Unfolded {
  Output matrix;
  Output free_dims;   // when they are found as the step runs
  Int64s known_dims;  // else
};

// Free axes first and summed ones last; the other way round where `flipped`.
Int64s joined(Int64s free, Int64s summed, bool flipped) {
  if (flipped) std::swap(free, summed);
  free.insert(free.end(), summed.begin(), summed.end());
  return free;
}

Unfolded unfold_known(const Output& x, const Int64s& free, const Int64s& summed, bool flipped) {
  Unfolded result;
  int64_t free_size = 1, summed_size = 1;
  for (const int64_t axis : free) {
    result.known_dims.push_back(x.shape().dim(static_cast<int>(axis)));
    free_size *= result.known_dims.back();
  }
  for (const int64_t axis : summed) summed_size *= x.shape().dim(static_cast<int>(axis));
  const Output turned = transpose(x, joined(free, summed, flipped));
  result.matrix = reshape(turned, joined({free_size}, {summed_size}, flipped));
  return result;
}

Unfolded unfold_unknown(const Output& x, const Int64s& free, const Int64s& summed, bool flipped) {
  Graph* graph = x.graph();
  const Output axes = convert(summed, graph, DType::kInt32, "axes");
  const Output others = convert(free, graph, DType::kInt32, "free");
  const Output dims = shape(x);
  Unfolded result;
  result.free_dims = gather(dims, others);
  const Output summed_dims = gather(dims, axes);
  const Output free_size = reduce_prod(result.free_dims);
  const Output summed_size = reduce_prod(summed_dims);
  const Output order = flipped ? concat({axes, others}, 0) : concat({others, axes}, 0);
  const Output matrix_shape = flipped ? stack({summed_size, free_size}) : stack({free_size, summed_size});
  result.matrix = reshape(transpose(x, order), matrix_shape);
  return result;
}

absl::StatusOr<Unfolded> unfold(const Output& x, const Int64s& given, bool flipped) {
  const int rank = x.shape().rank();
  if (rank < 0) return invalid_argument("tensordot: the rank of ", x.describe(), " must be known; give it with set_shape");
  Int64s summed, free;
  for (const int64_t axis : given) {
    if (axis < -rank || axis >= rank) return invalid_argument("tensordot: axis ", axis, " of ", x.describe(), " does not exist");
    summed.push_back(axis < 0 ? axis + rank : axis);
  }
  for (int64_t i = 0; i < rank; ++i)
    if (std::find(summed.begin(), summed.end(), i) == summed.end()) free.push_back(i);
  if (free.size() + summed.size() != static_cast<size_t>(rank)) return invalid_argument("tensordot: an axis of ", x.describe(), " is named twice");
  return x.shape().fully_defined() ? unfold_known(x, free, summed, flipped) : unfold_unknown(x, free, summed, flipped);
}

Output free_dims_node(const Unfolded& u, Graph* graph) { return u.free_dims ? u.free_dims : convert(u.known_dims, graph, DType::kInt32); }

}  // namespace

Output tensordot(const Operand& a, const Operand& b, const Int64s& a_axes, const Int64s& b_axes, TensorDotOptions options, Loc where) {
  Graph* graph = graph_of({&a, &b});
  if (graph == nullptr || a.failed() || b.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "Tensordot"), where);
  const Output left = convert(a, graph, DType::kInvalid, "a", where), right = convert(b, graph, left.dtype(), "b", where);
  if (!left || !right) return Output::failed(graph);
  if (a_axes.size() != b_axes.size()) {
    return scope.error(invalid_argument("Different number of contraction axes 'a' and 'b', ", a_axes.size(), " != ", b_axes.size(), "."), where);
  }
  const absl::StatusOr<Unfolded> unfolded_left = unfold(left, a_axes, false);
  if (!unfolded_left.ok()) return scope.error(unfolded_left.status(), where);
  const absl::StatusOr<Unfolded> unfolded_right = unfold(right, b_axes, true);
  if (!unfolded_right.ok()) return scope.error(unfolded_right.status(), where);
  const Output product = matmul(unfolded_left->matrix, unfolded_right->matrix);
  if (!unfolded_left->free_dims && !unfolded_right->free_dims) {
    return reshape(product, joined(unfolded_left->known_dims, unfolded_right->known_dims, false), scope.name());
  }
  const Output left_dims = free_dims_node(*unfolded_left, graph);
  const Output right_dims = free_dims_node(*unfolded_right, graph);
  return reshape(product, concat({left_dims, right_dims}, 0), scope.name());
}

Output tensordot(const Operand& a, const Operand& b, int64_t axes, TensorDotOptions options, Loc where) {
  Graph* graph = graph_of({&a, &b});
  if (graph == nullptr) return Output();
  const int64_t rank = a.shape().rank();
  if (axes < 0 || rank < 0 || axes > rank) {
    graph->add_error(
        invalid_argument("tensordot: cannot sum over the last ", axes, " axes of a tensor of ", rank < 0 ? "unknown rank" : str_cat("rank ", rank)),
        where);
    return Output::failed(graph);
  }
  Int64s a_axes, b_axes;
  for (int64_t i = 0; i < axes; ++i) {
    a_axes.push_back(rank - axes + i);
    b_axes.push_back(i);
  }
  return tensordot(a, b, a_axes, b_axes, std::move(options), where);
}

}  // namespace weft
