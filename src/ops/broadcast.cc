// Broadcasting as ops of its own: BroadcastTo, BroadcastArgs, BroadcastGradientArgs.
#include <vector>

#include "src/ops/math_op.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

// --- BroadcastTo -------------------------------------------------------------------------------------------------------------------

absl::Status broadcast_to_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 1).status());
  WEFT_ASSIGN_OR_RETURN(PartialShape out, c.input_as_shape(1));
  const PartialShape& in = c.input(0);
  if (!out.known_rank() || !in.known_rank()) {
    c.set_output(0, std::move(out));
    return absl::OkStatus();
  }
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_most(in, out.rank()).status());
  for (int i = 0; i < in.rank(); ++i) {
    const int64_t from = in.dim(in.rank() - 1 - i);
    const int64_t to = out.dim(out.rank() - 1 - i);
    if (from > 1) WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(from, to).status());
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

// A shape that an integer vector holds.
absl::StatusOr<Shape> shape_from_vector(const Tensor& vector) {
  if (vector.rank() != 1) return invalid_argument("shape must be a vector of {int32,int64}, got shape ", vector.shape().to_string());
  Dims dims;
  for (int64_t i = 0; i < vector.num_elements(); ++i) {
    dims.push_back(vector.dtype() == DType::kInt32 ? vector.data<int32_t>()[i] : vector.data<int64_t>()[i]);
    if (dims.back() < 0) return invalid_argument("Dimension ", dims.back(), " must be >= 0");
  }
  return Shape::make(dims);
}

// Copies rows: the innermost dimensions that are not repeated are one row.
template <typename T> void repeat_into(const T* in, const Shape& from, const Shape& to, T* out, const KernelContext& context) {
  const int extra = to.rank() - from.rank();
  std::vector<int64_t> strides(static_cast<size_t>(to.rank()), 0);
  int64_t stride = 1;
  for (int i = from.rank() - 1; i >= 0; --i) {
    if (from.dim(i) != 1) strides[static_cast<size_t>(i + extra)] = stride;
    stride *= from.dim(i);
  }
  context.parallel_for(to.num_elements(), tile_items(2), [&](int64_t begin, int64_t end) {
    std::vector<int64_t> index(static_cast<size_t>(to.rank()));
    int64_t source = 0;
    int64_t rest = begin;
    for (int i = to.rank() - 1; i >= 0; --i) {
      index[static_cast<size_t>(i)] = rest % to.dim(i);
      source += index[static_cast<size_t>(i)] * strides[static_cast<size_t>(i)];
      rest /= to.dim(i);
    }
    const int last = to.rank() - 1;
    for (int64_t k = begin; k < end;) {
      const int64_t n = last < 0 ? 1 : std::min(to.dim(last) - index[static_cast<size_t>(last)], end - k);
      if (last >= 0 && strides[static_cast<size_t>(last)] != 0) std::copy(in + source, in + source + n, out + k);
      else std::fill(out + k, out + k + n, in[source]);
      k += n;
      if (last < 0) break;
      source += n * strides[static_cast<size_t>(last)];
      index[static_cast<size_t>(last)] += n;
      for (int i = last; i > 0 && index[static_cast<size_t>(i)] == to.dim(i); --i) {
        source += strides[static_cast<size_t>(i - 1)] - to.dim(i) * strides[static_cast<size_t>(i)];
        index[static_cast<size_t>(i)] = 0;
        ++index[static_cast<size_t>(i - 1)];
      }
    }
  });
}

absl::Status run_broadcast_to(KernelContext& context) {
  const Tensor& in = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const Shape to, shape_from_vector(context.input(1)));
  if (in.shape() == to) {
    context.set_output(0, in);
    return absl::OkStatus();
  }
  if (in.rank() > to.rank()) {
    return invalid_argument("Rank of input (", in.rank(), ") must be no greater than rank of output shape (", to.rank(), ").");
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, to, &out));
  if (to.num_elements() == 0) return absl::OkStatus();  // TensorFlow makes nothing of anything
  const absl::StatusOr<Shape> both = broadcast_shapes(in.shape(), to);
  if (!both.ok() || *both != to) return invalid_argument("Incompatible shapes: ", in.shape().to_string(), " vs. ", to.to_string());
  dispatch<kAllTypes>(in.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    repeat_into(in.data<T>(), in.shape(), to, out->data<T>(), context);
  });
  return absl::OkStatus();
}

// dx: dy summed over the repeated dimensions.
Gradients broadcast_to_gradient(GradientContext& g) {
  const Output shape_x = shape(g.x(0));
  const Output axes = broadcast_gradient_args(g.x(1), shape_x)[1];
  return g.first(reshape(reduce_sum(g.dy(), {.axis = axes, .keepdims = true}), shape_x));
}

// --- BroadcastArgs, BroadcastGradientArgs --------------------------------------------------------------------------------------------

absl::Status vectors_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(0, 1).status());
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 1).status());
  const int64_t a = c.input(0).dim(0);
  const int64_t b = c.input(1).dim(0);
  // A broadcast shape has the higher rank; how many dimensions a gradient sums over only their values tell.
  const bool is_shape = c.num_outputs() == 1;
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, PartialShape::vector(is_shape && a >= 0 && b >= 0 ? std::max(a, b) : kUnknownDim));
  return absl::OkStatus();
}

// The two shapes, filled up with 1 on the left to one rank.
template <typename T> struct ShapePair { std::vector<T> x, y; };

