// Other orders along an axis: Reverse, ReverseV2, ReverseSequence.
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/strided_copy.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

using AxisFlags = absl::InlinedVector<bool, 8>;

absl::Status reverse_axes(KernelContext& context, const AxisFlags& reversed) {
  const Tensor& x = context.input(0);
  StridedBox box;
  box.sizes = Dims(x.shape().dims().begin(), x.shape().dims().end());
  box.to = row_major_strides(box.sizes);
  box.from = box.to;
  bool changes = false;
  for (size_t i = 0; i < reversed.size(); ++i) {
    if (!reversed[i] || box.sizes[i] <= 1) continue;
    changes = true;
    box.from_offset += (box.sizes[i] - 1) * box.from[i];
    box.from[i] = -box.from[i];
  }
  if (!changes) {
    context.set_output(0, x);
    return absl::OkStatus();
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, x.shape(), &out));
  strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(box));
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_reverse(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    const Tensor& dims = context.input(1);
    if (dims.rank() != 1) return invalid_argument("'dims' must be 1-dimension, not ", dims.rank());
    if (dims.num_elements() != x.rank()) {
      return invalid_argument("'dims' must have the same number of values as 'input' has dimensions. 'input' has ", x.rank(), "'dims' has ",
                              dims.num_elements(), " values");
    }
    return reverse_axes(context, AxisFlags(dims.data<bool>(), dims.data<bool>() + dims.num_elements()));
  });
}

absl::StatusOr<AxisFlags> flags_of(absl::Span<const int64_t> axes, int rank) {
  AxisFlags reversed(static_cast<size_t>(rank), false);
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    if (axis < 0 || axis >= rank) return invalid_argument("'axis'[", i, "] = ", axes[i], " is out of valid range [0, ", rank - 1, "]");
    if (reversed[static_cast<size_t>(axis)]) return invalid_argument("axis ", axis, " specified more than once.");
    reversed[static_cast<size_t>(axis)] = true;
  }
  return reversed;
}

absl::StatusOr<Kernel> make_reverse_v2(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    WEFT_ASSIGN_OR_RETURN(const AxisFlags reversed, flags_of(index_values(context.input(1)), context.input(0).rank()));
    return reverse_axes(context, reversed);
  });
}

absl::Status reverse_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape dims, c.input_with_rank(1, 1));
  PartialShape x = c.input(0);
  if (dims.known_dim(0)) {
    if (dims.dim(0) > kMaxRank) return invalid_argument("reverse does not work on tensors with more than ", kMaxRank, " dimensions");
    WEFT_ASSIGN_OR_RETURN(x, c.input_with_rank(0, static_cast<int>(dims.dim(0))));
  }
  c.set_output(0, std::move(x));
  return absl::OkStatus();
}

absl::Status reverse_v2_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 1).status());
  const auto axes = c.constant_vector(1);
  if (axes.has_value() && c.input(0).known_rank()) WEFT_RETURN_IF_ERROR(flags_of(*axes, c.input(0).rank()).status());
  return unchanged_shape(c);
}

absl::Status check_sequences(const Tensor& x, const Tensor& lengths, int64_t seq_dim, int64_t batch_dim) {
  if (lengths.rank() != 1) return invalid_argument("seq_lens input must be 1-dim, not ", lengths.rank());
  if (batch_dim == seq_dim) return invalid_argument("batch_dim == seq_dim == ", seq_dim);
  if (seq_dim < 0 || seq_dim >= x.rank()) return invalid_argument("seq_dim must be < input.dims()( ", seq_dim, " vs. ", x.rank(), ")");
  if (batch_dim < 0 || batch_dim >= x.rank()) return invalid_argument("batch_dim must be < input.dims()( ", batch_dim, " vs. ", x.rank(), ")");
  if (lengths.num_elements() != x.dim(static_cast<int>(batch_dim))) {
    return invalid_argument("len(seq_lens) != input.dims(", batch_dim, "), (", lengths.num_elements(), " vs. ", x.dim(static_cast<int>(batch_dim)),
                            ")");
  }
  const Dims values = index_values(lengths);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0) return invalid_argument("seq_lens(", i, ") < 0");
    if (values[i] > x.dim(static_cast<int>(seq_dim))) return invalid_argument("seq_lens(", i, ") > input.dims(", seq_dim, ")");
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_reverse_sequence(const KernelInit& init) {
  return Kernel([seq_dim = init.get<int64_t>("seq_dim"), batch_dim = init.get<int64_t>("batch_dim")](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    WEFT_RETURN_IF_ERROR(check_sequences(x, context.input(1), seq_dim, batch_dim));
    const Dims lengths = index_values(context.input(1));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, x.shape(), &out));
    const auto seq = static_cast<size_t>(seq_dim);
    const auto batch = static_cast<size_t>(batch_dim);
    StridedBox whole;
    whole.sizes = Dims(x.shape().dims().begin(), x.shape().dims().end());
    whole.to = row_major_strides(whole.sizes);
    whole.from = whole.to;
    whole.sizes[batch] = 1;
    const int64_t length = whole.sizes[seq];
    for (size_t i = 0; i < lengths.size(); ++i) {
      const int64_t begin = static_cast<int64_t>(i) * whole.to[batch];
      StridedBox reversed = whole;
      reversed.sizes[seq] = lengths[i];
      reversed.to_offset = begin;
      reversed.from_offset = begin + (lengths[i] - 1) * whole.from[seq];
      reversed.from[seq] = -whole.from[seq];
      strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(reversed));
      StridedBox rest = whole;
      rest.sizes[seq] = length - lengths[i];
      rest.to_offset = begin + lengths[i] * whole.to[seq];
      rest.from_offset = rest.to_offset;
      strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(rest));
    }
    return absl::OkStatus();
  });
}

