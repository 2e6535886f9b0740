// Reading parts of a variable: ResourceGather, ResourceGatherNd. The variable is locked while its rows are copied, and its memory is
// shared with nobody, so that updates of rows find it unshared and work in place.
#include "src/ops/op_lists.h"
#include "src/ops/resource_gather_gradient.h"
#include "src/ops/row_index.h"
#include "src/ops/variable_access.h"
#include "weft/graph/node.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

namespace {

// Copies slice `source(i)` of `columns` elements to slice i, for i in [0, n).
template <typename Source> void copy_slices(const KernelContext& context, const Tensor& from, Tensor& to, int64_t n, int64_t columns, Source source) {
  dispatch<kAllTypes>(from.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    context.parallel_for(n, tile_items(8 + columns), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) std::copy_n(from.data<T>() + source(i) * columns, columns, to.data<T>() + i * columns);
    });
  });
}

absl::Status check_dtype(const VariableResource& variable, DType dtype) {
  if (variable.value.dtype() == dtype) return absl::OkStatus();
  return invalid_argument("Trying to read variable with wrong dtype. Expected ", dtype_cc_name(dtype), " got ",
                          dtype_cc_name(variable.value.dtype()));
}

// --- ResourceGather ----------------------------------------------------------------------------------------------------------------

