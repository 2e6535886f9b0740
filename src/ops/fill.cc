// Tensors of one value: Fill, ZerosLike, OnesLike, and the builders zeros, ones, zeros_like, ones_like.
#include <algorithm>

#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/storage.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

constexpr int64_t kLargestConstant = 1000;  // zeros and ones of as many elements are a Fill, so that files stay small

template <typename T> void fill_elements(const KernelContext& context, Tensor& out, const T& value) {
  T* elements = out.data<T>();
  context.parallel_for(out.num_elements(), tile_items(1), [&](int64_t begin, int64_t end) { std::fill(elements + begin, elements + end, value); });
}

absl::StatusOr<Kernel> make_fill(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& dims = context.input(0);
    const Tensor& value = context.input(1);
    if (dims.rank() != 1) return invalid_argument("dims must be a vector, got shape ", dims.shape().to_string());
    if (value.rank() != 0) return invalid_argument("value must be a scalar, got shape ", value.shape().to_string());
    WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(index_values(dims)));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    dispatch_storage(value.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      fill_elements<T>(context, *out, value.data<T>()[0]);
    });
    return absl::OkStatus();
  });
}

absl::Status fill_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(0, 1).status());
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 0).status());
  if (const auto dims = c.constant_vector(0); dims.has_value() && std::any_of(dims->begin(), dims->end(), [](int64_t d) { return d < 0; })) {
    return invalid_argument("Fill dimensions must be >= 0");
  }
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_as_shape(0));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

template <typename T> T one_of_type() {
  if constexpr (is_complex(dtype_of<T>)) return T(1);
  else if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) return T(1.0f);
  else return static_cast<T>(1);
}

constexpr DTypeSet kOnesTypes =
    kFloatTypes | kComplexTypes | DTypeSet{DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16, DType::kInt32, DType::kInt64, DType::kBool};
constexpr DTypeSet kZerosTypes = kAllTypes - DTypeSet{DType::kResource, DType::kVariant};

absl::StatusOr<Kernel> make_zeros_like(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, context.input(0).shape(), &out));
    dispatch_storage(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      fill_elements<T>(context, *out, T());
    });
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_ones_like(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, context.input(0).shape(), &out));
    dispatch<kOnesTypes>(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      fill_elements<T>(context, *out, one_of_type<T>());
    });
    return absl::OkStatus();
  });
}