absl::Status reverse_sequence_shape(ShapeContext& c) {
  PartialShape x = c.input(0);
  WEFT_ASSIGN_OR_RETURN(const PartialShape lengths, c.input_with_rank(1, 1));
  const int64_t seq_dim = c.get<int64_t>("seq_dim");
  const int64_t batch_dim = c.get<int64_t>("batch_dim");
  if (x.known_rank()) {
    if (batch_dim < 0 || batch_dim >= x.rank()) return invalid_argument("batch_dim must be < input rank: ", batch_dim, " vs. ", x.rank());
    if (seq_dim < 0 || seq_dim >= x.rank()) return invalid_argument("seq_dim must be < input rank: ", seq_dim, " vs. ", x.rank());
    WEFT_ASSIGN_OR_RETURN(const int64_t batch, ShapeContext::merge_dims(x.dim(static_cast<int>(batch_dim)), lengths.dim(0)));
    x.set_dim(static_cast<int>(batch_dim), batch);
  }
  c.set_output(0, std::move(x));
  return absl::OkStatus();
}

// Reverse: the dimensions whose flag is set, in reverse order; found in old files.
const OpDef& reverse_op() {
  static const OpDef& op = *new OpDef{
      .name = "Reverse",
      .inputs = {{"tensor", type_attr("T")}, {"dims", DType::kBool}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {type_attribute("T", {DType::kUInt8, DType::kInt8, DType::kUInt16, DType::kInt16, DType::kInt32, DType::kInt64, DType::kBool,
                                     DType::kHalf, DType::kFloat32, DType::kFloat64, DType::kComplex64, DType::kComplex128, DType::kString})},
      .shape = reverse_shape,
      .kernels = {{.make = make_reverse}},
      .gradient = [](GradientContext& g) { return g.first(OpBuilder(g.node().op(), "", Loc::current()).input(g.dy()).input(g.x(1)).output()); }};
  return op;
}

// ReverseV2: the dimensions named, in reverse order.
const OpDef& reverse_v2_op() {
  static const OpDef& op = *new OpDef{.name = "ReverseV2",
                                      .inputs = {{"tensor", type_attr("T")}, {"axis", type_attr("Tidx")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("Tidx", kIndexTypes, DType::kInt32),
                                                type_attribute("T", {DType::kUInt8, DType::kInt8, DType::kUInt16, DType::kInt16, DType::kInt32,
                                                                     DType::kInt64, DType::kBool, DType::kBFloat16, DType::kHalf, DType::kFloat32,
                                                                     DType::kFloat64, DType::kComplex64, DType::kComplex128, DType::kString})},
                                      .shape = reverse_v2_shape,
                                      .kernels = {{.make = make_reverse_v2}},
                                      .gradient = [](GradientContext& g) { return g.first(reverse(g.dy(), g.x(1))); }};
  return op;
}

// ReverseSequence: in slice i of batch_dim, the first seq_lengths[i] elements along seq_dim reversed.
const OpDef& reverse_sequence_op() {
  static const OpDef& op = *new OpDef{
      .name = "ReverseSequence",
      .inputs = {{"input", type_attr("T")}, {"seq_lengths", type_attr("Tlen")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {int_attribute("seq_dim"), int_attribute("batch_dim", 0), type_attribute("T"), type_attribute("Tlen", kIndexTypes, DType::kInt64)},
      .shape = reverse_sequence_shape,
      .kernels = {{.make = make_reverse_sequence}},
      .gradient = [](GradientContext& g) {
        return g.first(reverse_sequence(g.dy(), g.x(1), {.seq_axis = g.get<int64_t>("seq_dim"), .batch_axis = g.get<int64_t>("batch_dim")}));
      }};
  return op;
}

}  // namespace

OpList reverse_ops() { return {&reverse_op(), &reverse_v2_op(), &reverse_sequence_op()}; }

Output reverse(const Operand& tensor, const Operand& axis, std::string_view name, Loc where) {
  return OpBuilder(reverse_v2_op(), name, where).input(tensor).input(axis).output();
}

Output reverse_sequence(const Operand& input, const Operand& seq_lengths, ReverseSequenceOptions options, Loc where) {
  return OpBuilder(reverse_sequence_op(), options.name, where)
      .input(input)
      .input(seq_lengths)
      .attr("seq_dim", options.seq_axis)
      .attr("batch_dim", options.batch_axis)
      .output();
}

}  // namespace weft
