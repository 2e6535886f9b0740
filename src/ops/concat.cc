// Joining along an axis: ConcatV2, Concat, ConcatOffset.
#include <algorithm>

#include "absl/strings/str_join.h"
#include "src/ops/composite.h"
#include "src/ops/concat_gradient.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/pieces.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// The joined shape, with TensorFlow's checks. `values` are the inputs [first, first + n).
absl::StatusOr<Shape> joined_shape(const KernelContext& context, int first, int n, int64_t axis) {
  const Shape& start = context.input(first).shape();
  const int64_t rank = start.rank();
  if (axis < -rank || axis >= rank) {
    return invalid_argument("ConcatOp : Expected concatenating dimensions in the range [", -rank, ", ", rank, "), but got ", axis);
  }
  const auto along = static_cast<int>(axis < 0 ? axis + rank : axis);
  int64_t total = 0;
  for (int i = 0; i < n; ++i) {
    const Shape& shape = context.input(first + i).shape();
    const auto mismatch = [&](std::string_view what) {
      return invalid_argument("ConcatOp : ", what, " of ", what == "Ranks" ? "all input tensors" : "inputs",
                              " should match: shape[0] = ", start.to_string(), " vs. shape[", i, "] = ", shape.to_string());
    };
    if (shape.rank() != rank) return mismatch("Ranks");
    for (int d = 0; d < rank; ++d) {
      if (d != along && shape.dim(d) != start.dim(d)) return mismatch("Dimensions");
    }
    if (__builtin_add_overflow(total, shape.dim(along), &total)) return invalid_argument("ConcatOp : the joined dimension is too large");
  }
  Dims dims(start.dims().begin(), start.dims().end());
  dims[static_cast<size_t>(along)] = total;
  return Shape::make(dims);
}

absl::Status concat_values(KernelContext& context, const Tensor& axis_tensor, int first) {
  if (axis_tensor.num_elements() != 1 || axis_tensor.rank() != 0) {
    return invalid_argument("Concat dim tensor should be a scalar integer, but got shape ", axis_tensor.shape().to_string());
  }
  const int n = context.num_inputs() - 1;
  const int64_t axis = index_values(axis_tensor)[0];
  WEFT_ASSIGN_OR_RETURN(const Shape shape, joined_shape(context, first, n, axis));
  const auto along = static_cast<size_t>(axis < 0 ? axis + shape.rank() : axis);
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  absl::InlinedVector<Piece, 8> pieces;
  for (int i = 0; i < n; ++i) {
    const Tensor& value = context.input(first + i);
    const int64_t row_elements = product(value.shape().dims().subspan(along));
    if (row_elements > 0) pieces.push_back({const_cast<void*>(value.raw_data()), row_elements});
  }
  join_pieces(context, out->dtype(), product(shape.dims().first(along)), pieces, out->raw_data());
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_concat_v2(const KernelInit&) {
  return Kernel([](KernelContext& context) { return concat_values(context, context.input(context.num_inputs() - 1), 0); });
}
absl::StatusOr<Kernel> make_concat(const KernelInit&) {
  return Kernel([](KernelContext& context) { return concat_values(context, context.input(0), 1); });
}

// The axis is not known while building: only the rank is.
absl::StatusOr<PartialShape> shape_along_unknown_axis(ShapeContext& c, int first, int n) {
  int rank = -1;
  for (int i = 0; i < n && rank < 0; ++i) rank = c.input(first + i).rank();
  if (rank < 0) return PartialShape();
  if (rank == 0) return invalid_argument("Can't concatenate scalars (use tf.stack instead)");
  for (int i = 0; i < n; ++i) WEFT_RETURN_IF_ERROR(c.input_with_rank(first + i, rank).status());
  return PartialShape::unknown_of_rank(rank);
}

absl::StatusOr<PartialShape> shape_along(ShapeContext& c, int first, int n, int64_t axis) {
  const auto min_rank = static_cast<int>(std::min<int64_t>(axis < 0 ? -axis : axis + 1, kMaxRank + 1));
  PartialShape joined;  // all but the joined dimension
  int64_t total = 0;
  for (int i = n - 1; i >= 0; --i) {
    WEFT_ASSIGN_OR_RETURN(PartialShape shape, ShapeContext::with_rank_at_least(c.input(first + i), min_rank));
    if (!shape.known_rank()) {
      total = kUnknownDim;
      continue;
    }
    const auto along = static_cast<int>(axis < 0 ? axis + shape.rank() : axis);
    if (total >= 0) total = shape.known_dim(along) ? total + shape.dim(along) : kUnknownDim;
    shape.set_dim(along, kUnknownDim);
    WEFT_ASSIGN_OR_RETURN(joined, shape.merge(joined));
  }
  if (joined.known_rank()) joined.set_dim(static_cast<int>(axis < 0 ? axis + joined.rank() : axis), total);
  return joined;
}

absl::Status concat_shape(ShapeContext& c, int first, int axis_input) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(axis_input, 0).status());
  const int n = c.num_inputs() - 1;
  const std::optional<int64_t> axis = c.constant_scalar(axis_input);
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, axis.has_value() ? shape_along(c, first, n, *axis) : shape_along_unknown_axis(c, first, n));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::Status concat_v2_shape(ShapeContext& c) { return concat_shape(c, 0, c.num_inputs() - 1); }
absl::Status concat_v1_shape(ShapeContext& c) { return concat_shape(c, 1, 0); }