// Fill: y[…] = value, of shape `dims`.
const OpDef& fill_op() {
  static const OpDef& op = *new OpDef{.name = "Fill",
                                      .inputs = {{"dims", type_attr("index_type")}, {"value", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("index_type", kIndexTypes, DType::kInt32)},
                                      .shape = fill_shape,
                                      .kernels = {{.make = make_fill}},
                                      .gradient = [](GradientContext& g) { return g.two(Gradient(), reduce_sum(g.dy())); }};
  return op;
}

// ZerosLike: zeros (false, "") in the shape of x.
const OpDef& zeros_like_op() {
  static const OpDef& op = *new OpDef{.name = "ZerosLike",
                                      .inputs = {{"x", type_attr("T")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T")},
                                      .shape = unchanged_shape,
                                      .kernels = {{.constraints = {{"T", kZerosTypes}}, .make = make_zeros_like}},
                                      .gradient = NotDifferentiable{"zeros do not change with the values"}};
  return op;
}

// OnesLike: ones (true) in the shape of x.
const OpDef& ones_like_op() {
  static const OpDef& op = *new OpDef{.name = "OnesLike",
                                      .inputs = {{"x", type_attr("T")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T", kOnesTypes)},
                                      .shape = unchanged_shape,
                                      .kernels = {{.make = make_ones_like}},
                                      .gradient = NotDifferentiable{"ones do not change with the values"}};
  return op;
}

enum class Filler { kZero, kOne };

// The filler as a scalar of `dtype`.
absl::StatusOr<Tensor> filler_scalar(Filler filler, DType dtype) {
  if (filler == Filler::kZero) {
    if (!kZerosTypes.contains(dtype)) return invalid_argument("there is no zero of dtype ", dtype_name(dtype));
    return Tensor::zeros(dtype, Shape{});
  }
  Tensor one(dtype, Shape{});
  const bool known = dispatch<kOnesTypes | kIntTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    one.data<T>()[0] = one_of_type<T>();
  });
  if (!known) return invalid_argument("there is no one of dtype ", dtype_name(dtype));
  return one;
}

// Named as the scope of `here`.
Output filled(const Composite& here, Filler filler, const Output& dims, DType dtype, Loc where) {
  absl::StatusOr<Tensor> scalar = filler_scalar(filler, dtype);
  if (!scalar.ok()) return here.error(scalar.status(), where);
  Output vector = dims;
  if (dims.shape().rank() <= 0) vector = reshape(dims, {-1}, "", where);  // a scalar is the shape of a vector
  const Output value = constant(here.graph(), *std::move(scalar), {}, where);
  return fill(vector, value, here.name(), where);
}

Output filled(const Composite& here, Filler filler, const Shape& dims, DType dtype, Loc where) {
  Graph& graph = here.graph();
  absl::StatusOr<Tensor> scalar = filler_scalar(filler, dtype);
  if (!scalar.ok()) return here.error(scalar.status(), where);
  if (const absl::Status valid = Shape::make(dims.dims()).status(); !valid.ok()) return here.error(valid, where);
  if (dims.num_elements() < kLargestConstant) return constant(graph, *std::move(scalar), {.shape = dims, .name = here.name()}, where);
  const std::vector<int64_t> sizes(dims.dims().begin(), dims.dims().end());
  const Output vector = constant(graph, Operand(sizes, where), {.name = "shape_as_tensor"}, where);
  return filled(here, filler, vector, dtype, where);
}

Output filled(Graph& graph, Filler filler, const Shape& dims, const FilledOptions& options, Loc where) {
  const Composite here(graph, name_or(options.name, filler == Filler::kZero ? "zeros" : "ones"), where);
  return filled(here, filler, dims, options.dtype == DType::kInvalid ? DType::kFloat32 : options.dtype, where);
}

Output filled(Filler filler, const Output& dims, const FilledOptions& options, Loc where) {
  if (!dims) return dims;
  const Composite here(*dims.graph(), name_or(options.name, filler == Filler::kZero ? "zeros" : "ones"), where);
  return filled(here, filler, dims, options.dtype == DType::kInvalid ? DType::kFloat32 : options.dtype, where);
}

}  // namespace

OpList fill_ops() { return {&fill_op(), &zeros_like_op(), &ones_like_op()}; }

Output fill(const Operand& dims, const Operand& value, std::string_view name, Loc where) {
  return OpBuilder(fill_op(), name, where).input(dims).input(value).output();
}

Output fill(Graph& graph, const Operand& dims, const Operand& value, std::string_view name, Loc where) {
  return OpBuilder(graph, fill_op(), name, where).input(dims).input(value).output();
}

Output zeros(Graph& graph, const Shape& dims, FilledOptions options, Loc where) { return filled(graph, Filler::kZero, dims, options, where); }
Output ones(Graph& graph, const Shape& dims, FilledOptions options, Loc where) { return filled(graph, Filler::kOne, dims, options, where); }
Output zeros(const Output& dims, FilledOptions options, Loc where) { return filled(Filler::kZero, dims, options, where); }
Output ones(const Output& dims, FilledOptions options, Loc where) { return filled(Filler::kOne, dims, options, where); }

Output zeros_like(const Operand& tensor, FilledOptions options, Loc where) {
  Graph* graph = tensor.graph();
  if (graph == nullptr || tensor.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "zeros_like"), where);
  const Output like = convert(tensor, graph);
  if (!like) return Output::failed(graph);
  const DType dtype = options.dtype == DType::kInvalid ? base_dtype(like.dtype()) : options.dtype;
  if (options.optimize && like.shape().fully_defined() && like.dtype() != DType::kVariant) {
    return filled(here, Filler::kZero, like.shape().to_shape(), dtype, where);
  }
  if (dtype == base_dtype(like.dtype())) return OpBuilder(zeros_like_op(), here.name(), where).input(like).output();
  return filled(here, Filler::kZero, shape(like, {.optimize = options.optimize}, where), dtype, where);
}

Output ones_like(const Operand& tensor, FilledOptions options, Loc where) {
  Graph* graph = tensor.graph();
  if (graph == nullptr || tensor.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "ones_like"), where);
  const Output like = convert(tensor, graph);
  if (!like) return Output::failed(graph);
  const DType dtype = options.dtype == DType::kInvalid ? base_dtype(like.dtype()) : options.dtype;
  Output ones = filled(here, Filler::kOne, shape(like, {.optimize = options.optimize}, where), dtype, where);
  if (ones) ones.set_shape(like.shape(), where);
  return ones;
}

}  // namespace weft
