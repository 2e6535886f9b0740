// StridedSlice, what x[1:, ::2, newaxis, 3] becomes, and StridedSliceGrad.
#include <algorithm>
#include <cstring>

#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/strided_copy.h"
#include "src/ops/strided_slice_spec.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

absl::StatusOr<SliceSpec> spec_of(const Tensor& begin, const Tensor& end, const Tensor& strides, const SliceMasks& masks, const Shape& x) {
  if (begin.rank() != 1 || end.rank() != 1 || strides.rank() != 1) {
    return invalid_argument("Expected begin, end, and strides to be 1D equal size tensors, but got shapes ", begin.shape().to_string(), ", ",
                            end.shape().to_string(), ", and ", strides.shape().to_string(), " instead.");
  }
  return slice_spec(index_values(begin), index_values(end), index_values(strides), masks, x);
}

// The box that takes the slice out of x into a dense tensor.
StridedBox slice_box(const SliceSpec& spec, const Shape& x) {
  StridedBox box;
  box.sizes = Dims(spec.processed.dims().begin(), spec.processed.dims().end());
  box.from = row_major_strides(x.dims());
  box.to = row_major_strides(box.sizes);
  for (size_t i = 0; i < box.sizes.size(); ++i) {
    box.from_offset += spec.begin[i] * box.from[i];
    box.from[i] *= spec.strides[i];
  }
  return box;
}

// The slice is rows [begin, begin + n) of x, whole: no copy is needed.
bool takes_whole_rows(const SliceSpec& spec, const Shape& x) {
  for (int i = 0; i < x.rank(); ++i) {
    const auto at = static_cast<size_t>(i);
    if (spec.strides[at] != 1 || (i > 0 && spec.processed.dim(i) != x.dim(i))) return false;
  }
  return x.rank() > 0;
}

absl::StatusOr<Kernel> make_strided_slice(const KernelInit& init) {
  return Kernel([masks = SliceMasks(init.attrs())](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    WEFT_ASSIGN_OR_RETURN(const SliceSpec spec, spec_of(context.input(1), context.input(2), context.input(3), masks, x.shape()));
    const Shape result = spec.result.to_shape();
    if (takes_whole_rows(spec, x.shape())) {
      const int64_t begin = std::min(spec.begin[0], x.dim(0));
      context.set_output(0, x.slice(begin, begin + spec.processed.dim(0)).reshaped(result));
      return absl::OkStatus();
    }
    if (x.rank() == 0) {
      context.set_output(0, x.reshaped(result));
      return absl::OkStatus();
    }
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, result, &out));
    strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), slice_box(spec, x.shape()));
    return absl::OkStatus();
  });
}

void clear(Tensor& tensor) {
  if (is_plain(tensor.dtype())) {
    if (tensor.num_bytes() > 0) std::memset(tensor.raw_data(), 0, tensor.num_bytes());
  } else {
    tensor = Tensor(tensor.dtype(), tensor.shape());
  }
}

absl::StatusOr<Kernel> make_strided_slice_grad(const KernelInit& init) {
  return Kernel([masks = SliceMasks(init.attrs())](KernelContext& context) -> absl::Status {
    if (context.input(0).rank() != 1) return invalid_argument("shape must be 1-D, got shape.shape = ", context.input(0).shape().to_string());
    WEFT_ASSIGN_OR_RETURN(const Shape x, Shape::make(index_values(context.input(0))));
    WEFT_ASSIGN_OR_RETURN(const SliceSpec spec, spec_of(context.input(1), context.input(2), context.input(3), masks, x));
    const Tensor& dy = context.input(4);
    if (!(dy.shape() == spec.result.to_shape())) {
      return invalid_argument("shape of dy was ", dy.shape().to_string(), " instead of ", spec.result.to_string());
    }
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, x, &out));
    clear(*out);
    StridedBox box = slice_box(spec, x);
    std::swap(box.from, box.to);
    std::swap(box.from_offset, box.to_offset);
    strided_copy(context, dy.dtype(), dy.raw_data(), out->raw_data(), box);
    return absl::OkStatus();
  });
}

std::optional<Dims> as_dims(const std::optional<std::vector<int64_t>>& values) {
  if (!values.has_value()) return std::nullopt;
  return Dims(values->begin(), values->end());
}