// Pieces of a shape joined.
absl::StatusOr<PartialShape> concat_value(const Node& node, int first) {
  PartialShape joined = PartialShape::scalar();
  for (int i = 0; i < node.num_inputs() - 1; ++i) {
    WEFT_ASSIGN_OR_RETURN(const PartialShape piece, value_as_shape(node.input(first + i)));
    if (node.input(first + i).shape().rank() != 1 || !piece.known_rank() || joined.rank() + piece.rank() > kMaxRank) return PartialShape();
    for (const int64_t dim : piece.dims()) joined.add_dim(dim);
  }
  return joined;
}

absl::StatusOr<PartialShape> concat_v2_value(const Node& node, int) { return concat_value(node, 0); }
absl::StatusOr<PartialShape> concat_v1_value(const Node& node, int) { return concat_value(node, 1); }

// Where each of the shapes begins along the joined dimension, as vectors for Slice.
absl::Status concat_offsets(KernelContext& context) {
  const Tensor& dim = context.input(0);
  if (dim.rank() != 0) return invalid_argument("Concat dim tensor should be a scalar integer, but got shape ", dim.shape().to_string());
  const Tensor& first = context.input(1);
  if (first.rank() != 1) return invalid_argument("input 1 should contain 1 dimension, but got shape ", first.shape().to_string());
  const int64_t rank = first.num_elements();
  const int64_t given = dim.scalar<int32_t>();
  const int64_t axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) return invalid_argument("Concat dim is out of range: ", given, " vs. ", rank);
  int64_t offset = 0;
  for (int i = 0; i < context.num_outputs(); ++i) {
    const Tensor& shape = context.input(i + 1);
    if (shape.rank() != 1 || shape.num_elements() != rank) {
      return invalid_argument("input ", i, " should contain ", rank, " elements, but got ", shape.num_elements());
    }
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(i, shape.shape(), &out));
    for (int64_t d = 0; d < rank; ++d) {
      out->data<int32_t>()[d] = d == axis ? static_cast<int32_t>(offset) : 0;
      if (d != axis && shape.data<int32_t>()[d] != first.data<int32_t>()[d]) {
        const auto text = [](const Tensor& t) { return absl::StrJoin(t.flat<int32_t>(), " "); };
        return invalid_argument("All dimensions except ", axis, " must match. Input ", i, " has shape [", text(shape),
                                "] and doesn't match input 0 with shape [", text(first), "].");
      }
    }
    offset += shape.data<int32_t>()[axis];
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_concat_offset(const KernelInit&) { return Kernel::inline_kernel(concat_offsets); }

absl::Status concat_offset_shape(ShapeContext& c) {
  for (int i = 1; i < c.num_inputs(); ++i) c.set_output(i - 1, c.input(i));
  return absl::OkStatus();
}

// ConcatOffset: for the gradient of Concat; offset[i] is zero but for concat_dim, where it is the sum of the sizes before value i.
const OpDef& concat_offset_op() {
  static const OpDef& op = *new OpDef{.name = "ConcatOffset",
                                      .inputs = {{"concat_dim", DType::kInt32}, {"shape", list_of("N", DType::kInt32)}},
                                      .outputs = {{"offset", list_of("N", DType::kInt32)}},
                                      .attrs = {int_attribute("N", {}, 2)},
                                      .shape = concat_offset_shape,
                                      .kernels = {{.make = make_concat_offset}},
                                      .gradient = NotDifferentiable{"offsets are integers"}};
  return op;
}

constexpr size_t kMostSlices = 16;  // from here on TensorFlow splits instead of slicing

