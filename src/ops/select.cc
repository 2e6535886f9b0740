// Choosing between two tensors by a third: Select and SelectV2.
//
// Elements are moved, not looked at, so plain dtypes are served by five loops, one for each element size.
#include "src/ops/math_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

// --- Shapes --------------------------------------------------------------------------------------------------------------------------

absl::Status select_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape data, c.input(1).merge(c.input(2)));
  const PartialShape& condition = c.input(0);
  if (condition.known_rank() && data.known_rank() && condition.rank() != 0) {
    if (condition.rank() == 1 && data.rank() != 0) {
      WEFT_RETURN_IF_ERROR(condition.merge(PartialShape::vector(data.dim(0))).status());
    } else {
      WEFT_ASSIGN_OR_RETURN(data, data.merge(condition));
    }
  }
  c.set_output(0, std::move(data));
  return absl::OkStatus();
}

absl::Status select_v2_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape data, broadcast(c.input(1), c.input(2)));
  WEFT_ASSIGN_OR_RETURN(PartialShape all, broadcast(c.input(0), data));
  c.set_output(0, std::move(all));
  return absl::OkStatus();
}

// --- Select --------------------------------------------------------------------------------------------------------------------------

// z[k] = condition[k / row] ? t[k] : e[k] for k in [begin, end).
template <typename T> void select_range(const bool* condition, const T* t, const T* e, T* z, int64_t row, int64_t begin, int64_t end) {
  if (row == 1) {
#pragma GCC ivdep
    for (int64_t k = begin; k < end; ++k) z[k] = condition[k] ? t[k] : e[k];
    return;
  }
  for (int64_t k = begin; k < end;) {
    const int64_t stop = std::min(end, (k / row + 1) * row);
    const T* from = condition[k / row] ? t : e;
    if (from != z) std::copy(from + k, from + stop, z + k);
    k = stop;
  }
}

absl::Status check_select(const KernelContext& context, std::string_view node) {
  const Shape& condition = context.input(0).shape();
  const Shape& t = context.input(1).shape();
  const Shape& e = context.input(2).shape();
  const auto must_match = [&](int i, const Shape& shape) {
    return invalid_argument("Inputs to operation ", node, " of type Select must have the same size and shape.  Input 0: ", condition.to_string(),
                            " != input ", i, ": ", shape.to_string());
  };
  if (condition.is_scalar() && t != e) {
    return invalid_argument("'then' and 'else' must have the same size.  but received: ", t.to_string(), " vs. ", e.to_string());
  }
  if (condition.is_scalar() || (condition == t && t == e)) return absl::OkStatus();
  if (condition.rank() != 1 || t.rank() == 1) return condition != t ? must_match(1, t) : must_match(2, e);
  if (t.is_scalar()) return invalid_argument("'then' must be at least a vector, but saw shape: ", t.to_string());
  if (t.dim(0) != condition.dim(0)) {
    return invalid_argument("Number of batches of 'then' must match size of 'cond', but saw: ", t.dim(0), " vs. ", condition.dim(0));
  }
  if (t != e) return invalid_argument("'then' and 'else' must have the same size.  but received: ", t.to_string(), " vs. ", e.to_string());
  return absl::OkStatus();
}

template <typename T> absl::Status run_select(KernelContext& context, std::string_view node) {
  WEFT_RETURN_IF_ERROR(check_select(context, node));
  const Tensor& condition = context.input(0);
  const bool* c = condition.data<bool>();
  if (condition.rank() == 0) {
    context.set_output(0, context.input(*c ? 1 : 2));
    return absl::OkStatus();
  }
  const T* t = static_cast<const T*>(context.input(1).raw_data());
  const T* e = static_cast<const T*>(context.input(2).raw_data());
  const Shape& shape = context.input(1).shape();
  const int64_t n = shape.num_elements();
  const int64_t row = condition.num_elements() == 0 ? 1 : n / condition.num_elements();
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({1, 2}, 0, shape, &out));
  T* z = static_cast<T*>(out->raw_data());
  context.parallel_for(n, tile_items(1), [&](int64_t begin, int64_t end) { select_range(c, t, e, z, row, begin, end); });
  return absl::OkStatus();
}

// --- SelectV2 ------------------------------------------------------------------------------------------------------------------------

// Elements between neighbours of `shape` along each dimension of `out`; 0 where it is repeated.
Dims strides_in(const Shape& shape, const Shape& out) {
  Dims strides(static_cast<size_t>(out.rank()), 0);
  int64_t stride = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    if (shape.dim(i) != 1) strides[static_cast<size_t>(i + out.rank() - shape.rank())] = stride;
    stride *= shape.dim(i);
  }
  return strides;
}

