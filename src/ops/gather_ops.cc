// gather: rows of a tensor or of a variable; boolean_mask.
#include "weft/ops/gather_ops.h"

#include "src/ops/composite.h"
#include "src/ops/gather_definitions.h"
#include "src/ops/positions.h"
#include "src/ops/python_constant.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

bool is_zero(const Operand& axis) {
  const Tensor* value = axis.literal() != nullptr ? &axis.literal()->tensor : axis.output() != nullptr ? python_constant(*axis.output()) : nullptr;
  return value != nullptr && value->num_elements() == 1 && (value->holds<int32_t>() || value->holds<int64_t>()) && index_at(*value, 0) == 0;
}

PartialShape dims_between(const PartialShape& shape, int begin, int end) {
  return PartialShape(shape.dims().subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
}

// What boolean_mask's result has along the masked dimensions is found when the step runs; the rest is known.
absl::Status check_mask(const Output& tensor, const Output& mask, int64_t axis) {
  if (!mask.shape().known_rank()) {
    return invalid_argument(
        "Number of mask dimensions must be specified, even if some dimensions are unknown. E.g. shape [-1] is ok, but an unknown shape is not.");
  }
  const int rank = mask.shape().rank();
  if (rank == 0) return invalid_argument("mask cannot be scalar.");
  if (!tensor.shape().known_rank()) return absl::OkStatus();
  if (axis < 0 || axis + rank > tensor.shape().rank()) {
    return invalid_argument("a mask of rank ", rank, " does not fit a tensor of rank ", tensor.shape().rank(), " from axis ", axis, " on");
  }
  const auto begin = static_cast<int>(axis);
  const PartialShape covered = dims_between(tensor.shape(), begin, begin + rank);
  if (!covered.is_compatible_with(mask.shape())) {
    return invalid_argument("Shapes ", covered.to_string(), " and ", mask.shape().to_string(), " are incompatible");
  }
  return absl::OkStatus();
}

}  // namespace

Output gather(const Operand& params, const Operand& indices, GatherOptions options, Loc where) {
  const Operand axis = options.axis.value_or(Operand(options.batch_dims));
  if (params.variable() != nullptr && params.variable()->is_resource() && is_zero(axis))
    return sparse_read(*params.variable(), indices, options.name, where);
  return OpBuilder(gather_v2_op(), options.name, where).input(params).input(indices).input(axis).attr("batch_dims", options.batch_dims).output();
}

Output boolean_mask(const Operand& tensor_operand, const Operand& mask_operand, BooleanMaskOptions options, Loc where) {
  Graph* graph = graph_of({&tensor_operand, &mask_operand});
  if (graph == nullptr || tensor_operand.failed() || mask_operand.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "boolean_mask"), where);
  const Output tensor = convert(tensor_operand, graph, DType::kInvalid, "tensor", where);
  const Output mask = convert(mask_operand, graph, DType::kBool, "mask", where);
  if (!tensor || !mask) return Output::failed(graph);
  if (absl::Status status = check_mask(tensor, mask, options.axis); !status.ok()) return scope.error(std::move(status), where);
  const auto axis = static_cast<int>(options.axis);
  const int end = axis + mask.shape().rank();

  const Output masked_dims = strided_slice(shape(tensor), {Slice::range(axis, end)});
  const Output leading_size = reduce_prod(masked_dims, {.axis = {0}});
  const Output before = strided_slice(shape(tensor), {Slice::to(axis)});
  const Output after = strided_slice(shape(tensor), {Slice::from(end)});
  Output new_shape;
  {
    const Scope concat_scope = graph->name_scope("concat");
    const Output masked = stack({leading_size}, {.name = "values_1"});
    new_shape = concat({before, masked, after}, 0, concat_scope.name());
  }
  Output flat = reshape(tensor, new_shape);
  if (flat && tensor.shape().known_rank()) {
    const PartialShape masked_shape = dims_between(tensor.shape(), axis, end);
    Dims dims(tensor.shape().dims().begin(), tensor.shape().dims().begin() + axis);
    dims.push_back(masked_shape.num_elements());
    dims.insert(dims.end(), tensor.shape().dims().begin() + end, tensor.shape().dims().end());
    flat.set_shape(PartialShape(dims), where);
  }
  const Output flat_mask = reshape(mask, {-1});
  const Output positions = squeeze(weft::where(flat_mask), {.axis = {1}});
  return gather(flat, positions, {.axis = Operand(axis)});
}

}  // namespace weft
