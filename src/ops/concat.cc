// Joining along an axis: ConcatV2, Concat, ConcatOffset.
#include <algorithm>

#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/pieces.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

int64_t product(absl::Span<const int64_t> dims) {
  int64_t n = 1;
  for (const int64_t d : dims) n *= d;
  return n;
}

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
      return invalid_argument("ConcatOp : ", what, " of ", what == "Ranks" ? "all input tensors" : "inputs", " should match: shape[0] = ", start.to_string(),
                              " vs. shape[", i, "] = ", shape.to_string());
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

// ConcatV2: values joined along dimension `axis`.
const OpDef& concat_v2_op() {
  static const OpDef& op = *new OpDef{
      .name = "ConcatV2",
      .inputs = {{"values", list_of("N", type_attr("T"))}, {"axis", type_attr("Tidx")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {int_attribute("N", {}, 2), type_attribute("T"), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
      .shape = concat_v2_shape,
      .partial_value = concat_v2_value,
      .kernels = {{.make = make_concat_v2}},
      .gradient = NoGradientDefined{}};
  return op;
}

// Concat: ConcatV2 with the axis first; found in old files.
const OpDef& concat_op() {
  static const OpDef& op = *new OpDef{
      .name = "Concat",
      .inputs = {{"concat_dim", DType::kInt32}, {"values", list_of("N", type_attr("T"))}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {int_attribute("N", {}, 2), type_attribute("T")},
      .shape = concat_v1_shape,
      .partial_value = concat_v1_value,
      .kernels = {{.make = make_concat}},
      .gradient = NoGradientDefined{}};
  return op;
}

}  // namespace

OpList concat_ops() { return {&concat_v2_op(), &concat_op()}; }

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
