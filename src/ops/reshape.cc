// The same elements in another shape: Reshape, ExpandDims, Squeeze. Their outputs share the input's memory.
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

// The dimensions that are known, multiplied; `unknown` is the one that is not (-1: none, -2: several).
struct Extent {
  int64_t elements = 1;
  int unknown = -1;
};
Extent extent(const PartialShape& shape) {
  Extent e;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape.known_dim(i)) {
      if (__builtin_mul_overflow(e.elements, shape.dim(i), &e.elements)) e.elements = Shape::kTooManyElements;
    } else {
      e.unknown = e.unknown == -1 ? i : -2;
    }
  }
  return e;
}

absl::Status check_divides(int64_t elements, int64_t by) {
  if (elements % by == 0) return absl::OkStatus();
  return invalid_argument("Dimension size must be evenly divisible by ", by, " but is ", elements);
}

absl::Status reshape_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape out, c.input_as_shape(1));
  const PartialShape& in = c.input(0);
  if (out.known_rank() && in.known_rank()) {
    const Extent to = extent(out);
    const Extent from = extent(in);
    if (to.unknown == -1 && from.unknown == -1) {
      if (to.elements != from.elements) {
        return invalid_argument("Cannot reshape a tensor with ", from.elements, " elements to shape ", out.to_string(), " (", to.elements,
                                " elements)");
      }
    } else if (to.unknown >= 0 && from.unknown == -1 && to.elements > 0) {
      WEFT_RETURN_IF_ERROR(check_divides(from.elements, to.elements));
      out.set_dim(to.unknown, from.elements / to.elements);
    } else if (to.unknown == -1 && from.unknown >= 0 && from.elements > 0) {
      WEFT_RETURN_IF_ERROR(check_divides(to.elements, from.elements));
    }
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

// The shape that `sizes` asks for, -1 replaced by what remains of x. Where sizes of 0 are asked for, dimensions of 0 count for 1 on both
// sides: an empty tensor reshaped to [-1, 0] becomes [1, 0], as in TensorFlow.
absl::StatusOr<Shape> requested_shape(const Tensor& sizes, const Shape& x) {
  if (sizes.rank() != 1) return invalid_argument("sizes input must be 1-D, not ", sizes.shape().to_string());
  Dims dims = index_values(sizes);
  int unknown = -1;
  bool asks_for_zero = false;
  int64_t product = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == -1) {
      if (unknown != -1) return invalid_argument("Only one input size may be -1, not both ", unknown, " and ", i);
      unknown = static_cast<int>(i);
    } else if (dims[i] < 0) {
      return invalid_argument("Size ", i, " must be non-negative, not ", dims[i]);
    } else if (dims[i] == 0) {
      asks_for_zero = true;
    } else if (__builtin_mul_overflow(product, dims[i], &product)) {
      return invalid_argument("the requested shape has too many elements");
    }
  }
  if (unknown != -1) {
    int64_t elements = 1;
    bool left_out = false;
    for (const int64_t dim : x.dims()) {
      if (dim > 0 || !asks_for_zero) elements *= dim;
      else left_out = true;
    }
    if (!left_out && elements % product != 0) {
      return invalid_argument("Input to reshape is a tensor with ", elements, " values, but the requested shape requires a multiple of ", product);
    }
    dims[static_cast<size_t>(unknown)] = elements / product;
  }
  WEFT_ASSIGN_OR_RETURN(Shape shape, Shape::make(dims));
  if (shape.num_elements() != x.num_elements()) {
    return invalid_argument("Input to reshape is a tensor with ", x.num_elements(), " values, but the requested shape has ", shape.num_elements());
  }
  return shape;
}

absl::StatusOr<Kernel> make_reshape(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    const Tensor& tensor = context.input(0);
    WEFT_ASSIGN_OR_RETURN(const Shape shape, requested_shape(context.input(1), tensor.shape()));
    context.set_output(0, tensor.reshaped(shape));
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_expand_dims(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    const Tensor& tensor = context.input(0);
    const Dims axis = index_values(context.input(1));
    if (axis.size() != 1) return invalid_argument("'dim' must be a tensor with a single value");
    if (axis[0] < -tensor.rank() - 1 || axis[0] > tensor.rank()) {
      return invalid_argument("Tried to expand dim index ", axis[0], " for tensor with ", tensor.rank(), " dimensions.");
    }
    Shape shape = tensor.shape();
    shape.insert_dim(static_cast<int>(axis[0] < 0 ? axis[0] + tensor.rank() + 1 : axis[0]), 1);
    context.set_output(0, tensor.reshaped(shape));
    return absl::OkStatus();
  });
}