absl::Status strided_slice_shape(ShapeContext& c) {
  PartialShape spec_shape = PartialShape::unknown_of_rank(1);
  for (int i = 1; i < 4; ++i) {
    WEFT_ASSIGN_OR_RETURN(const PartialShape vector, c.input_with_rank(i, 1));
    WEFT_ASSIGN_OR_RETURN(spec_shape, spec_shape.merge(vector));
  }
  const std::optional<Dims> strides = as_dims(c.constant_vector(3));
  if (!c.input(0).known_rank() || !strides.has_value()) {
    c.set_output(0, PartialShape());
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(SliceSpec spec,
                        slice_spec(as_dims(c.constant_vector(1)), as_dims(c.constant_vector(2)), *strides, SliceMasks(c.attrs()), c.input(0)));
  c.set_output(0, std::move(spec.result));
  return absl::OkStatus();
}

absl::Status strided_slice_grad_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_as_shape(0));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

// Some dimensions of a shape: shape(x)[1:].
absl::StatusOr<PartialShape> strided_slice_value(const Node& node, int output) {
  if (node.input(0).shape().rank() != 1 || node.output_shape(output).rank() != 1) return PartialShape();
  const Tensor* spec[3];
  for (int i = 0; i < 3; ++i) {
    spec[i] = constant_value(node.input(i + 1));
    if (spec[i] == nullptr) return PartialShape();
  }
  WEFT_ASSIGN_OR_RETURN(const PartialShape whole, value_as_shape(node.input(0)));
  const SliceMasks masks(node.attrs());
  if (!whole.known_rank() || masks.new_axis != 0 || masks.shrink_axis != 0) return PartialShape();
  WEFT_ASSIGN_OR_RETURN(const SliceSpec slice, spec_of(*spec[0], *spec[1], *spec[2], masks, Shape{whole.rank()}));
  PartialShape part = PartialShape::scalar();
  for (int64_t i = 0; i < slice.processed.dim(0); ++i) part.add_dim(whole.dim(static_cast<int>(slice.begin[0] + i * slice.strides[0])));
  return part;
}

std::vector<AttrDef> strided_slice_attrs() {
  return {type_attribute("T"),
          type_attribute("Index", kIndexTypes),
          int_attribute("begin_mask", 0),
          int_attribute("end_mask", 0),
          int_attribute("ellipsis_mask", 0),
          int_attribute("new_axis_mask", 0),
          int_attribute("shrink_axis_mask", 0)};
}

const OpDef& strided_slice_grad_op();

// The masks of the node that is differentiated, on one being built.
OpBuilder& with_masks(OpBuilder& builder, const AttrMap& attrs) {
  for (const std::string_view mask : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    builder.attr(mask, attrs.get<int64_t>(mask));
  }
  return builder;
}

