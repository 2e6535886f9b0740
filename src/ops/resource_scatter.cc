// Changing parts of a variable: ResourceScatter… by rows, ResourceScatterNd… by positions. Indices are checked before anything changes;
// then updates are applied in the order of the indices, so that what is named twice is updated twice. Work is cut by columns.
#include <algorithm>

#include "src/ops/op_lists.h"
#include "src/ops/row_index.h"
#include "src/ops/variable_access.h"
#include "weft/graph/node.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

namespace {

inline constexpr DTypeSet kAnyNumber = kFloatTypes | kComplexTypes | kIntTypes;
inline constexpr DTypeSet kOrdered = kFloatTypes | kIntTypes;

struct ScatterUpdate {
  static constexpr DTypeSet kTypes = kAllTypes;
  template <typename T> static void apply(T& a, const T& b) { a = b; }
};
struct ScatterAdd {
  static constexpr DTypeSet kTypes = kAnyNumber;
  template <typename T> static void apply(T& a, const T& b) { a = static_cast<T>(a + b); }
};
struct ScatterSub {
  static constexpr DTypeSet kTypes = kAnyNumber;
  template <typename T> static void apply(T& a, const T& b) { a = static_cast<T>(a - b); }
};
struct ScatterMul {
  static constexpr DTypeSet kTypes = kAnyNumber;
  template <typename T> static void apply(T& a, const T& b) { a = static_cast<T>(a * b); }
};
struct ScatterDiv {
  static constexpr DTypeSet kTypes = kAnyNumber;
  template <typename T> static void apply(T& a, const T& b) {
    if constexpr (std::is_signed_v<T> && std::is_integral_v<T>) {
      a = b == T(-1) ? static_cast<T>(T(0) - a) : static_cast<T>(a / b);  // the least integer by -1 does not fit
    } else {
      a = static_cast<T>(a / b);
    }
  }
};
struct ScatterMin {
  static constexpr DTypeSet kTypes = kOrdered;
  template <typename T> static void apply(T& a, const T& b) { a = std::min(a, b); }
};
struct ScatterMax {
  static constexpr DTypeSet kTypes = kOrdered;
  template <typename T> static void apply(T& a, const T& b) { a = std::max(a, b); }
};

// Applies update slice i, or the one element `updates` has when it is a scalar, to slice `target(i)` of the variable.
template <typename Fn, typename T, typename Target>
void apply_slices(const KernelContext& context, Tensor& variable, const Tensor& updates, int64_t n, int64_t columns, Target target) {
  T* to = variable.data<T>();
  const T* from = updates.data<T>();
  const bool one_value = updates.rank() == 0;
  context.parallel_for(columns, std::max<int64_t>(64, tile_items(2 * n)), [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < n; ++i) {
      T* row = to + target(i) * columns;
      const T* source = one_value ? from : from + i * columns;
      if (one_value) {
        for (int64_t k = begin; k < end; ++k) Fn::apply(row[k], *source);
      } else {
        for (int64_t k = begin; k < end; ++k) Fn::apply(row[k], source[k]);
      }
    }
  });
}

// By positions, TensorFlow adds and subtracts truth values too: 1 + 1 and 0 - 1 are true.
template <typename Fn> inline constexpr DTypeSet kNdTypes = Fn::kTypes | DType::kBool;

template <typename Fn, typename Target>
absl::Status apply_updates(KernelContext& context, VariableResource& variable, const Tensor& updates, int64_t n, int64_t columns, Target target) {
  if (n == 0 || columns == 0) return absl::OkStatus();
  WEFT_RETURN_IF_ERROR(variable.make_unique());
  absl::Status status;
  const bool known = dispatch<kNdTypes<Fn>>(updates.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<Fn, ScatterDiv> && std::is_integral_v<T>) {
      if (std::find(updates.data<T>(), updates.data<T>() + updates.num_elements(), T(0)) != updates.data<T>() + updates.num_elements()) {
        status = invalid_argument("Integer division by zero");
        return;
      }
    }
    apply_slices<Fn, T>(context, variable.value, updates, n, columns, target);
  });
  return known ? status : unimplemented("no kernel for ", dtype_name(updates.dtype()));
}