// The shapes of the values: constants where all are known, else one ShapeN.
std::vector<Output> value_shapes(absl::Span<const Output> values) {
  std::vector<Output> shapes;
  for (const Output& value : values) {
    if (!value.shape().fully_defined()) break;
    shapes.push_back(shape(value));
  }
  if (shapes.size() == values.size()) return shapes;
  shape(values[shapes.size()]);  // TensorFlow leaves the one it stopped at
  return shape_n(values);
}

// The gradient of each value is its part of dy.
Gradients concat_grad(GradientContext& g, int first, int axis_input) {
  const auto n = static_cast<size_t>(g.num_inputs() - 1);
  Gradients all = g.none();
  if (n == 1) {
    all[static_cast<size_t>(first)] = g.dy_any();
    return all;
  }
  if (g.dy_any().is_slices()) return concat_slices_gradient(g, first, axis_input);
  const Output dy = g.dy();
  std::vector<Output> values;
  for (size_t i = 0; i < n; ++i) values.push_back(g.x(first + static_cast<int>(i)));
  const Output axis = g.x(axis_input) % rank(values[0]);
  std::vector<Output> shapes = value_shapes(values);
  std::vector<Output> parts;
  if (n > kMostSlices) {
    const Output table = stack(shapes, {.axis = 1});
    Output column;
    {
      const Scope scope = g.graph().name_scope("Slice");
      column = slice(table, stack({axis, 0}, {.name = "begin"}), {1, -1}, scope.name());
    }
    const Output sizes = squeeze(column);
    parts = split(dy, sizes, axis);
  } else {
    const std::vector<Output> offsets = OpBuilder(concat_offset_op(), "", Loc::current()).input(axis).input_list(shapes).outputs();
    if (offsets.size() != n) return g.fail(internal("ConcatOffset could not be built"));
    for (size_t i = 0; i < n; ++i) parts.push_back(slice(dy, offsets[i], shapes[i]));
  }
  for (size_t i = 0; i < n && i < parts.size(); ++i) all[static_cast<size_t>(first) + i] = parts[i];
  return all;
}

// ConcatV2: values joined along dimension `axis`.
const OpDef& concat_v2_op() {
  static const OpDef& op = *new OpDef{.name = "ConcatV2",
                                      .inputs = {{"values", list_of("N", type_attr("T"))}, {"axis", type_attr("Tidx")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {int_attribute("N", {}, 2), type_attribute("T"), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
                                      .shape = concat_v2_shape,
                                      .partial_value = concat_v2_value,
                                      .kernels = {{.make = make_concat_v2}},
                                      .gradient = [](GradientContext& g) { return concat_grad(g, 0, g.num_inputs() - 1); }};
  return op;
}

// Concat: ConcatV2 with the axis first; found in old files.
const OpDef& concat_op() {
  static const OpDef& op = *new OpDef{.name = "Concat",
                                      .inputs = {{"concat_dim", DType::kInt32}, {"values", list_of("N", type_attr("T"))}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {int_attribute("N", {}, 2), type_attribute("T")},
                                      .shape = concat_v1_shape,
                                      .partial_value = concat_v1_value,
                                      .kernels = {{.make = make_concat}},
                                      .gradient = [](GradientContext& g) { return concat_grad(g, 1, 0); }};
  return op;
}

}  // namespace

OpList concat_ops() { return {&concat_v2_op(), &concat_op(), &concat_offset_op()}; }

Output concat(absl::Span<const Operand> values, const Operand& axis, std::string_view name, Loc where) {
  if (values.size() != 1) return OpBuilder(concat_v2_op(), name_or(name, "concat"), where).input_list(values).input(axis).output();
  Graph* graph = values[0].graph();
  if (graph == nullptr || values[0].failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(name, "concat"), where);
  if (!convert(axis, graph, axis.output() != nullptr ? DType::kInvalid : DType::kInt32, "concat_dim", where)) return Output::failed(graph);
  return identity(values[0], name_or(name, "concat"), where);
}

Output concat(absl::Span<const Output> values, const Operand& axis, std::string_view name, Loc where) {
  const std::vector<Operand> operands(values.begin(), values.end());
  return concat(absl::Span<const Operand>(operands), axis, name, where);
}

Output concat(std::initializer_list<Operand> values, const Operand& axis, std::string_view name, Loc where) {
  return concat(absl::Span<const Operand>(values.begin(), values.size()), axis, name, where);
}

}  // namespace weft
