// GatherNd, ScatterNd, ScatterNdNonAliasingAdd, TensorScatterUpdate, TensorScatterAdd, TensorScatterSub: elements and slices by
// positions. A row of `indices` [..., k] is a position in the first k dimensions; what lies there is a slice of the others.
#include <cstring>
#include <optional>

#include "src/ops/gather_definitions.h"
#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/reducers.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

// How positions read as slices of a tensor.
struct SliceIndex {
  int64_t count;                // positions
  int64_t slice;                // elements of a slice
  std::vector<int64_t> slices;  // the slice each position names
};

// InvalidArgument, with `what` it is that positions do not index into, for one outside the tensor.
absl::StatusOr<SliceIndex> index_slices(const Tensor& indices, const Shape& tensor, std::string_view what) {
  Shape outer = indices.shape();
  const int64_t depth = outer.dim(outer.rank() - 1);
  outer.remove_dim(outer.rank() - 1);
  SliceIndex index{outer.num_elements(), count_of_dims(tensor, static_cast<int>(depth), tensor.rank()), {}};
  WEFT_RETURN_IF_ERROR(slice_numbers(indices, outer, depth, tensor, what, index.slices));
  return index;
}

absl::Status gather_nd_kernel(KernelContext& context) {
  const Tensor& params = context.input(0);
  const Tensor& indices = context.input(1);
  if (params.rank() < 1) return invalid_argument("params must be at least a vector");
  if (indices.rank() < 1) return invalid_argument("indices must be at least a vector");
  const int64_t depth = indices.dim(indices.rank() - 1);
  if (depth > params.rank()) return invalid_argument("index innermost dimension length must be <= params rank; saw: ", depth, " vs. ", params.rank());
  Dims dims(indices.shape().dims().begin(), indices.shape().dims().end() - 1);
  dims.insert(dims.end(), params.shape().dims().begin() + depth, params.shape().dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  if (shape.num_elements() > 0 && params.num_elements() == 0) {
    return invalid_argument("Requested more than 0 entries, but params is empty.  Params shape: ", params.shape().to_string());
  }
  WEFT_ASSIGN_OR_RETURN(const SliceIndex index, index_slices(indices, params.shape(), "param shape"));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if (shape.num_elements() == 0) return absl::OkStatus();
  dispatch_storage(params.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(params.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    context.parallel_for(index.count, tile_items(index.slice / 4 + 2), [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) std::copy_n(from + index.slices[static_cast<size_t>(n)] * index.slice, index.slice, to + n * index.slice);
    });
  });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_gather_nd(const KernelInit&) { return Kernel(gather_nd_kernel); }

absl::Status gather_nd_shape(ShapeContext& c) {
  const PartialShape& params = c.input(0);
  WEFT_ASSIGN_OR_RETURN(const PartialShape indices, ShapeContext::with_rank_at_least(c.input(1), 1));
  if (!params.known_rank() || !indices.known_rank() || !indices.known_dim(indices.rank() - 1)) return unknown_shape(c);
  const int64_t depth = indices.dim(indices.rank() - 1);
  if (depth > params.rank()) {
    return invalid_argument("indices.shape[-1] must be <= params.rank, but saw indices shape: ", indices.to_string(),
                            " and params shape: ", params.to_string());
  }
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), params.dims().begin() + depth, params.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

// What a scatter does with an update.
enum class Scatter : uint8_t { kAssign, kAdd, kSubtract };

template <Scatter kHow, typename T> void put(T& to, const T& update) {
  if constexpr (kHow == Scatter::kAssign) {
    to = update;
  } else if constexpr (kHow == Scatter::kAdd) {
    if constexpr (std::is_same_v<T, std::string>) to += update;
    else if constexpr (std::is_same_v<T, bool>) to = to || update;
    else to = static_cast<T>(SumReducer::combine(to, update));
  } else if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    to = static_cast<T>(static_cast<U>(static_cast<U>(to) - static_cast<U>(update)));
  } else {
    to = to - update;
  }
}