absl::Status check_target(const VariableResource& variable, const Tensor& updates) {
  if (!variable.initialized) return missing_variable(variable);
  if (variable.value.dtype() != updates.dtype()) {
    return invalid_argument("variable '", variable.name, "' is of type ", dtype_name(variable.value.dtype()), ", the updates of ",
                            dtype_name(updates.dtype()));
  }
  return absl::OkStatus();
}

// --- By rows -----------------------------------------------------------------------------------------------------------------------

template <typename Fn> absl::Status scatter(KernelContext& context) {
  VariableResource* variable;
  WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
  const Tensor& indices = context.input(1);
  const Tensor& updates = context.input(2);
  const VariableLocks lock({&variable, 1});
  WEFT_RETURN_IF_ERROR(check_target(*variable, updates));
  const Shape& params = variable->value.shape();
  if (params.rank() < 1) return invalid_argument("params must be at least 1-D, got shape ", params.to_string());
  Dims dims(indices.shape().dims().begin(), indices.shape().dims().end());
  dims.insert(dims.end(), params.dims().begin() + 1, params.dims().end());
  if (updates.rank() != 0 && updates.shape().dims() != absl::Span<const int64_t>(dims)) {
    return invalid_argument("shape of indices (", indices.shape().to_string(), ") is not compatible with the shape of updates (",
                            updates.shape().to_string(), ")");
  }
  WEFT_RETURN_IF_ERROR(check_rows(indices, params.dim(0)));
  return apply_updates<Fn>(context, *variable, updates, indices.num_elements(), product(params.dims().subspan(1)),
                           [&](int64_t i) { return index_at(indices, i); });
}

absl::Status scatter_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape params, variable_shape_of(c, 0, c.get<DType>("dtype")));
  const PartialShape& indices = c.input(1);
  const PartialShape& updates = c.input(2);
  if (!params.known_rank() || !indices.known_rank() || updates.rank() == 0) return absl::OkStatus();
  if (params.rank() < 1) return invalid_argument("Shape must be at least rank 1 but is rank 0");
  Dims dims(indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), params.dims().begin() + 1, params.dims().end());
  return updates.merge(PartialShape(dims)).status();
}

template <typename Fn> OpDef scatter_op(std::string_view name, DTypeSet allowed) {
  return {
      .name = name,
      .inputs = {{"resource", DType::kResource}, {"indices", type_attr("Tindices")}, {"updates", type_attr("dtype")}},
      .attrs = {type_attribute("dtype", allowed), type_attribute("Tindices", kIndexTypes)},
      .is_stateful = true,
      .variable_access = VariableAccess::kReadWrite,
      .shape = scatter_shape,
      .kernels = {{.constraints = {{"dtype", Fn::kTypes}}, .make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(scatter<Fn>); }}},
      .gradient = NoGradientDefined{}};
}

// --- By positions --------------------------------------------------------------------------------------------------------------------

template <typename Fn> absl::Status scatter_nd(KernelContext& context) {
  VariableResource* variable;
  WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
  const Tensor& indices = context.input(1);
  const Tensor& updates = context.input(2);
  const VariableLocks lock({&variable, 1});
  WEFT_RETURN_IF_ERROR(check_target(*variable, updates));
  const Shape& params = variable->value.shape();
  if (params.rank() < 1) return invalid_argument("Output must be at least 1-D, got shape: ", params.to_string());
  if (indices.rank() < 1 || updates.rank() < 1 || indices.dim(0) != updates.dim(0)) {
    return invalid_argument("The outermost dimension of updates and indices must match. Got indices.shape ", indices.shape().to_string(),
                            ", updates.shape ", updates.shape().to_string());
  }
  const int64_t depth = indices.rank() > 1 ? indices.dim(indices.rank() - 1) : 1;  // a vector of indices is a column of rows
  const int batch = indices.rank() > 1 ? indices.rank() - 1 : 1;
  const Shape outer(indices.shape().dims().first(static_cast<size_t>(batch)));
  Dims dims(outer.dims().begin(), outer.dims().end());
  if (depth <= params.rank()) dims.insert(dims.end(), params.dims().begin() + depth, params.dims().end());
  if (depth > params.rank() || updates.shape().dims() != absl::Span<const int64_t>(dims)) {
    return invalid_argument(
        "Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got updates.shape: ", updates.shape().to_string(),
        ", indices.shape: ", indices.shape().to_string(), ", params_shape: ", params.to_string(), ", slice_dim: ", depth, ", and batch_dim: ", batch);
  }
  std::vector<int64_t> slices;
  WEFT_RETURN_IF_ERROR(slice_numbers(indices, outer, depth, params, "shape", slices));
  return apply_updates<Fn>(context, *variable, updates, outer.num_elements(), product(params.dims().subspan(static_cast<size_t>(depth))),
                           [&](int64_t i) { return slices[static_cast<size_t>(i)]; });
}