absl::Status gather(KernelContext& context, DType dtype, int64_t batch_dims) {
  VariableResource* variable;
  WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
  const Tensor& indices = context.input(1);
  const VariableLocks lock({&variable, 1});
  if (!variable->initialized) return missing_variable(*variable);
  WEFT_RETURN_IF_ERROR(check_dtype(*variable, dtype));
  const Shape& params = variable->value.shape();
  if (params.rank() < 1) return invalid_argument("params must be at least 1 dimensional");
  if (batch_dims < 0) batch_dims += indices.rank();
  if (batch_dims < 0 || batch_dims > indices.rank() || batch_dims >= params.rank()) {
    return invalid_argument("batch_dims (", batch_dims, ") must be in [0, ", indices.rank(), "] and less than rank(params) (", params.rank(), ").");
  }
  for (int d = 0; d < batch_dims; ++d) {
    if (params.dim(d) != indices.dim(d)) {
      return invalid_argument("params.shape[", d, "]: ", params.dim(d), " should be equal to indices.shape[", d, "]: ", indices.dim(d));
    }
  }
  const int axis = static_cast<int>(batch_dims);
  Dims dims(params.dims().begin(), params.dims().begin() + axis);
  dims.insert(dims.end(), indices.shape().dims().begin() + axis, indices.shape().dims().end());
  dims.insert(dims.end(), params.dims().begin() + axis + 1, params.dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  const int64_t rows = params.dim(axis);
  const int64_t columns = product(params.dims().subspan(static_cast<size_t>(axis) + 1));
  const int64_t per_batch = product(indices.shape().dims().subspan(static_cast<size_t>(axis)));
  WEFT_RETURN_IF_ERROR(check_rows(indices, rows));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  copy_slices(context, variable->value, *out, indices.num_elements(), columns,
              [&](int64_t i) { return i / per_batch * rows + index_at(indices, i); });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_gather(const KernelInit& init) {
  return Kernel([dtype = init.get<DType>("dtype"), batch_dims = init.get<int64_t>("batch_dims")](KernelContext& context) {
    return gather(context, dtype, batch_dims);
  });
}

absl::Status gather_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape params, variable_shape_of(c, 0, c.get<DType>("dtype")));
  WEFT_ASSIGN_OR_RETURN(params, ShapeContext::with_rank_at_least(params, 1));
  const PartialShape& indices = c.input(1);
  const auto batch_dims = static_cast<int>(c.get<int64_t>("batch_dims"));
  if (!params.known_rank() || !indices.known_rank() || batch_dims < 0 || batch_dims >= params.rank() || batch_dims > indices.rank()) {
    c.set_output(0, PartialShape::unknown());
    return absl::OkStatus();
  }
  Dims dims;
  for (int d = 0; d < batch_dims; ++d) {
    WEFT_ASSIGN_OR_RETURN(const int64_t dim, ShapeContext::merge_dims(params.dim(d), indices.dim(d)));
    dims.push_back(dim);
  }
  for (int d = batch_dims; d < indices.rank(); ++d) dims.push_back(indices.dim(d));
  for (int d = batch_dims + 1; d < params.rank(); ++d) dims.push_back(params.dim(d));
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

// --- ResourceGatherNd --------------------------------------------------------------------------------------------------------------

absl::Status gather_nd(KernelContext& context, DType dtype) {
  VariableResource* variable;
  WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
  const Tensor& indices = context.input(1);
  const VariableLocks lock({&variable, 1});
  if (!variable->initialized) return missing_variable(*variable);
  WEFT_RETURN_IF_ERROR(check_dtype(*variable, dtype));
  const Shape& params = variable->value.shape();
  if (params.rank() < 1) return invalid_argument("params must be at least a vector");
  if (indices.rank() < 1) return invalid_argument("indices must be at least a vector");
  const int64_t depth = indices.dim(indices.rank() - 1);
  if (depth > params.rank()) return invalid_argument("index innermost dimension length must be <= params rank; saw: ", depth, " vs. ", params.rank());
  Dims dims(indices.shape().dims().begin(), indices.shape().dims().end() - 1);
  dims.insert(dims.end(), params.dims().begin() + depth, params.dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  std::vector<int64_t> slices;
  const Shape outer(indices.shape().dims().first(static_cast<size_t>(indices.rank()) - 1));
  WEFT_RETURN_IF_ERROR(slice_numbers(indices, outer, depth, params, "param shape", slices));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  const int64_t columns = product(params.dims().subspan(static_cast<size_t>(depth)));
  copy_slices(context, variable->value, *out, static_cast<int64_t>(slices.size()), columns,
              [&](int64_t i) { return slices[static_cast<size_t>(i)]; });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_gather_nd(const KernelInit& init) {
  return Kernel([dtype = init.get<DType>("dtype")](KernelContext& context) { return gather_nd(context, dtype); });
}

absl::Status gather_nd_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape params, variable_shape_of(c, 0, c.get<DType>("dtype")));
  WEFT_ASSIGN_OR_RETURN(const PartialShape indices, ShapeContext::with_rank_at_least(c.input(1), 1));
  const int64_t depth = indices.known_rank() ? indices.dim(indices.rank() - 1) : kUnknownDim;
  if (depth < 0 || !params.known_rank()) {
    c.set_output(0, PartialShape::unknown());
    return absl::OkStatus();
  }
  if (depth > params.rank())
    return invalid_argument("indices.shape[-1] must be <= params.rank, but saw indices.shape[-1] = ", depth, " and params.rank = ", params.rank());
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), params.dims().begin() + depth, params.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

}  // namespace

// ResourceGather: the rows of a variable that `indices` name, output [indices…, params[1:]…].
const OpDef& resource_gather_op() {
  static const OpDef& op = *new OpDef{.name = "ResourceGather",
                                      .inputs = {{"resource", DType::kResource}, {"indices", type_attr("Tindices")}},
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {int_attribute("batch_dims", 0), bool_attribute("validate_indices", true), type_attribute("dtype"),
                                                type_attribute("Tindices", kIndexTypes)},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = gather_shape,
                                      .kernels = {{.make = make_gather}},
                                      .gradient = resource_gather_gradient};
  return op;
}

// ResourceGatherNd: the elements or slices of a variable at the positions that the rows of `indices` name.
const OpDef& resource_gather_nd_op() {
  static const OpDef& op = *new OpDef{.name = "ResourceGatherNd",
                                      .inputs = {{"resource", DType::kResource}, {"indices", type_attr("Tindices")}},
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype"), type_attribute("Tindices", kIndexTypes)},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = gather_nd_shape,
                                      .kernels = {{.make = make_gather_nd}},
                                      .gradient = resource_gather_nd_gradient};
  return op;
}

OpList resource_gather_ops() { return {&resource_gather_op(), &resource_gather_nd_op()}; }

}  // namespace weft