template <typename T> absl::Status run_select_v2(KernelContext& context, std::string_view) {
  const Tensor& condition = context.input(0);
  const Tensor& then = context.input(1);
  const Tensor& otherwise = context.input(2);
  const absl::StatusOr<Shape> data = broadcast_shapes(then.shape(), otherwise.shape());
  if (!data.ok()) return invalid_argument("then ", then.shape().to_string(), " and else ", otherwise.shape().to_string(), " must be broadcastable");
  const absl::StatusOr<Shape> all = broadcast_shapes(condition.shape(), *data);
  if (!all.ok()) {
    return invalid_argument("condition ", condition.shape().to_string(), ", then ", then.shape().to_string(), ", and else ",
                            otherwise.shape().to_string(), " must be broadcastable");
  }
  const Shape shape = *all;
  const Dims cs = strides_in(condition.shape(), shape);
  const Dims ts = strides_in(then.shape(), shape);
  const Dims es = strides_in(otherwise.shape(), shape);
  const bool* c = condition.data<bool>();
  const T* t = static_cast<const T*>(then.raw_data());
  const T* e = static_cast<const T*>(otherwise.raw_data());
  const bool one_shape = condition.shape() == shape && then.shape() == shape && otherwise.shape() == shape;
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({1, 2}, 0, shape, &out));
  T* z = static_cast<T*>(out->raw_data());
  context.parallel_for(shape.num_elements(), tile_items(one_shape ? 1 : 8), [&](int64_t begin, int64_t end) {
    if (one_shape) return select_range(c, t, e, z, 1, begin, end);
    Dims index(static_cast<size_t>(shape.rank()), 0);
    int64_t ci = 0, ti = 0, ei = 0, rest = begin;
    for (int d = shape.rank() - 1; d >= 0; --d) {
      const auto i = static_cast<size_t>(d);
      index[i] = rest % shape.dim(d);
      rest /= shape.dim(d);
      ci += index[i] * cs[i], ti += index[i] * ts[i], ei += index[i] * es[i];
    }
    for (int64_t k = begin; k < end; ++k) {
      z[k] = c[ci] ? t[ti] : e[ei];
      for (int d = shape.rank() - 1; d >= 0; --d) {
        const auto i = static_cast<size_t>(d);
        ci += cs[i], ti += ts[i], ei += es[i];
        if (++index[i] < shape.dim(d)) break;
        ci -= index[i] * cs[i], ti -= index[i] * ts[i], ei -= index[i] * es[i];
        index[i] = 0;
      }
    }
  });
  return absl::OkStatus();
}

// --- Kernels and gradients --------------------------------------------------------------------------------------------------------------

struct SelectRun {
  template <typename T> static absl::Status run(KernelContext& context, std::string_view node) { return run_select<T>(context, node); }
};
struct SelectV2Run {
  template <typename T> static absl::Status run(KernelContext& context, std::string_view node) { return run_select_v2<T>(context, node); }
};

using SelectFn = absl::Status (*)(KernelContext&, std::string_view);

// The loop for a dtype: by the size of its elements where they are plain.
template <typename Run> SelectFn loop_for(DType dtype) {
  switch (dtype) {
    case DType::kString: return Run::template run<std::string>;
    case DType::kResource: return Run::template run<ResourceHandle>;
    case DType::kVariant: return Run::template run<Variant>;
    default: break;
  }
  switch (dtype_size(dtype)) {
    case 1: return Run::template run<uint8_t>;
    case 2: return Run::template run<uint16_t>;
    case 4: return Run::template run<uint32_t>;
    case 8: return Run::template run<uint64_t>;
    default: return Run::template run<complex128>;
  }
}

template <typename Run> absl::StatusOr<Kernel> make_select(const KernelInit& init) {
  Kernel kernel([run = loop_for<Run>(init.type("T")), node = std::string(init.name())](KernelContext& context) { return run(context, node); });
  kernel.cheap = elementwise_is_cheap(init, 1);
  return kernel;
}

// The gradient goes to whichever was chosen.
Gradients select_gradient(GradientContext& g) {
  const Output condition = g.x(0);
  const Output nothing = zeros_like(g.x(1));
  const Output dt = where(condition, g.dy(), nothing);
  return {Gradient(), dt, where(condition, nothing, g.dy())};
}

// The same, summed where an input was repeated.
Gradients select_v2_gradient(GradientContext& g) {
  const Output condition = g.x(0);
  const Output nothing = convert(Operand(0), &g.graph(), g.dy().dtype(), "zeros");
  const auto reduced = [](const Output& gradient, const Output& shape_x, const Output& shape_z) {
    const Output axes = broadcast_gradient_args(shape_x, shape_z)[0];
    return reshape(reduce_sum(gradient, {.axis = axes, .keepdims = true}), shape_x);
  };
  const Output dt = where_v2(condition, g.dy(), nothing);
  const Output shape_t = shape(g.x(1));
  const Output shape_z = shape(g.y());
  const Output dt_reduced = reduced(dt, shape_t, shape_z);
  const Output de = where_v2(condition, nothing, g.dy());
  return {Gradient(), dt_reduced, reduced(de, shape(g.x(2)), shape_z)};
}

template <typename Run> OpDef select_def(std::string_view name, ShapeFn shape, GradientFn gradient) {
  return {.name = name,
          .inputs = {{"condition", DType::kBool}, {"t", type_attr("T")}, {"e", type_attr("T")}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T")},
          .shape = shape,
          .kernels = {{.make = make_select<Run>}},
          .gradient = std::move(gradient)};
}

}  // namespace

// Select: t where `condition` holds, else e, all of one shape; a scalar condition chooses the whole, a vector rows.
const OpDef& select_op() {
  static const OpDef& op = *new OpDef(select_def<SelectRun>("Select", select_shape, select_gradient));
  return op;
}

// SelectV2: t where `condition` holds, else e, with broadcasting.
const OpDef& select_v2_op() {
  static const OpDef& op = *new OpDef(select_def<SelectV2Run>("SelectV2", select_v2_shape, select_v2_gradient));
  return op;
}

OpList select_ops() { return {&select_op(), &select_v2_op()}; }

Output where(const Operand& condition, const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return OpBuilder(select_op(), name, where).input(condition).input(x).input(y).output();
}

Output where_v2(const Operand& condition, const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return OpBuilder(select_v2_op(), name, where).input(condition).input(x).input(y).output();
}

}  // namespace weft