// TensorFlow's demands on the three shapes.
absl::Status check_scatter(const Shape& output, const Tensor& indices, const Tensor& updates) {
  if (indices.rank() < 1) return invalid_argument("Indices shape must have rank at least one. Found:", indices.shape().to_string());
  if (updates.rank() < 1) return invalid_argument("Updates shape must have rank at least one. Found:", updates.shape().to_string());
  const int outer = indices.rank() - 1;
  bool fits = updates.rank() >= outer;
  for (int i = 0; fits && i < outer; ++i) fits = updates.dim(i) == indices.dim(i);
  if (!fits) {
    return invalid_argument("Outer dimensions of indices and update must match. Indices shape: ", indices.shape().to_string(),
                            ", updates shape:", updates.shape().to_string());
  }
  if (output.num_elements() == 0 && (indices.num_elements() > 0 || updates.num_elements() > 0)) {
    return invalid_argument("Indices and updates specified for empty output.  indices shape: ", indices.shape().to_string());
  }
  const int64_t depth = indices.dim(outer);
  fits = depth <= output.rank() && output.rank() - depth == updates.rank() - outer;
  for (int i = 0; fits && i < updates.rank() - outer; ++i) fits = updates.dim(outer + i) == output.dim(static_cast<int>(depth) + i);
  if (!fits) {
    return invalid_argument("Inner dimensions of output shape must match inner dimensions of updates shape. Output: ", output.to_string(),
                            " updates: ", updates.shape().to_string());
  }
  return absl::OkStatus();
}

// Updates `out`. Positions are taken in order; threads share out the elements of a slice.
template <Scatter kHow, typename T> absl::Status scatter_into(KernelContext& context, const Tensor& indices, const Tensor& updates, Tensor& out) {
  if (indices.num_elements() == 0 && updates.num_elements() == 0) return absl::OkStatus();
  WEFT_ASSIGN_OR_RETURN(const SliceIndex index, index_slices(indices, out.shape(), "shape"));
  const T* from = updates.data<T>();
  T* to = out.data<T>();
  constexpr int64_t kMinColumns = 64;
  context.parallel_for(index.slice, std::max(kMinColumns, tile_items(index.count / 8 + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t n = 0; n < index.count; ++n) {
      const T* update = from + n * index.slice;
      T* slice = to + index.slices[static_cast<size_t>(n)] * index.slice;
      for (int64_t j = begin; j < end; ++j) put<kHow>(slice[j], update[j]);
    }
  });
  return absl::OkStatus();
}

constexpr DTypeSet kScatterNumbers = kFloatTypes | kIntTypes | kComplexTypes;
constexpr DTypeSet kScatterNdTypes = kScatterNumbers | DTypeSet{DType::kBool, DType::kString};

template <typename T> absl::Status scatter_nd_kernel(KernelContext& context) {
  const Tensor& shape_input = context.input(2);
  if (shape_input.rank() != 1) return invalid_argument("Shape must be a vector");
  const Dims dims = index_values(shape_input);
  for (const int64_t d : dims)
    if (d < 0) return invalid_argument("Dimension ", d, " must be >= 0");
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  WEFT_RETURN_IF_ERROR(check_scatter(shape, context.input(0), context.input(1)));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if constexpr (!std::is_same_v<T, std::string>) std::fill_n(out->data<T>(), shape.num_elements(), T(0));
  return scatter_into<Scatter::kAdd, T>(context, context.input(0), context.input(1), *out);
}

absl::StatusOr<Kernel> make_scatter_nd(const KernelInit& init) {
  Kernel kernel;
  dispatch<kScatterNdTypes>(init.type("T"), [&](auto tag) { kernel = Kernel(scatter_nd_kernel<typename decltype(tag)::type>); });
  return kernel;
}

template <Scatter kHow, typename T> absl::Status tensor_scatter_kernel(KernelContext& context) {
  const Tensor tensor = context.input(0);  // a copy of the handle: the output may take the slot's memory
  WEFT_RETURN_IF_ERROR(check_scatter(tensor.shape(), context.input(1), context.input(2)));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, tensor.shape(), &out));
  std::copy_n(tensor.data<T>(), tensor.num_elements(), out->data<T>());
  return scatter_into<kHow, T>(context, context.input(1), context.input(2), *out);
}

template <Scatter kHow, DTypeSet Set> KernelTable tensor_scatter_kernels() {
  return {{.constraints = {{"T", Set}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             Kernel kernel;
             dispatch<Set>(init.type("T"), [&](auto tag) { kernel = Kernel(tensor_scatter_kernel<kHow, typename decltype(tag)::type>); });
             return kernel;
           }}};
}

