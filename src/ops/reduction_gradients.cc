#include "src/ops/reduction_gradients.h"

#include <map>
#include <utility>
#include <vector>

#include "src/ops/python_constant.h"
#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

const OpDef& cast_op();
const OpDef& maximum_op();

namespace {

using Int64s = std::vector<int64_t>;

// x / y of shapes, where 0 / 0 is 0.
Output safe_shape_div(const Operand& x, const Operand& y, Graph& graph) {
  const Output divisor = OpBuilder(graph, maximum_op(), "", Loc::current()).input(y).input(1).output();
  return floordiv(x, divisor);
}

// What the gradient of a reduction of a known shape over known axes needs. TensorFlow adds the nodes that find them once for each
// pair in a graph, and so do we.
struct KnownReduction {
  Int64s kept_shape;    // the result's shape with keep_dims
  Int64s tile_scaling;  // how often each of its dimensions is repeated
};
struct KnownReductions {
  std::map<std::pair<Int64s, Int64s>, KnownReduction> found;
};

Int64s int32_elements(const Output& value) {
  const Tensor* known = constant_value(value);
  if (known == nullptr || !known->holds<int32_t>()) return {};
  const auto flat = known->flat<int32_t>();
  return Int64s(flat.begin(), flat.end());
}

Output cast_empty_list(Graph& graph) {
  const Scope scope = graph.name_scope("Cast");
  const Output list = constant(graph, Tensor(DType::kFloat32, Shape{0}), {.name = "x"});
  return OpBuilder(cast_op(), scope.name(), Loc::current()).input(list).attr("DstT", DType::kInt32).output();
}

const KnownReduction& known_reduction(Graph& graph, const Int64s& shape, const Int64s& axes) {
  auto& found = graph.extension<KnownReductions>().found;
  const auto it = found.find({shape, axes});
  if (it != found.end()) return it->second;
  KnownReduction known;
  // Casts of lists: Python makes a Const "x" inside the scope of a cast that then has nothing to do.
  // An empty list is a float one, which is cast.
  const auto cast_list = [&](const Int64s& list) {
    if (list.empty()) return cast_empty_list(graph);
    const Scope scope = graph.name_scope("Cast");
    return convert(list, &graph, DType::kInt32, "x");
  };
  const Output shape_node = cast_list(shape);
  const Output axes_node = cast_list(axes);
  known.kept_shape = int32_elements(reduced_shape(shape_node, axes_node));
  known.tile_scaling = int32_elements(safe_shape_div(shape, known.kept_shape, graph));
  return found[{shape, axes}] = std::move(known);
}

Int64s dims_of(const PartialShape& shape) { return Int64s(shape.dims().begin(), shape.dims().end()); }

std::optional<Int64s> constant_axes(const Output& axes) {
  const Tensor* value = python_constant(axes);
  if (value == nullptr) return std::nullopt;
  if (value->holds<int32_t>()) return int32_elements(axes);
  return value->to_vector<int64_t>();
}

bool counts_up(const Int64s& axes, int rank) {
  if (static_cast<int>(axes.size()) != rank) return false;
  for (int i = 0; i < rank; ++i)
    if (axes[static_cast<size_t>(i)] != i) return false;
  return true;
}

// dy repeated over the shape of x.
Output spread(GradientContext& g) {
  Graph& graph = g.graph();
  const Output x = g.x(0);
  const PartialShape x_shape = x.shape();
  const Output dy = g.dy();
  if (x_shape.known_rank()) {
    const std::optional<Int64s> axes = constant_axes(g.x(1));
    if (axes.has_value() && counts_up(*axes, x_shape.rank()) && g.x(1).shape().rank() == 1) {
      const Output one = reshape(dy, Int64s(axes->size(), 1));
      return tile(one, x_shape.fully_defined() ? convert(dims_of(x_shape), &graph, DType::kInt32) : shape(x));
    }
    if (axes.has_value() && x_shape.fully_defined()) {
      const KnownReduction& known = known_reduction(graph, dims_of(x_shape), *axes);
      return tile(reshape(dy, known.kept_shape), known.tile_scaling);
    }
  }
  const Output input_shape = shape(x);
  Output kept, scaling;
  {
    const Scope colocation = graph.colocate_with(input_shape.op());
    kept = reduced_shape(input_shape, g.x(1));
    scaling = safe_shape_div(input_shape, kept, graph);
  }
  return tile(reshape(dy, kept), scaling);
}

// How many elements make one result, as a value of x's dtype.
Output count_per_result(GradientContext& g, const Output& like) {
  const PartialShape in = g.x(0).shape(), out = g.y(0).shape();
  if (in.fully_defined() && out.fully_defined()) {
    const int64_t factor = in.num_elements() / std::max<int64_t>(out.num_elements(), 1);
    return convert(static_cast<double>(factor), &g.graph(), like.dtype());
  }
  const Output in_shape = shape(g.x(0));
  const Output out_shape = shape(g.y(0));
  const Output in_count = reduce_prod(in_shape);
  return cast(safe_shape_div(in_count, reduce_prod(out_shape), g.graph()), like.dtype());
}

}  // namespace

