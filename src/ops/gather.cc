// Gather, GatherV2: slices of a tensor by index along one axis.
#include <cstring>
#include <optional>

#include "src/ops/gather_gradient.h"
#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"

namespace weft {

namespace {

// params [batch, outer, size, inner], indices [batch, count] give out [batch, outer, count, inner].
struct GatherPlan {
  int64_t batch = 1, outer = 1, size = 1, inner = 1, count = 1;
  Shape output;
};

absl::StatusOr<GatherPlan> plan_gather(const Shape& params, const Shape& indices, int64_t axis_value, int64_t batch_value) {
  if (params.rank() < 1) return invalid_argument("params must be at least 1 dimensional");
  WEFT_ASSIGN_OR_RETURN(const int axis, wrap_axis(axis_value, params.rank(), "axis"));
  int batch_dims = 0;
  if (batch_value != 0) {
    WEFT_ASSIGN_OR_RETURN(batch_dims, wrap_axis(batch_value, indices.rank(), "batch_dims"));
    if (batch_dims >= params.rank()) return invalid_argument("batch_dims (", batch_dims, ") must be less than rank(params) (", params.rank(), ").");
    if (axis < batch_dims) return invalid_argument("batch_dims (", batch_dims, ") must be less than or equal to axis (", axis, ").");
  }
  for (int i = 0; i < batch_dims; ++i) {
    if (params.dim(i) != indices.dim(i)) {
      return invalid_argument("params.shape[", i, "]: ", params.dim(i), " should be equal to indices.shape[", i, "]: ", indices.dim(i));
    }
  }
  GatherPlan plan;
  plan.batch = count_of_dims(params, 0, batch_dims);
  plan.outer = count_of_dims(params, batch_dims, axis);
  plan.size = params.dim(axis);
  plan.inner = count_of_dims(params, axis + 1, params.rank());
  plan.count = count_of_dims(indices, batch_dims, indices.rank());
  Dims dims(params.dims().begin(), params.dims().begin() + axis);
  dims.insert(dims.end(), indices.dims().begin() + batch_dims, indices.dims().end());
  dims.insert(dims.end(), params.dims().begin() + axis + 1, params.dims().end());
  WEFT_ASSIGN_OR_RETURN(plan.output, Shape::make(dims));
  return plan;
}

template <typename S> void copy_slice(const S* from, S* to, int64_t inner) {
  if constexpr (std::is_trivially_copyable_v<S>) std::memcpy(to, from, static_cast<size_t>(inner) * sizeof(S));
  else std::copy(from, from + inner, to);
}

// Slices [begin, end) of the result. All indices are in range.
template <typename S, typename I> void gather_slices(const GatherPlan& plan, const S* params, const I* indices, S* out, int64_t begin, int64_t end) {
  for (int64_t at = begin; at < end;) {
    const int64_t block = at / plan.count;  // which [size, inner] block of params
    const int64_t first = at - block * plan.count;
    const int64_t last = std::min(plan.count, first + end - at);
    const S* from = params + block * plan.size * plan.inner;
    const I* index = indices + block / plan.outer * plan.count;
    S* to = out + at * plan.inner;
    if (plan.inner == 1) {
      for (int64_t i = first; i < last; ++i) to[i - first] = from[index[i]];
    } else {
      for (int64_t i = first; i < last; ++i, to += plan.inner) copy_slice(from + static_cast<int64_t>(index[i]) * plan.inner, to, plan.inner);
    }
    at += last - first;
  }
}

absl::Status gather_kernel(KernelContext& context, int64_t axis, int64_t batch_dims) {
  const Tensor& params = context.input(0);
  const Tensor& indices = context.input(1);
  WEFT_ASSIGN_OR_RETURN(const GatherPlan plan, plan_gather(params.shape(), indices.shape(), axis, batch_dims));
  WEFT_RETURN_IF_ERROR(check_indices(indices, plan.size, "indices"));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, plan.output, &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  dispatch_storage(params.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(params.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    with_indices(indices, [&](const auto* index) {
      context.parallel_for(plan.batch * plan.outer * plan.count, tile_items(plan.inner / 4 + 2),
                           [&](int64_t begin, int64_t end) { gather_slices(plan, from, index, to, begin, end); });
    });
  });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_gather(const KernelInit&) {
  return Kernel([](KernelContext& context) { return gather_kernel(context, 0, 0); });
}

absl::StatusOr<Kernel> make_gather_v2(const KernelInit& init) {
  return Kernel([batch_dims = init.get<int64_t>("batch_dims")](KernelContext& context) -> absl::Status {
    const Tensor& axis = context.input(2);
    if (!axis.shape().is_scalar()) return invalid_argument("axis must be scalar");
    return gather_kernel(context, index_at(axis, 0), batch_dims);
  });
}

absl::Status gather_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape params, ShapeContext::with_rank_at_least(c.input(0), 1));
  const PartialShape& indices = c.input(1);
  if (!params.known_rank() || !indices.known_rank()) return unknown_shape(c);
  Dims dims(indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), params.dims().begin() + 1, params.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

absl::Status gather_v2_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape params, ShapeContext::with_rank_at_least(c.input(0), 1));
  const PartialShape& indices = c.input(1);
  WEFT_RETURN_IF_ERROR(c.input_with_rank(2, 0).status());
  const std::optional<int64_t> axis_value = c.constant_scalar(2);
  int64_t batch_dims = c.get<int64_t>("batch_dims");
  if (axis_value.has_value()) {
    const int64_t needed = *axis_value < 0 ? -*axis_value : *axis_value + 1;
    if (params.known_rank() && params.rank() < needed)
      return invalid_argument("Shape must be at least rank ", needed, " but is rank ", params.rank());
  }
  if (indices.known_rank() && batch_dims < 0) batch_dims += indices.rank();
  if (indices.known_rank() && (batch_dims < 0 || batch_dims > indices.rank())) {
    return invalid_argument("Shape must be at least rank ", c.get<int64_t>("batch_dims"), " but is rank ", indices.rank());
  }
  if (!params.known_rank() || !indices.known_rank()) return unknown_shape(c);
  if (!axis_value.has_value()) {
    c.set_output(0, PartialShape::unknown_of_rank(params.rank() + indices.rank() - 1 - static_cast<int>(batch_dims)));
    return absl::OkStatus();
  }
  const int64_t axis = *axis_value < 0 ? *axis_value + params.rank() : *axis_value;
  Dims dims(params.dims().begin(), params.dims().begin() + axis);
  dims.insert(dims.end(), indices.dims().begin() + batch_dims, indices.dims().end());
  dims.insert(dims.end(), params.dims().begin() + axis + 1, params.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

}  // namespace

// Gather: the slices of params along axis 0 that indices name.
const OpDef& gather_op() {
  static const OpDef& op =
      *new OpDef{.name = "Gather",
                 .inputs = {{"params", type_attr("Tparams")}, {"indices", type_attr("Tindices")}},
                 .outputs = {{"output", type_attr("Tparams")}},
                 .attrs = {bool_attribute("validate_indices", true), type_attribute("Tparams"), type_attribute("Tindices", kIndexTypes)},
                 .shape = gather_shape,
                 .kernels = {{.make = make_gather}},
                 .gradient = gather_gradient};
  return op;
}

// GatherV2: the slices of params along `axis`; leading batch_dims dimensions of params and indices go together.
const OpDef& gather_v2_op() {
  static const OpDef& op = *new OpDef{.name = "GatherV2",
                                      .inputs = {{"params", type_attr("Tparams")}, {"indices", type_attr("Tindices")}, {"axis", type_attr("Taxis")}},
                                      .outputs = {{"output", type_attr("Tparams")}},
                                      .attrs = {int_attribute("batch_dims", 0), type_attribute("Tparams"), type_attribute("Tindices", kIndexTypes),
                                                type_attribute("Taxis", kIndexTypes)},
                                      .shape = gather_v2_shape,
                                      .kernels = {{.make = make_gather_v2}},
                                      .gradient = gather_v2_gradient};
  return op;
}

OpList gather_ops() { return {&gather_op(), &gather_v2_op()}; }

}  // namespace weft