absl::Status expand_dims_shape(ShapeContext& c) {
  const Tensor* dim = c.constant_input(1);
  if (dim != nullptr && dim->num_elements() != 1) return invalid_argument("'dim' input must be a tensor with a single value");
  const std::optional<int64_t> axis = c.constant_scalar(1);
  const PartialShape& in = c.input(0);
  if (!axis.has_value() || !in.known_rank()) {
    c.set_output(0, PartialShape());
    return absl::OkStatus();
  }
  const int rank = in.rank();
  if (*axis < -rank - 1 || *axis > rank) return invalid_argument("dim ", *axis, " not in the interval [", -rank - 1, ", ", rank, "].");
  Dims dims(in.dims().begin(), in.dims().end());
  dims.insert(dims.begin() + (*axis < 0 ? *axis + rank + 1 : *axis), 1);
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

// Which dimensions Squeeze drops. `axes` empty: each that is 1.
absl::StatusOr<absl::InlinedVector<bool, 8>> squeezed(const std::vector<int64_t>& axes, absl::Span<const int64_t> dims) {
  const auto rank = static_cast<int64_t>(dims.size());
  absl::InlinedVector<bool, 8> drop(dims.size(), false);
  for (size_t i = 0; i < dims.size(); ++i) drop[i] = axes.empty() && dims[i] == 1;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < -rank || axes[i] >= rank) return invalid_argument("squeeze_dims[", i, "] not in [", -rank, ",", rank, ").");
    const int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    const int64_t dim = dims[static_cast<size_t>(axis)];
    if (dim >= 0 && dim != 1) return invalid_argument("Can not squeeze dim[", axis, "], expected a dimension of 1, got ", dim);
    drop[static_cast<size_t>(axis)] = true;
  }
  return drop;
}

absl::StatusOr<Kernel> make_squeeze(const KernelInit& init) {
  return Kernel::inline_kernel([axes = init.get<std::vector<int64_t>>("squeeze_dims")](KernelContext& context) -> absl::Status {
    const Tensor& tensor = context.input(0);
    WEFT_ASSIGN_OR_RETURN(const auto drop, squeezed(axes, tensor.shape().dims()));
    Shape shape;
    for (int i = 0; i < tensor.rank(); ++i) {
      if (!drop[static_cast<size_t>(i)]) shape.add_dim(tensor.dim(i));
    }
    context.set_output(0, tensor.reshaped(shape));
    return absl::OkStatus();
  });
}

absl::Status squeeze_shape(ShapeContext& c) {
  const PartialShape& in = c.input(0);
  const auto axes = c.get<std::vector<int64_t>>("squeeze_dims");
  const bool open = axes.empty() && !in.fully_defined();  // an unknown dimension may be 1
  if (!in.known_rank() || open) {
    c.set_output(0, PartialShape());
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(const auto drop, squeezed(axes, in.dims()));
  PartialShape out = PartialShape::scalar();
  for (int i = 0; i < in.rank(); ++i) {
    if (!drop[static_cast<size_t>(i)]) out.add_dim(in.dim(i));
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

// dx = dy in the shape of x.
Gradients reshape_back(GradientContext& g) {
  const Output x_shape = shape(g.x());
  return g.first(reshape(g.dy(), x_shape));
}

// Reshape: the elements in row-major order in another shape; one size may be -1.
const OpDef& reshape_op() {
  static const OpDef& op = *new OpDef{.name = "Reshape",
                                      .inputs = {{"tensor", type_attr("T")}, {"shape", type_attr("Tshape")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tshape", kIndexTypes, DType::kInt32)},
                                      .shape = reshape_shape,
                                      .kernels = {{.make = make_reshape}},
                                      .gradient = reshape_back};
  return op;
}

// ExpandDims: a new dimension of size 1 before dimension `dim`.
const OpDef& expand_dims_op() {
  static const OpDef& op = *new OpDef{.name = "ExpandDims",
                                      .inputs = {{"input", type_attr("T")}, {"dim", type_attr("Tdim")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tdim", kIndexTypes, DType::kInt32)},
                                      .shape = expand_dims_shape,
                                      .kernels = {{.make = make_expand_dims}},
                                      .gradient = reshape_back};
  return op;
}

// Squeeze: without the dimensions of size 1, or those of them that are named.
const OpDef& squeeze_op() {
  static const OpDef& op = *new OpDef{
      .name = "Squeeze",
      .inputs = {{"input", type_attr("T")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {type_attribute("T"), {.name = "squeeze_dims", .type = AttrType::kListInt, .default_value = std::vector<int64_t>(), .minimum = 0}},
      .shape = squeeze_shape,
      .kernels = {{.make = make_squeeze}},
      .gradient = reshape_back};
  return op;
}

}  // namespace

OpList reshape_ops() { return {&reshape_op(), &expand_dims_op(), &squeeze_op()}; }

Output reshape(const Operand& tensor, const Operand& shape, std::string_view name, Loc where) {
  return OpBuilder(reshape_op(), name, where).input(tensor).input(shape).output();
}

Output expand_dims(const Operand& input, const Operand& axis, std::string_view name, Loc where) {
  return OpBuilder(expand_dims_op(), name, where).input(input).input(axis).output();
}

Output squeeze(const Operand& input, SqueezeOptions options, Loc where) {
  return OpBuilder(squeeze_op(), options.name, where).input(input).attr("squeeze_dims", std::move(options.axis)).output();
}

}  // namespace weft