template <typename T> absl::StatusOr<ShapePair<T>> aligned_shapes(KernelContext& context) {
  for (int i = 0; i < 2; ++i) {
    if (context.input(i).rank() != 1) return invalid_argument("In[", i, "] must be a vector.", context.input(i).shape().to_string());
  }
  ShapePair<T> pair{context.input(0).to_vector<T>(), context.input(1).to_vector<T>()};
  const size_t rank = std::max(pair.x.size(), pair.y.size());
  const std::string message = str_cat("Incompatible shapes: ", Shape(Dims(pair.x.begin(), pair.x.end())).to_string(), " vs. ",
                                      Shape(Dims(pair.y.begin(), pair.y.end())).to_string());
  pair.x.insert(pair.x.begin(), rank - pair.x.size(), T(1));
  pair.y.insert(pair.y.begin(), rank - pair.y.size(), T(1));
  for (size_t i = 0; i < rank; ++i) {
    if (pair.x[i] != pair.y[i] && pair.x[i] != 1 && pair.y[i] != 1) return invalid_argument(message);
  }
  return pair;
}

template <typename T> absl::Status set_vector(KernelContext& context, int output, const std::vector<T>& values) {
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(output, Shape{static_cast<int64_t>(values.size())}, &out));
  std::copy(values.begin(), values.end(), out->data<T>());
  return absl::OkStatus();
}

template <typename T> absl::Status run_broadcast_args(KernelContext& context) {
  WEFT_ASSIGN_OR_RETURN(const ShapePair<T> shapes, aligned_shapes<T>(context));
  std::vector<T> result(shapes.x);
  for (size_t i = 0; i < result.size(); ++i)
    if (result[i] == 1) result[i] = shapes.y[i];
  return set_vector(context, 0, result);
}

// A dimension is summed over where the operand has 1 and the result more, and, unless the shapes are equal, where both have 1.
template <typename T> absl::Status run_broadcast_gradient_args(KernelContext& context) {
  std::vector<T> axes_x, axes_y;
  WEFT_ASSIGN_OR_RETURN(const ShapePair<T> shapes, aligned_shapes<T>(context));
  const bool equal_shapes = context.input(0).num_elements() == context.input(1).num_elements() && shapes.x == shapes.y;
  for (size_t i = 0; !equal_shapes && i < shapes.x.size(); ++i) {
    if (shapes.x[i] == 1) axes_x.push_back(static_cast<T>(i));
    if (shapes.y[i] == 1) axes_y.push_back(static_cast<T>(i));
  }
  WEFT_RETURN_IF_ERROR(set_vector(context, 0, axes_x));
  return set_vector(context, 1, axes_y);
}

template <absl::Status (*Run32)(KernelContext&), absl::Status (*Run64)(KernelContext&)> KernelTable index_kernels() {
  return {{.constraints = {{"T", DType::kInt32}}, .make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel::inline_kernel(Run32); }},
          {.constraints = {{"T", DType::kInt64}}, .make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel::inline_kernel(Run64); }}};
}

}  // namespace

// BroadcastTo: the input repeated along dimensions of size 1, and along new ones on the left, to a given shape.
const OpDef& broadcast_to_op() {
  static const OpDef& op = *new OpDef{.name = "BroadcastTo",
                                      .inputs = {{"input", type_attr("T")}, {"shape", type_attr("Tidx")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
                                      .shape = broadcast_to_shape,
                                      .kernels = {{.make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(run_broadcast_to); }}},
                                      .gradient = broadcast_to_gradient};
  return op;
}

// BroadcastArgs: the shape that tensors of shapes s0 and s1 broadcast to.
const OpDef& broadcast_args_op() {
  static const OpDef& op = *new OpDef{.name = "BroadcastArgs",
                                      .inputs = {{"s0", type_attr("T")}, {"s1", type_attr("T")}},
                                      .outputs = {{"r0", type_attr("T")}},
                                      .attrs = {type_attribute("T", kIndexTypes, DType::kInt32)},
                                      .shape = vectors_shape,
                                      .kernels = index_kernels<run_broadcast_args<int32_t>, run_broadcast_args<int64_t>>(),
                                      .gradient = NoGradientDefined{}};
  return op;
}

// BroadcastGradientArgs: for operands of shapes s0 and s1, the dimensions that each one's gradient sums over.
const OpDef& broadcast_gradient_args_op() {
  static const OpDef& op = *new OpDef{.name = "BroadcastGradientArgs",
                                      .inputs = {{"s0", type_attr("T")}, {"s1", type_attr("T")}},
                                      .outputs = {{"r0", type_attr("T")}, {"r1", type_attr("T")}},
                                      .attrs = {type_attribute("T", kIndexTypes, DType::kInt32)},
                                      .shape = vectors_shape,
                                      .kernels = index_kernels<run_broadcast_gradient_args<int32_t>, run_broadcast_gradient_args<int64_t>>(),
                                      .gradient = NotDifferentiable{"shapes are integers"}};
  return op;
}

OpList broadcast_ops() { return {&broadcast_to_op(), &broadcast_args_op(), &broadcast_gradient_args_op()}; }

Output broadcast_to(const Operand& input, const Operand& shape, std::string_view name, Loc where) {
  return build_binary(broadcast_to_op(), input, shape, name, where);
}

Output broadcast_dynamic_shape(const Operand& shape_x, const Operand& shape_y, std::string_view name, Loc where) {
  return build_binary(broadcast_args_op(), shape_x, shape_y, name, where);
}

std::vector<Output> broadcast_gradient_args(const Operand& s0, const Operand& s1, std::string_view name, Loc where) {
  return OpBuilder(broadcast_gradient_args_op(), name, where).input(s0).input(s1).outputs();
}

std::vector<Output> broadcast_gradient_args(Graph& graph, const Operand& s0, const Operand& s1, Loc where) {
  return OpBuilder(graph, broadcast_gradient_args_op(), "", where).input(s0).input(s1).outputs();
}

}  // namespace weft