Output reduced_shape(const Output& input_shape, const Output& axes) {
  const Output shape32 = cast(input_shape, DType::kInt32);
  const Output axes32 = cast(axes, DType::kInt32);
  const Output rank = size(shape32);
  const Output wrapped = (axes32 + rank) % rank;
  const Output wrapped_shape = shape(wrapped);
  const Output all = range(0, rank);
  return dynamic_stitch({all, wrapped}, {shape32, fill(wrapped_shape, 1)});
}

Gradients sum_gradient(GradientContext& g) { return g.first(spread(g)); }

Gradients mean_gradient(GradientContext& g) {
  const Output sum = spread(g);
  return g.first(divide(sum, count_per_result(g, sum)));
}

Gradients extreme_gradient(GradientContext& g) {
  const Output x = g.x(0);
  const Output kept = reduced_shape(shape(x), g.x(1));
  const Output y = reshape(g.y(0), kept);
  const Output dy = reshape(g.dy(), kept);
  const Output attained = cast(equal(y, x), dy.dtype());
  const Output count = reshape(reduce_sum(attained, {.axis = g.x(1)}), kept);
  return g.first(divide(attained, count) * dy);
}

Gradients prod_gradient(GradientContext& g) {
  Graph& graph = g.graph();
  const Output x = g.x(0);
  const Output input_shape = shape(x);
  Output axes = reshape(g.x(1), {-1});
  const Output kept = reduced_shape(input_shape, g.x(1));
  const Output scaling = safe_shape_div(input_shape, kept, graph);
  const Output dy = tile(reshape(g.dy(), kept), scaling);
  Output order, reduced_count, other_count;
  {
    const Scope cpu = graph.device("/cpu:0");
    const Output rank_of_x = rank(x);
    axes = (axes + rank_of_x) % rank_of_x;
    const Output reduced = cast(axes, DType::kInt32);
    const Output others = setdiff1d(range(0, rank_of_x), reduced).out;
    order = concat({reduced, others}, 0);
    reduced_count = reduce_prod(gather(input_shape, reduced));
    other_count = reduce_prod(gather(input_shape, others));
  }
  // All reduced dimensions in front, as one; then each element's left and right products, itself left out.
  const Output permuted = transpose(x, order);
  const Output permuted_shape = shape(permuted);
  Output flat;
  {
    const Scope scope = graph.name_scope("Reshape");
    const Output flat_shape = stack({reduced_count, other_count}, {.name = "shape"});
    flat = reshape(permuted, flat_shape, scope.name());
  }
  const Output left = cumprod(flat, 0, {.exclusive = true});
  const Output right = cumprod(flat, 0, {.exclusive = true, .reverse = true});
  const Output conj_left = conj(left);
  const Output others_product = reshape(conj_left * conj(right), permuted_shape);
  const Output dx = dy * transpose(others_product, invert_permutation(order));
  return g.first(reshape(dx, input_shape));
}

}  // namespace weft
