// Pack (stack) and Unpack (unstack): tensors of one shape along a new dimension, and back.
#include <algorithm>

#include "src/ops/composite.h"
#include "src/ops/op_lists.h"
#include "src/ops/pieces.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"

namespace weft {

namespace {

absl::Status pack(KernelContext& context, int64_t axis_attr) {
  const Shape& each = context.input(0).shape();
  const int64_t rank = each.rank() + 1;
  if (axis_attr < -rank || axis_attr >= rank) return invalid_argument("axis = ", axis_attr, " not in [", -rank, ", ", rank, ")");
  const auto axis = static_cast<size_t>(axis_attr < 0 ? axis_attr + rank : axis_attr);
  absl::InlinedVector<Piece, 8> pieces;
  const int64_t row_elements = product(each.dims().subspan(axis));
  for (int i = 0; i < context.num_inputs(); ++i) {
    const Tensor& value = context.input(i);
    if (!(value.shape() == each)) {
      return invalid_argument("Shapes of all inputs must match: values[0].shape = ", each.to_string(), " != values[", i,
                              "].shape = ", value.shape().to_string());
    }
    pieces.push_back({const_cast<void*>(value.raw_data()), row_elements});
  }
  Dims dims(each.dims().begin(), each.dims().end());
  dims.insert(dims.begin() + static_cast<ptrdiff_t>(axis), context.num_inputs());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  if (context.num_inputs() == 1) {
    context.set_output(0, context.input(0).reshaped(shape));
    return absl::OkStatus();
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  join_pieces(context, out->dtype(), product(each.dims().first(axis)), pieces, out->raw_data());
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_pack(const KernelInit& init) {
  return Kernel([axis = init.get<int64_t>("axis")](KernelContext& context) { return pack(context, axis); });
}

absl::StatusOr<int> pack_axis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return invalid_argument("Invalid axis: ", axis, "; must be in [", -rank, ",", rank, ")");
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

absl::Status pack_shape(ShapeContext& c) {
  PartialShape each = c.input(c.num_inputs() - 1);
  for (int i = c.num_inputs() - 2; i >= 0; --i) {
    absl::StatusOr<PartialShape> merged = c.input(i).merge(each);
    if (!merged.ok()) return invalid_argument(message(merged.status()), "\n\tFrom merging shape ", i, " with other shapes.");
    each = *std::move(merged);
  }
  if (!each.known_rank()) {
    c.set_output(0, PartialShape());
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(const int axis, pack_axis(c.get<int64_t>("axis"), each.rank() + 1));
  Dims dims(each.dims().begin(), each.dims().end());
  dims.insert(dims.begin() + axis, c.num_inputs());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

// Scalars packed into a shape; those that are not constant are unknown dimensions.
absl::StatusOr<PartialShape> pack_value(const Node& node, int) {
  if (node.num_inputs() > kMaxRank) return PartialShape();
  PartialShape packed = PartialShape::scalar();
  for (const Output& value : node.inputs()) {
    if (value.shape().rank() != 0) return PartialShape();
    const Tensor* constant = constant_value(value);
    int64_t dim = kUnknownDim;
    if (constant != nullptr) dim = constant->holds<int32_t>() ? constant->scalar<int32_t>() : constant->scalar<int64_t>();
    if (dim < -1) return invalid_argument("Invalid value in tensor used for shape: ", dim);
    packed.add_dim(dim);
  }
  return packed;
}

absl::Status unpack(KernelContext& context, int64_t axis_attr) {
  const Tensor& value = context.input(0);
  const int64_t rank = value.rank();
  if (axis_attr < -rank || axis_attr >= rank) return invalid_argument("axis = ", axis_attr, " not in [", -rank, ", ", rank, ")");
  const auto axis = static_cast<size_t>(axis_attr < 0 ? axis_attr + rank : axis_attr);
  const int num = context.num_outputs();
  if (value.dim(static_cast<int>(axis)) != num) {
    return invalid_argument("Input shape axis ", axis, " must equal ", num, ", got shape ", value.shape().to_string());
  }
  if (axis == 0) {  // rows lie together: no copy
    for (int i = 0; i < num; ++i) context.set_output(i, value.row(i));
    return absl::OkStatus();
  }
  Shape each = value.shape();
  each.remove_dim(static_cast<int>(axis));
  const int64_t row_elements = product(value.shape().dims().subspan(axis + 1));
  absl::InlinedVector<Piece, 8> pieces;
  for (int i = 0; i < num; ++i) {
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(i, each, &out));
    pieces.push_back({out->raw_data(), row_elements});
  }
  cut_into_pieces(context, value.dtype(), product(value.shape().dims().first(axis)), value.raw_data(), pieces);
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_unpack(const KernelInit& init) {
  return Kernel([axis = init.get<int64_t>("axis")](KernelContext& context) { return unpack(context, axis); });
}

absl::Status unpack_shape(ShapeContext& c) {
  const PartialShape& in = c.input(0);
  PartialShape each;
  if (in.known_rank()) {
    if (in.rank() == 0) return invalid_argument("Shape must be at least rank 1 but is rank 0");
    WEFT_ASSIGN_OR_RETURN(const int axis, pack_axis(c.get<int64_t>("axis"), in.rank()));
    if (in.known_dim(axis) && in.dim(axis) != c.num_outputs()) {
      return invalid_argument("Dimension must be ", c.num_outputs(), " but is ", in.dim(axis));
    }
    Dims dims(in.dims().begin(), in.dims().end());
    dims.erase(dims.begin() + axis);
    each = PartialShape(dims);
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, each);
  return absl::OkStatus();
}

// Pack: y[…, i, …] = values[i], i at dimension `axis`.
const OpDef& pack_op() {
  static const OpDef& op = *new OpDef{.name = "Pack",
                                      .inputs = {{"values", list_of("N", type_attr("T"))}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {int_attribute("N", {}, 1), type_attribute("T"), int_attribute("axis", 0)},
                                      .shape = pack_shape,
                                      .partial_value = pack_value,
                                      .kernels = {{.make = make_pack}},
                                      .gradient = [](GradientContext& g) {
                                        const std::vector<Output> parts = unstack(g.dy(), {.axis = g.get<int64_t>("axis"), .num = g.num_inputs()});
                                        return Gradients(parts.begin(), parts.end());
                                      }};
  return op;
}

// Unpack: output i is value[…, i, …], i at dimension `axis`.
const OpDef& unpack_op() {
  static const OpDef& op = *new OpDef{.name = "Unpack",
                                      .inputs = {{"value", type_attr("T")}},
                                      .outputs = {{"output", list_of("num", type_attr("T"))}},
                                      .attrs = {int_attribute("num", {}, 0), type_attribute("T"), int_attribute("axis", 0)},
                                      .shape = unpack_shape,
                                      .kernels = {{.make = make_unpack}},
                                      .gradient = [](GradientContext& g) {
                                        std::vector<Output> dys;
                                        for (int i = 0; i < g.num_outputs(); ++i) dys.push_back(g.dy(i));
                                        return g.one(stack(dys, {.axis = g.get<int64_t>("axis")}));
                                      }};
  return op;
}

// The dtype that a list of operands shares: the first tensor's, else kInvalid.
DType common_dtype(absl::Span<const Operand> values) {
  for (const Operand& value : values) {
    if (value.literal() == nullptr || !value.literal()->weak) return base_dtype(value.dtype());
  }
  return DType::kInvalid;
}

// TensorFlow converts a list along axis 0 element by element and names the literals "0", "1", …, by their place in it.
Output stack_along_first(Graph& graph, absl::Span<const Operand> values, std::string_view name, Loc where) {
  const Composite here(graph, name_or(name, "stack"), where);
  const DType dtype = common_dtype(values);
  std::vector<Output> converted;
  for (size_t i = 0; i < values.size(); ++i) {
    converted.push_back(convert(values[i], &graph, values[i].literal() != nullptr ? dtype : DType::kInvalid, str_cat(i), where));
  }
  return OpBuilder(graph, pack_op(), here.name(), where).input_list(converted).attr("axis", int64_t{0}).output();
}

}  // namespace

OpList pack_ops() { return {&pack_op(), &unpack_op()}; }

Output stack(absl::Span<const Operand> values, StackOptions options, Loc where) {
  Graph* graph = nullptr;
  for (const Operand& value : values) {
    if (value.failed()) return Output::failed(value.graph());
    if (graph == nullptr) graph = value.graph();
  }
  if (graph == nullptr) return Output();
  const bool literals = std::any_of(values.begin(), values.end(), [](const Operand& v) { return v.output() == nullptr; });
  if (options.axis == 0 && literals) return stack_along_first(*graph, values, options.name, where);
  return OpBuilder(pack_op(), name_or(options.name, "stack"), where).input_list(values).attr("axis", options.axis).output();
}

Output stack(absl::Span<const Output> values, StackOptions options, Loc where) {
  return OpBuilder(pack_op(), name_or(options.name, "stack"), where).input_list(values).attr("axis", options.axis).output();
}

Output stack(std::initializer_list<Operand> values, StackOptions options, Loc where) {
  return stack(absl::Span<const Operand>(values.begin(), values.size()), std::move(options), where);
}

std::vector<Output> unstack(const Operand& value, UnstackOptions options, Loc where) {
  std::optional<int64_t> num = options.num;
  Graph* graph = value.graph();
  if (!num.has_value() && graph != nullptr && !value.failed()) {
    const PartialShape shape = value.shape();
    const int64_t axis = options.axis < 0 ? options.axis + shape.rank() : options.axis;
    absl::Status error;
    if (shape.known_rank() && (axis < 0 || axis >= shape.rank())) {
      error = invalid_argument("unstack: axis = ", options.axis, " not in [", -shape.rank(), ", ", shape.rank(), ")");
    } else if (!shape.known_rank() || !shape.known_dim(static_cast<int>(axis))) {
      error = invalid_argument("Cannot infer num from shape ", shape.to_string(), "; give unstack its option num");
    } else {
      num = shape.dim(static_cast<int>(axis));
    }
    if (!error.ok()) graph->add_error(error, where);
  }
  if (!num.has_value()) return {Output::failed(graph)};
  return OpBuilder(unpack_op(), name_or(options.name, "unstack"), where).input(value).attr("num", *num).attr("axis", options.axis).outputs();
}

}  // namespace weft
