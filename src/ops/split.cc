// Split and SplitV: a tensor cut into parts along an axis.
#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/pieces.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"

namespace weft {

namespace {

// The axis of an input that must be a single integer.
absl::StatusOr<int> split_axis(const Tensor& axis_tensor, int rank) {
  const Dims axis = index_values(axis_tensor);
  if (axis.size() != 1) return invalid_argument("split_dim_tensor must have exactly one element.");
  if (axis[0] < -rank || axis[0] >= rank) {
    return invalid_argument("-input rank(-", rank, ") <= split_dim < input rank (", rank, "), but got ", axis[0]);
  }
  return static_cast<int>(axis[0] < 0 ? axis[0] + rank : axis[0]);
}

absl::Status cut(KernelContext& context, const Tensor& value, int axis, absl::Span<const int64_t> sizes) {
  if (axis == 0) {  // rows lie together: no copy
    int64_t begin = 0;
    for (size_t i = 0; i < sizes.size(); begin += sizes[i++]) context.set_output(static_cast<int>(i), value.slice(begin, begin + sizes[i]));
    return absl::OkStatus();
  }
  const absl::Span<const int64_t> dims = value.shape().dims();
  const int64_t below = product(dims.subspan(static_cast<size_t>(axis) + 1));
  absl::InlinedVector<Piece, 8> pieces;
  for (size_t i = 0; i < sizes.size(); ++i) {
    Shape shape = value.shape();
    shape.set_dim(axis, sizes[i]);
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(static_cast<int>(i), shape, &out));
    if (sizes[i] * below > 0) pieces.push_back({out->raw_data(), sizes[i] * below});
  }
  cut_into_pieces(context, value.dtype(), product(dims.first(static_cast<size_t>(axis))), value.raw_data(), pieces);
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_split(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& value = context.input(1);
    WEFT_ASSIGN_OR_RETURN(const int axis, split_axis(context.input(0), value.rank()));
    const int64_t num = context.num_outputs();
    const int64_t size = value.dim(axis);
    if (size % num != 0) {
      return invalid_argument("Number of ways to split should evenly divide the split dimension, but got split_dim ", axis, " (size = ", size,
                              ") and num_split ", num);
    }
    return cut(context, value, axis, Dims(static_cast<size_t>(num), size / num));
  });
}

// Checks the sizes against the dimension and writes out the one that is -1.
absl::Status resolve_sizes(Dims& sizes, int64_t dim) {
  int64_t sum = 0;
  int open = -1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      if (open != -1) return invalid_argument("There can only be one -1 in the input.");
      open = static_cast<int>(i);
    } else if (__builtin_add_overflow(sum, sizes[i], &sum)) {
      return invalid_argument("the split sizes are too large");
    }
  }
  if (open == -1 ? sum != dim : sum > dim) {
    return invalid_argument(
        "Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along "
        "split_dim if not fully specified.  Got: ",
        sum);
  }
  if (open != -1) sizes[static_cast<size_t>(open)] = dim - sum;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0) return invalid_argument("Split size at index ", i, " must be >= 0. Got: ", sizes[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_split_v(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& value = context.input(0);
    const Tensor& size_tensor = context.input(1);
    if (size_tensor.rank() != 1 || size_tensor.num_elements() != context.num_outputs()) {
      return invalid_argument("size of the split_tensor must be 1-D and have the same elements as outputs got ", size_tensor.rank(), " -D and ",
                              size_tensor.num_elements(), " elements");
    }
    WEFT_ASSIGN_OR_RETURN(const int axis, split_axis(context.input(2), value.rank()));
    Dims sizes = index_values(size_tensor);
    WEFT_RETURN_IF_ERROR(resolve_sizes(sizes, value.dim(axis)));
    return cut(context, value, axis, sizes);
  });
}

// The axis of a shape function; nothing when it is not known, or negative and the rank is not.
absl::StatusOr<std::optional<int>> known_axis(ShapeContext& c, int input, const PartialShape& value) {
  const std::optional<int64_t> axis = c.constant_scalar(input);
  if (!axis.has_value() || (*axis < 0 && !value.known_rank())) return std::optional<int>();
  const int64_t rank = value.rank();
  if (*axis < 0 && *axis + rank < 0) {
    return invalid_argument("Dimension size, given by scalar input ", *axis, " must be in range [-", rank, ", ", rank, ")");
  }
  if (value.known_rank() && *axis >= rank) return invalid_argument("Shape must be at least rank ", *axis + 1, " but is rank ", rank);
  if (!value.known_rank()) return std::optional<int>();
  return std::optional<int>(static_cast<int>(*axis < 0 ? *axis + rank : *axis));
}