// StridedSlice: the elements begin, begin + stride, … before end, in each dimension; see SliceMasks for the rest.
const OpDef& strided_slice_op() {
  static const OpDef& op =
      *new OpDef{.name = "StridedSlice",
                 .inputs = {{"input", type_attr("T")}, {"begin", type_attr("Index")}, {"end", type_attr("Index")}, {"strides", type_attr("Index")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = strided_slice_attrs(),
                 .shape = strided_slice_shape,
                 .partial_value = strided_slice_value,
                 .kernels = {{.make = make_strided_slice}},
                 .gradient = [](GradientContext& g) {
                   const Loc where = Loc::current();
                   const Output x = shape(g.x(), {.out_type = base_dtype(g.x(1).dtype())});
                   OpBuilder grad(strided_slice_grad_op(), "", where);
                   grad.input(x).input(g.x(1)).input(g.x(2)).input(g.x(3)).input(g.dy());
                   return g.first(with_masks(grad, g.attrs()).output());
                 }};
  return op;
}

// StridedSliceGrad: zeros of shape `shape`, and dy where the slice was taken.
const OpDef& strided_slice_grad_op() {
  static const OpDef& op = *new OpDef{.name = "StridedSliceGrad",
                                      .inputs = {{"shape", type_attr("Index")},
                                                 {"begin", type_attr("Index")},
                                                 {"end", type_attr("Index")},
                                                 {"strides", type_attr("Index")},
                                                 {"dy", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = strided_slice_attrs(),
                                      .shape = strided_slice_grad_shape,
                                      .kernels = {{.make = make_strided_slice_grad}},
                                      .gradient = [](GradientContext& g) {
                                        OpBuilder slice(strided_slice_op(), "", Loc::current());
                                        slice.input(g.dy()).input(g.x(1)).input(g.x(2)).input(g.x(3));
                                        Gradients all = g.none();
                                        all[4] = with_masks(slice, g.attrs()).output();
                                        return all;
                                      }};
  return op;
}

// One of the three vectors of a slice: a Const of the literals, or a Pack that includes the tensors.
Output bounds(Graph& graph, absl::Span<const Operand> values, Loc where) {
  std::vector<int64_t> literals;
  for (const Operand& value : values) {
    if (value.literal() == nullptr) return stack(values, {}, where);
    const Dims number = index_values(value.literal()->tensor);
    if (number.size() != 1) {
      graph.add_error(invalid_argument("a slice takes integers, got ", value.literal()->tensor.to_string()), where);
      return Output::failed(&graph);
    }
    literals.push_back(number[0]);
  }
  return constant(graph, Operand(literals, where), {.name = "stack"}, where);
}

// The index after `index`.
Operand after(const Operand& index, Loc where) {
  if (index.output() != nullptr) return Operand(TensorOperand(*index.output(), where) + 1, where);
  if (index.variable() != nullptr) return Operand(TensorOperand(*index.variable(), where) + 1, where);
  const Dims number = index_values(index.literal()->tensor);
  return number.size() == 1 ? Operand(number[0] + 1, where) : index;
}

// begin, end and strides of a list of entries, and their masks.
struct SliceInputs {
  std::vector<Operand> begin, end, strides;
  int64_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;
};

SliceInputs slice_inputs(absl::Span<const Slice> entries, Loc where) {
  SliceInputs in;
  for (const Slice& entry : entries) {
    const int64_t bit = int64_t{1} << std::min<size_t>(in.begin.size(), 31);
    if (entry.kind() == Slice::Kind::kIndex) {
      in.begin.push_back(*entry.begin());
      in.end.push_back(after(*entry.begin(), where));
      in.shrink_axis_mask |= bit;
    } else {
      const bool range = entry.kind() == Slice::Kind::kRange;
      in.begin.push_back(entry.begin().value_or(Operand(0, where)));
      in.end.push_back(entry.end().value_or(Operand(0, where)));
      if (range && !entry.begin().has_value()) in.begin_mask |= bit;
      if (range && !entry.end().has_value()) in.end_mask |= bit;
      if (entry.kind() == Slice::Kind::kEllipsis) in.ellipsis_mask |= bit;
      if (entry.kind() == Slice::Kind::kNewAxis) in.new_axis_mask |= bit;
    }
    in.strides.push_back(entry.stride().value_or(Operand(1, where)));
  }
  return in;
}

}  // namespace

OpList strided_slice_ops() { return {&strided_slice_op(), &strided_slice_grad_op()}; }

Output strided_slice(const Operand& input, const Operand& begin, const Operand& end, const Operand& strides, StridedSliceOptions options, Loc where) {
  return OpBuilder(strided_slice_op(), options.name, where)
      .input(input)
      .input(begin)
      .input(end)
      .input(strides)
      .attr("begin_mask", options.begin_mask)
      .attr("end_mask", options.end_mask)
      .attr("ellipsis_mask", options.ellipsis_mask)
      .attr("new_axis_mask", options.new_axis_mask)
      .attr("shrink_axis_mask", options.shrink_axis_mask)
      .output();
}

Output strided_slice(const Operand& input, absl::Span<const Slice> entries, std::string_view name, Loc where) {
  Graph* graph = input.graph();
  if (graph == nullptr || input.failed()) return Output::failed(graph);
  if (entries.empty() || entries.size() > 31) {
    graph->add_error(invalid_argument("strided_slice takes 1 to 31 entries, got ", entries.size()), where);
    return Output::failed(graph);
  }
  const SliceInputs in = slice_inputs(entries, where);
  const Composite here(*graph, name_or(name, "strided_slice"), where);
  Output vectors[3] = {bounds(*graph, in.begin, where), bounds(*graph, in.end, where), bounds(*graph, in.strides, where)};
  const bool wide = std::any_of(std::begin(vectors), std::end(vectors), [](const Output& v) { return v && v.dtype() == DType::kInt64; });
  for (Output& vector : vectors) {
    if (!vector) return Output::failed(graph);
    if (wide && vector.dtype() != DType::kInt64) vector = cast(vector, DType::kInt64, "", where);
  }
  return strided_slice(input, vectors[0], vectors[1], vectors[2],
                       {.begin_mask = in.begin_mask,
                        .end_mask = in.end_mask,
                        .ellipsis_mask = in.ellipsis_mask,
                        .new_axis_mask = in.new_axis_mask,
                        .shrink_axis_mask = in.shrink_axis_mask,
                        .name = here.name()},
                       where);
}

Output strided_slice(const Operand& input, std::initializer_list<Slice> entries, std::string_view name, Loc where) {
  return strided_slice(input, absl::Span<const Slice>(entries.begin(), entries.size()), name, where);
}

}  // namespace weft
