// Pad, PadV2: constant elements around a tensor. The mirrored kinds stand in mirror_pad.cc.
#include <algorithm>

#include "src/ops/index_values.h"
#include "src/ops/mirror_pad.h"
#include "src/ops/op_lists.h"
#include "src/ops/paddings.h"
#include "src/ops/storage.h"
#include "src/ops/strided_copy.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

// `filler` null: zeros, empty strings.
absl::Status pad_with(KernelContext& context, const Tensor* filler) {
  const Tensor& x = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const Paddings paddings, read_paddings(context.input(1), x.rank()));
  WEFT_ASSIGN_OR_RETURN(const Shape shape, padded_shape(x.shape(), paddings, 1));
  if (shape == x.shape()) {
    context.set_output(0, x);
    return absl::OkStatus();
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  dispatch_storage(x.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T value = filler != nullptr ? filler->data<T>()[0] : T();
    T* elements = out->data<T>();
    context.parallel_for(out->num_elements(), tile_items(1), [&](int64_t begin, int64_t end) { std::fill(elements + begin, elements + end, value); });
  });
  StridedBox box;
  box.sizes = Dims(x.shape().dims().begin(), x.shape().dims().end());
  box.from = row_major_strides(box.sizes);
  box.to = row_major_strides(shape.dims());
  for (size_t i = 0; i < paddings.size(); ++i) box.to_offset += paddings[i].first * box.to[i];
  strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(box));
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_pad(const KernelInit&) {
  return Kernel([](KernelContext& context) { return pad_with(context, nullptr); });
}

absl::StatusOr<Kernel> make_pad_v2(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& value = context.input(2);
    if (value.rank() != 0) return invalid_argument("constant_values must be a scalar. Found: ", value.shape().to_string());
    return pad_with(context, &value);
  });
}

// dx is dy without the padding.
Gradients pad_grad(GradientContext& g) {
  const Output before = slice(g.x(1), {0, 0}, stack({rank(g.x()), 1}));
  const Output begin = reshape(before, {-1});
  const Output sizes = shape(g.x());
  return g.first(slice(g.dy(), begin, sizes));
}

// Pad: zeros around x, as many as `paddings` says.
const OpDef& pad_op() {
  static const OpDef& op = *new OpDef{.name = "Pad",
                                      .inputs = {{"input", type_attr("T")}, {"paddings", type_attr("Tpaddings")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tpaddings", kIndexTypes, DType::kInt32)},
                                      .shape = pad_shape,
                                      .kernels = {{.make = make_pad}},
                                      .gradient = pad_grad};
  return op;
}

// PadV2: Pad with a value of choice. The value gets no gradient, as in TensorFlow.
const OpDef& pad_v2_op() {
  static const OpDef& op =
      *new OpDef{.name = "PadV2",
                 .inputs = {{"input", type_attr("T")}, {"paddings", type_attr("Tpaddings")}, {"constant_values", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = {type_attribute("T"), type_attribute("Tpaddings", kIndexTypes, DType::kInt32)},
                 .shape = pad_shape,
                 .kernels = {{.make = make_pad_v2}},
                 .gradient = pad_grad};
  return op;
}

}  // namespace

OpList pad_ops() { return {&pad_op(), &pad_v2_op()}; }

Output pad(const Operand& tensor, const Operand& paddings, PadOptions options, Loc where) {
  if (options.mode != PadMode::kConstant) {
    return mirror_pad(tensor, paddings, options.mode == PadMode::kReflect ? "REFLECT" : "SYMMETRIC", options.name, where);
  }
  if (options.constant_value.has_value()) {
    return OpBuilder(pad_v2_op(), options.name, where).input(tensor).input(paddings).input(*options.constant_value).output();
  }
  return OpBuilder(pad_op(), options.name, where).input(tensor).input(paddings).output();
}

Output pad(const Operand& tensor, std::initializer_list<std::initializer_list<int>> paddings, PadOptions options, Loc where) {
  std::vector<int32_t> flat;
  for (const std::initializer_list<int> pair : paddings) flat.insert(flat.end(), pair.begin(), pair.end());
  Tensor matrix = Tensor::from<int32_t>(flat, Shape{static_cast<int64_t>(paddings.size()), 2});
  if (!matrix.valid()) {
    if (Graph* graph = tensor.graph()) graph->add_error(invalid_argument("pad: each dimension takes two numbers, before and after"), where);
    return Output::failed(tensor.graph());
  }
  return pad(tensor, Operand(std::move(matrix), where), std::move(options), where);
}

}  // namespace weft
