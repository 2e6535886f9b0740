#include "src/ops/resource_gather_gradient.h"

#include "weft/graph/graph.h"
#include "weft/graph/node.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

namespace {

// The shape of the variable that input 0 names: a constant where the graph knows it.
Output params_shape(GradientContext& g) {
  const Output handle = g.x(0);
  const HandleInfo* info = handle.node()->output_info(handle.index()).handle.get();
  if (info == nullptr || !info->shape.fully_defined()) return OpBuilder(variable_shape_op(), "", Loc::current()).input(handle).output();
  const absl::Span<const int64_t> dims = info->shape.dims();
  return convert(Operand(std::vector<int64_t>(dims.begin(), dims.end())), &g.graph(), DType::kInt32);
}

}  // namespace

Gradients resource_gather_gradient(GradientContext& g) {
  const Output shape = params_shape(g);
  const Output count = expand_dims(size(g.x(1)), 0);
  const Output values_shape = concat({Operand(count), Operand(strided_slice(shape, {Slice::from(1)}))}, 0);
  const Output values = reshape(g.dy(), values_shape);
  const Output indices = reshape(g.x(1), count);
  return g.first(IndexedSlices{values, indices, shape});
}

Gradients resource_gather_nd_gradient(GradientContext& g) {
  const Output indices = g.x(1);
  const Output shape = OpBuilder(variable_shape_op(), "", Loc::current()).input(g.x(0)).attr("out_type", indices.dtype()).output();
  const PartialShape& known = indices.shape();
  if (known.rank() == 2 && known.dim(1) == 1) return g.first(IndexedSlices{g.dy(), squeeze(indices, {.axis = {-1}}), shape});
  return g.first(scatter_nd(indices, g.dy(), shape));
}

}  // namespace weft
