#include "weft/ops/constant.h"

#include "src/ops/op_lists.h"

namespace weft {

namespace {

absl::Status const_shape(ShapeContext& c) {
  const Tensor* value = c.attrs().get_if<Tensor>("value");
  if (value == nullptr || !value->valid()) return invalid_argument("Const without a value");
  if (value->dtype() != c.get<DType>("dtype")) {
    return invalid_argument("Const has dtype ", dtype_name(c.get<DType>("dtype")), " but its value is ", dtype_name(value->dtype()));
  }
  c.set_output(0, value->shape());
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_const(const KernelInit& init) {
  return Kernel::inline_kernel([value = init.get<Tensor>("value")](KernelContext& context) -> absl::Status {
    context.set_output(0, value);
    return absl::OkStatus();
  });
}

// One element repeated to fill `shape`.
absl::StatusOr<Tensor> repeated(const Tensor& value, const Shape& shape) {
  WEFT_ASSIGN_OR_RETURN(Tensor filled, Tensor::make(value.dtype(), shape));
  dispatch<kAllTypes>(value.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (T& element : filled.flat<T>()) element = value.data<T>()[0];
  });
  return filled;
}

absl::StatusOr<Tensor> with_shape(Tensor value, const PartialShape& declared) {
  if (!declared.fully_defined()) return invalid_argument("the shape of a constant must be known, got ", declared.to_string());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(declared.dims()));
  if (value.num_elements() == shape.num_elements()) return value.reshaped(shape);
  if (value.num_elements() == 1) return repeated(value, shape);
  return invalid_argument("cannot make a constant of shape ", shape.to_string(), " from ", value.num_elements(), " values");
}

}  // namespace

// Const: the tensor in attribute `value`.
const OpDef& const_op() {
  static const OpDef& op = *new OpDef{.name = "Const",
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {attribute("value", AttrType::kTensor), type_attribute("dtype")},
                                      .shape = const_shape,
                                      .kernels = {{.make = make_const}},
                                      .gradient = NotDifferentiable{"a constant depends on nothing"}};
  return op;
}

OpList constant_ops() { return {&const_op()}; }

Output constant(Graph& graph, Tensor value, ConstantOptions options, Loc where) {
  if (!value.valid()) {
    graph.add_error(invalid_argument("constant '", options.name,
                                     "': the tensor is invalid (values that do not fit the shape, rows of unequal length, or no memory)"),
                    where);
    return Output::failed(&graph);
  }
  if (options.dtype != DType::kInvalid && options.dtype != value.dtype()) {
    absl::StatusOr<Tensor> converted = convert_literal(Literal{std::move(value), true}, options.dtype);
    if (!converted.ok()) {
      graph.add_error(converted.status(), where);
      return Output::failed(&graph);
    }
    value = *std::move(converted);
  }
  if (options.shape.known()) {
    absl::StatusOr<Tensor> shaped = with_shape(std::move(value), options.shape.get());
    if (!shaped.ok()) {
      graph.add_error(shaped.status(), where);
      return Output::failed(&graph);
    }
    value = *std::move(shaped);
  }
  const DType dtype = value.dtype();
  return OpBuilder(graph, const_op(), options.name, where).attr("dtype", dtype).attr("value", std::move(value)).output();
}

Output constant(Graph& graph, const Operand& value, ConstantOptions options, Loc where) {
  const Literal* literal = value.literal();
  if (literal == nullptr) {
    const Output converted = convert(value, &graph, options.dtype, options.name, where);
    if (converted || converted.failed()) return converted;
    graph.add_error(invalid_argument("the value of constant '", options.name, "' is an empty Output: it was never assigned"), where);
    return Output::failed(&graph);
  }
  return constant(graph, literal->tensor, std::move(options), where);
}

}  // namespace weft