absl::Status split_shape(ShapeContext& c) {
  PartialShape part = c.input(1);
  WEFT_ASSIGN_OR_RETURN(const std::optional<int> axis, known_axis(c, 0, part));
  const int num = c.num_outputs();
  if (!axis.has_value()) {
    if (part.known_rank()) part = PartialShape::unknown_of_rank(part.rank());
  } else if (part.known_dim(*axis)) {
    if (part.dim(*axis) % num != 0) {
      return invalid_argument("Dimension size must be evenly divisible by ", num, " but is ", part.dim(*axis),
                              "\n\tNumber of ways to split should evenly divide the split dimension");
    }
    part.set_dim(*axis, part.dim(*axis) / num);
  }
  for (int i = 0; i < num; ++i) c.set_output(i, part);
  return absl::OkStatus();
}

absl::Status split_v_shape(ShapeContext& c) {
  const PartialShape& value = c.input(0);
  WEFT_ASSIGN_OR_RETURN(const std::optional<int> axis, known_axis(c, 2, value));
  const auto constant_sizes = c.constant_vector(1);
  PartialShape part = value.known_rank() ? PartialShape::unknown_of_rank(value.rank()) : PartialShape();
  if (axis.has_value()) part = value;
  for (int i = 0; i < c.num_outputs(); ++i) {
    if (axis.has_value() && c.num_outputs() > 1) part.set_dim(*axis, kUnknownDim);
    c.set_output(i, part);
  }
  if (!axis.has_value() || !constant_sizes.has_value()) return absl::OkStatus();
  if (static_cast<int>(constant_sizes->size()) != c.num_outputs()) {
    return invalid_argument("Length of size_splits should be equal to num_outputs");
  }
  Dims sizes(constant_sizes->begin(), constant_sizes->end());
  if (value.known_dim(*axis)) WEFT_RETURN_IF_ERROR(resolve_sizes(sizes, value.dim(*axis)));
  for (int i = 0; i < c.num_outputs(); ++i) {
    part.set_dim(*axis, std::max<int64_t>(sizes[static_cast<size_t>(i)], kUnknownDim));
    c.set_output(i, part);
  }
  return absl::OkStatus();
}

std::vector<Output> all_dys(GradientContext& g) {
  std::vector<Output> dys;
  for (int i = 0; i < g.num_outputs(); ++i) dys.push_back(g.dy(i));
  return dys;
}

// Split: num_split equal parts along `split_dim`.
const OpDef& split_op() {
  static const OpDef& op = *new OpDef{.name = "Split",
                                      .inputs = {{"split_dim", DType::kInt32}, {"value", type_attr("T")}},
                                      .outputs = {{"output", list_of("num_split", type_attr("T"))}},
                                      .attrs = {int_attribute("num_split", {}, 1), type_attribute("T")},
                                      .shape = split_shape,
                                      .kernels = {{.make = make_split}},
                                      .gradient = [](GradientContext& g) { return g.two(Gradient(), concat(all_dys(g), g.x(0))); }};
  return op;
}

// SplitV: parts of the sizes `size_splits` along `split_dim`; one size may be -1.
const OpDef& split_v_op() {
  static const OpDef& op =
      *new OpDef{.name = "SplitV",
                 .inputs = {{"value", type_attr("T")}, {"size_splits", type_attr("Tlen")}, {"split_dim", DType::kInt32}},
                 .outputs = {{"output", list_of("num_split", type_attr("T"))}},
                 .attrs = {int_attribute("num_split", {}, 1), type_attribute("T"), type_attribute("Tlen", kIndexTypes, DType::kInt64)},
                 .shape = split_v_shape,
                 .kernels = {{.make = make_split_v}},
                 .gradient = [](GradientContext& g) { return g.first(concat(all_dys(g), g.x(2))); }};
  return op;
}

}  // namespace

OpList split_ops() { return {&split_op(), &split_v_op()}; }

std::vector<Output> split(const Operand& value, int num, const Operand& axis, std::string_view name, Loc where) {
  // TensorFlow converts the number to a tensor before it sees that it is a number; the Const stays in the graph.
  if (value.graph() != nullptr) constant(*value.graph(), num, {}, where);
  return OpBuilder(split_op(), name_or(name, "split"), where).input(axis).input(value).attr("num_split", int64_t{num}).outputs();
}

std::vector<Output> split(const Operand& value, const Operand& size_splits, const Operand& axis, std::string_view name, Loc where) {
  Graph* graph = value.graph();
  if (graph == nullptr || value.failed()) return {Output::failed(graph)};
  const Output sizes = convert(size_splits, graph, DType::kInvalid, "Const", where);
  if (!sizes) return {Output::failed(graph)};
  if (sizes.shape().rank() != 1 || !sizes.shape().known_dim(0)) {
    graph->add_error(invalid_argument("split: the number of sizes must be known; size_splits has shape ", sizes.shape().to_string()), where);
    return {Output::failed(graph)};
  }
  return OpBuilder(split_v_op(), name_or(name, "split"), where)
      .input(value)
      .input(sizes)
      .input(axis)
      .attr("num_split", sizes.shape().dim(0))
      .outputs();
}

std::vector<Output> split(const Operand& value, std::initializer_list<int> size_splits, const Operand& axis, std::string_view name, Loc where) {
  return split(value, Operand(size_splits, where), axis, name, where);
}

}  // namespace weft
