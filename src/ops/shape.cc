// Shapes as values: Shape, ShapeN, Size, Rank. They depend on their input's shape only, so where it is known the builders make
// constants of them.
#include <algorithm>
#include <limits>

#include "src/ops/bare_ops.h"
#include "src/ops/composite.h"
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"

namespace weft {

namespace {

// `n` as a scalar of `dtype`, int32 or int64.
absl::StatusOr<Tensor> index_scalar(DType dtype, int64_t n) {
  if (dtype == DType::kInt64) return Tensor::scalar_of<int64_t>(n);
  if (n > std::numeric_limits<int32_t>::max()) {
    return invalid_argument("Number of elements was larger than representable by 32-bit output type: ", n);
  }
  return Tensor::scalar_of<int32_t>(static_cast<int32_t>(n));
}

absl::StatusOr<Tensor> shape_vector(DType dtype, absl::Span<const int64_t> dims) {
  WEFT_ASSIGN_OR_RETURN(Tensor vector, Tensor::make(dtype, Shape{static_cast<int64_t>(dims.size())}));
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dtype == DType::kInt64) {
      vector.data<int64_t>()[i] = dims[i];
    } else if (dims[i] > std::numeric_limits<int32_t>::max()) {
      return invalid_argument("Shape output type is 32-bit  but dim ", i, " is ", dims[i]);
    } else {
      vector.data<int32_t>()[i] = static_cast<int32_t>(dims[i]);
    }
  }
  return vector;
}

absl::StatusOr<Kernel> make_shape_n(const KernelInit& init) {
  return Kernel::inline_kernel([dtype = init.type("out_type")](KernelContext& context) -> absl::Status {
    for (int i = 0; i < context.num_inputs(); ++i) {
      WEFT_ASSIGN_OR_RETURN(Tensor vector, shape_vector(dtype, context.input(i).shape().dims()));
      context.set_output(i, std::move(vector));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_size(const KernelInit& init) {
  return Kernel::inline_kernel([dtype = init.type("out_type")](KernelContext& context) -> absl::Status {
    WEFT_ASSIGN_OR_RETURN(Tensor count, index_scalar(dtype, context.input(0).num_elements()));
    context.set_output(0, std::move(count));
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_rank(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    context.set_output(0, Tensor::scalar_of<int32_t>(context.input(0).rank()));
    return absl::OkStatus();
  });
}

absl::Status shape_n_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) c.set_output(i, PartialShape::vector(c.input(i).rank()));
  return absl::OkStatus();
}

absl::StatusOr<PartialShape> input_shape(const Node& node, int output) { return node.input(output).shape(); }

// Shape: the dimensions of the input, as a vector.
const OpDef& shape_op() {
  static const OpDef& op = *new OpDef{.name = "Shape",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("out_type")}},
                                      .attrs = {type_attribute("T"), type_attribute("out_type", kIndexTypes, DType::kInt32)},
                                      .shape = shape_n_shape,
                                      .partial_value = input_shape,
                                      .kernels = {{.make = make_shape_n}},
                                      .gradient = NotDifferentiable{"a shape does not change with the values"}};
  return op;
}

// ShapeN: Shape of each input.
const OpDef& shape_n_op() {
  static const OpDef& op =
      *new OpDef{.name = "ShapeN",
                 .inputs = {{"input", list_of("N", type_attr("T"))}},
                 .outputs = {{"output", list_of("N", type_attr("out_type"))}},
                 .attrs = {int_attribute("N", {}, 1), type_attribute("T"), type_attribute("out_type", kIndexTypes, DType::kInt32)},
                 .shape = shape_n_shape,
                 .partial_value = input_shape,
                 .kernels = {{.make = make_shape_n}},
                 .gradient = NotDifferentiable{"a shape does not change with the values"}};
  return op;
}

// Size: the number of elements.
const OpDef& size_op() {
  static const OpDef& op = *new OpDef{.name = "Size",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("out_type")}},
                                      .attrs = {type_attribute("T"), type_attribute("out_type", kIndexTypes, DType::kInt32)},
                                      .shape = scalar_shape,
                                      .kernels = {{.make = make_size}},
                                      .gradient = NotDifferentiable{"a size does not change with the values"}};
  return op;
}

// Rank: the number of dimensions.
const OpDef& rank_op() {
  static const OpDef& op = *new OpDef{.name = "Rank",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", DType::kInt32}},
                                      .attrs = {type_attribute("T")},
                                      .shape = scalar_shape,
                                      .kernels = {{.make = make_rank}},
                                      .gradient = NotDifferentiable{"a rank does not change with the values"}};
  return op;
}

}  // namespace

OpList shape_ops() { return {&shape_op(), &shape_n_op(), &size_op(), &rank_op()}; }

Output shape(const Operand& input, ShapeOptions options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "Shape"), where);
  const Output value = convert(input, graph);
  if (!value) return Output::failed(graph);
  if (!options.optimize || !value.shape().fully_defined()) {
    return OpBuilder(shape_op(), here.name(), where).input(value).attr("out_type", options.out_type).output();
  }
  absl::StatusOr<Tensor> known = shape_vector(options.out_type, value.shape().dims());
  if (!known.ok()) return here.error(known.status(), where);
  return constant(*graph, *std::move(known), {.name = here.name()}, where);
}

std::vector<Output> shape_n(absl::Span<const Output> inputs, ShapeOptions options, Loc where) {
  return OpBuilder(shape_n_op(), options.name, where).input_list(inputs).attr("out_type", options.out_type).outputs();
}

Output size(const Operand& input, ShapeOptions options, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "Size"), where);
  const Output value = convert(input, graph);
  if (!value) return Output::failed(graph);
  const absl::Span<const int64_t> dims = value.shape().dims();
  const bool has_zero = std::find(dims.begin(), dims.end(), 0) != dims.end();
  if (!options.optimize || (!value.shape().fully_defined() && !has_zero)) {
    return OpBuilder(size_op(), here.name(), where).input(value).attr("out_type", options.out_type).output();
  }
  absl::StatusOr<Tensor> known = index_scalar(options.out_type, has_zero ? 0 : value.shape().num_elements());
  if (!known.ok()) return here.error(known.status(), where);
  return constant(*graph, *std::move(known), {.name = here.name()}, where);
}

Output bare_rank(const Output& input, Loc where) { return OpBuilder(rank_op(), "", where).input(input).output(); }

Output rank(const Operand& input, std::string_view name, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(name, "Rank"), where);
  const Output value = convert(input, graph);
  if (!value) return Output::failed(graph);
  if (value.shape().known_rank()) return constant(*graph, Tensor::scalar_of<int32_t>(value.shape().rank()), {.name = here.name()}, where);
  return OpBuilder(rank_op(), here.name(), where).input(value).output();
}

}  // namespace weft