absl::Status check_scatter_shapes(const PartialShape& output, const PartialShape& indices, const PartialShape& updates) {
  const auto empty = [](const PartialShape& s) { return s.fully_defined() && s.num_elements() == 0; };
  const auto some = [](const PartialShape& s) { return s.fully_defined() && s.num_elements() > 0; };
  if (empty(output) && (some(indices) || some(updates))) return invalid_argument("Indices and updates specified for empty output shape");
  if (!indices.known_rank() || !updates.known_rank()) return absl::OkStatus();
  const int outer = indices.rank() - 1;
  if (!indices.known_dim(outer)) return absl::OkStatus();
  const int64_t depth = indices.dim(outer);
  const auto head = static_cast<size_t>(outer);
  absl::Status fits = updates.rank() < outer ? invalid_argument("Shape must be at least rank ", outer, " but is rank ", updates.rank())
                                             : PartialShape(indices.dims().first(head)).merge(PartialShape(updates.dims().first(head))).status();
  if (!fits.ok()) {
    return invalid_argument("The outer ", outer, " dimensions of indices.shape=", indices.to_string(), " must match the outer ", outer,
                            " dimensions of updates.shape=", updates.to_string(), ": ", message(fits));
  }
  if (!output.known_rank()) return absl::OkStatus();
  if (depth > output.rank()) return invalid_argument("Shape must be at least rank ", depth, " but is rank ", output.rank());
  fits = PartialShape(output.dims().subspan(static_cast<size_t>(depth))).merge(PartialShape(updates.dims().subspan(head))).status();
  if (!fits.ok()) {
    return invalid_argument("The inner ", output.rank() - depth, " dimensions of output.shape=", output.to_string(), " must match the inner ",
                            updates.rank() - outer, " dimensions of updates.shape=", updates.to_string(), ": ", message(fits));
  }
  return absl::OkStatus();
}

absl::Status scatter_nd_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape indices, ShapeContext::with_rank_at_least(c.input(0), 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape updates, ShapeContext::with_rank_at_least(c.input(1), 1));
  WEFT_ASSIGN_OR_RETURN(PartialShape output, c.input_as_shape(2));
  WEFT_RETURN_IF_ERROR(check_scatter_shapes(output, indices, updates));
  c.set_output(0, std::move(output));
  return absl::OkStatus();
}

absl::Status tensor_scatter_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape output, ShapeContext::with_rank_at_least(c.input(0), 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape indices, ShapeContext::with_rank_at_least(c.input(1), 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape updates, ShapeContext::with_rank_at_least(c.input(2), 1));
  WEFT_RETURN_IF_ERROR(check_scatter_shapes(output, indices, updates));
  c.set_output(0, output);
  return absl::OkStatus();
}

Gradients gather_nd_gradient(GradientContext& g) {
  const Output indices = g.x(1);
  const Output params_shape = shape(g.x(0), {.out_type = indices.dtype()});
  if (indices.shape().rank() == 2 && indices.shape().dim(1) == 1) {
    return g.first(IndexedSlices{g.dy(), squeeze(indices, {.axis = {-1}}), params_shape});
  }
  return g.first(scatter_nd(indices, g.dy(), params_shape));
}

Gradients scatter_nd_gradient(GradientContext& g) {
  Gradients all = g.none();
  all[1] = gather_nd(g.dy(), g.x(0));
  return all;
}

Gradients non_aliasing_add_gradient(GradientContext& g) {
  Gradients all = g.none();
  all[0] = g.dy();
  all[2] = gather_nd(g.dy(), g.x(1));
  return all;
}

// Replaced elements get no gradient.
Gradients tensor_scatter_update_gradient(GradientContext& g) {
  Gradients all = g.none();
  const Output indices = g.x(1), updates = g.x(2), dy = g.dy();
  all[2] = gather_nd(dy, indices);
  const Output all_of_dy = identity(dy);
  all[0] = tensor_scatter_update(all_of_dy, indices, zeros_like(updates));
  return all;
}

Gradients tensor_scatter_add_gradient(GradientContext& g) {
  Gradients all = g.none();
  all[2] = gather_nd(g.dy(), g.x(1));
  all[0] = identity(g.dy());
  return all;
}

Gradients tensor_scatter_sub_gradient(GradientContext& g) {
  Gradients all = g.none();
  const Output picked = gather_nd(g.dy(), g.x(1));
  all[0] = identity(g.dy());
  all[2] = -picked;
  return all;
}

OpDef tensor_scatter_op(std::string_view name, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"tensor", type_attr("T")}, {"indices", type_attr("Tindices")}, {"updates", type_attr("T")}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T"), type_attribute("Tindices", kIndexTypes)},
          .shape = tensor_scatter_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