absl::Status scatter_nd_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape params, variable_shape_of(c, 0, c.get<DType>("T")));
  const PartialShape& indices = c.input(1);
  if (!params.known_rank() || indices.rank() < 2 || !indices.known_dim(indices.rank() - 1)) return absl::OkStatus();
  const int64_t depth = indices.dim(indices.rank() - 1);
  if (depth > params.rank()) return absl::OkStatus();  // the step reports it
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), params.dims().begin() + depth, params.dims().end());
  return c.input(2).merge(PartialShape(dims)).status();
}

template <typename Fn> OpDef scatter_nd_op(std::string_view name) {
  return {
      .name = name,
      .inputs = {{"ref", DType::kResource}, {"indices", type_attr("Tindices")}, {"updates", type_attr("T")}},
      .attrs = {type_attribute("T"), type_attribute("Tindices", kIndexTypes), bool_attribute("use_locking", true)},
      .is_stateful = true,
      .variable_access = VariableAccess::kReadWrite,
      .shape = scatter_nd_shape,
      .kernels = {{.constraints = {{"T", kNdTypes<Fn>}}, .make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(scatter_nd<Fn>); }}},
      .gradient = NoGradientDefined{}};
}

// The definitions, each made once.
template <typename Fn> const OpDef& by_rows(std::string_view name) {
  static const OpDef& op = *new OpDef(scatter_op<Fn>(name, std::is_same_v<Fn, ScatterUpdate> ? DTypeSet() : kNumberTypes));
  return op;
}
template <typename Fn> const OpDef& by_positions(std::string_view name) {
  static const OpDef& op = *new OpDef(scatter_nd_op<Fn>(name));
  return op;
}

}  // namespace

// ResourceScatterUpdate: variable[indices] = updates.
const OpDef& resource_scatter_update_op() { return by_rows<ScatterUpdate>("ResourceScatterUpdate"); }
// ResourceScatterAdd: variable[indices] += updates.
const OpDef& resource_scatter_add_op() { return by_rows<ScatterAdd>("ResourceScatterAdd"); }
// ResourceScatterSub: variable[indices] -= updates.
const OpDef& resource_scatter_sub_op() { return by_rows<ScatterSub>("ResourceScatterSub"); }
// ResourceScatterMul: variable[indices] *= updates.
const OpDef& resource_scatter_mul_op() { return by_rows<ScatterMul>("ResourceScatterMul"); }
// ResourceScatterDiv: variable[indices] /= updates.
const OpDef& resource_scatter_div_op() { return by_rows<ScatterDiv>("ResourceScatterDiv"); }
// ResourceScatterMin: variable[indices] = min(variable[indices], updates).
const OpDef& resource_scatter_min_op() { return by_rows<ScatterMin>("ResourceScatterMin"); }
// ResourceScatterMax: variable[indices] = max(variable[indices], updates).
const OpDef& resource_scatter_max_op() { return by_rows<ScatterMax>("ResourceScatterMax"); }
// ResourceScatterNdUpdate: the elements or slices at the positions that the rows of `indices` name become `updates`.
const OpDef& resource_scatter_nd_update_op() { return by_positions<ScatterUpdate>("ResourceScatterNdUpdate"); }
// ResourceScatterNdAdd: `updates` is added to them.
const OpDef& resource_scatter_nd_add_op() { return by_positions<ScatterAdd>("ResourceScatterNdAdd"); }
// ResourceScatterNdSub: `updates` is subtracted from them.
const OpDef& resource_scatter_nd_sub_op() { return by_positions<ScatterSub>("ResourceScatterNdSub"); }

OpList resource_scatter_ops() {
  return {&resource_scatter_update_op(), &resource_scatter_add_op(),   &resource_scatter_sub_op(), &resource_scatter_mul_op(),
          &resource_scatter_div_op(),    &resource_scatter_min_op(),   &resource_scatter_max_op(), &resource_scatter_nd_update_op(),
          &resource_scatter_nd_add_op(), &resource_scatter_nd_sub_op()};
}

}  // namespace weft