Output build_scatter(const OpDef& op, const Operand& a, const Operand& b, const Operand& c, std::string_view name, Loc where) {
  return OpBuilder(op, name, where).input(a).input(b).input(c).output();
}

}  // namespace

// GatherNd: the elements or slices of params at the positions that rows of indices name.
const OpDef& gather_nd_op() {
  static const OpDef& op = *new OpDef{.name = "GatherNd",
                                      .inputs = {{"params", type_attr("Tparams")}, {"indices", type_attr("Tindices")}},
                                      .outputs = {{"output", type_attr("Tparams")}},
                                      .attrs = {type_attribute("Tparams"), type_attribute("Tindices", kIndexTypes)},
                                      .shape = gather_nd_shape,
                                      .kernels = {{.make = make_gather_nd}},
                                      .gradient = gather_nd_gradient};
  return op;
}

// ScatterNd: zeros with the updates added at the positions.
const OpDef& scatter_nd_op() {
  static const OpDef& op = *new OpDef{.name = "ScatterNd",
                                      .inputs = {{"indices", type_attr("Tindices")}, {"updates", type_attr("T")}, {"shape", type_attr("Tindices")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tindices", kIndexTypes)},
                                      .shape = scatter_nd_shape,
                                      .kernels = {{.constraints = {{"T", kScatterNdTypes}}, .make = make_scatter_nd}},
                                      .gradient = scatter_nd_gradient};
  return op;
}

// ScatterNdNonAliasingAdd: input with the updates added at the positions.
const OpDef& scatter_nd_non_aliasing_add_op() {
  static const OpDef& op = *new OpDef{.name = "ScatterNdNonAliasingAdd",
                                      .inputs = {{"input", type_attr("T")}, {"indices", type_attr("Tindices")}, {"updates", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T", kNumberTypes | DTypeSet{DType::kBool}), type_attribute("Tindices", kIndexTypes)},
                                      .shape = tensor_scatter_shape,
                                      .kernels = tensor_scatter_kernels<Scatter::kAdd, kScatterNumbers | DTypeSet{DType::kBool}>(),
                                      .gradient = non_aliasing_add_gradient};
  return op;
}

// TensorScatterUpdate, TensorScatterAdd, TensorScatterSub: a copy of tensor with the updates set, added, or subtracted.
const OpDef& tensor_scatter_update_op() {
  static const OpDef& op = *new OpDef(
      tensor_scatter_op("TensorScatterUpdate", tensor_scatter_kernels<Scatter::kAssign, kScatterNdTypes>(), tensor_scatter_update_gradient));
  return op;
}
const OpDef& tensor_scatter_add_op() {
  static const OpDef& op =
      *new OpDef(tensor_scatter_op("TensorScatterAdd", tensor_scatter_kernels<Scatter::kAdd, kScatterNumbers>(), tensor_scatter_add_gradient));
  return op;
}
const OpDef& tensor_scatter_sub_op() {
  static const OpDef& op =
      *new OpDef(tensor_scatter_op("TensorScatterSub", tensor_scatter_kernels<Scatter::kSubtract, kScatterNumbers>(), tensor_scatter_sub_gradient));
  return op;
}

OpList gather_nd_ops() {
  return {&gather_nd_op(),          &scatter_nd_op(),        &scatter_nd_non_aliasing_add_op(), &tensor_scatter_update_op(),
          &tensor_scatter_add_op(), &tensor_scatter_sub_op()};
}

Output gather_nd(const Operand& params, const Operand& indices, std::string_view name, Loc where) {
  if (params.variable() != nullptr && params.variable()->is_resource()) return gather_nd_read(*params.variable(), indices, name, where);
  return OpBuilder(gather_nd_op(), name, where).input(params).input(indices).output();
}
Output scatter_nd(const Operand& indices, const Operand& updates, const Operand& shape, std::string_view name, Loc where) {
  return build_scatter(scatter_nd_op(), indices, updates, shape, name, where);
}
Output tensor_scatter_update(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name, Loc where) {
  return build_scatter(tensor_scatter_update_op(), tensor, indices, updates, name, where);
}
Output tensor_scatter_add(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name, Loc where) {
  return build_scatter(tensor_scatter_add_op(), tensor, indices, updates, name, where);
}
Output tensor_scatter_sub(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name, Loc where) {
  return build_scatter(tensor_scatter_sub_op(), tensor, indices, updates, name, where);
}

}  // namespace weft
