// BiasAdd and its gradient. A value is seen as [outer, channels, inner]: inner is 1 when channels are last (NHWC), and all that
// follows dimension 1 when they are second (NCHW).
#include <vector>

#include "src/ops/op_lists.h"
#include "src/ops/row_sum.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/conv_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kBiasKernelTypes = kNumberTypes - kQuantizedTypes - DTypeSet{DType::kUInt32, DType::kUInt64};

struct Channels {
  int64_t outer, channels, inner;
};

Channels split(const Shape& shape, bool channels_first) {
  const int axis = channels_first ? 1 : shape.rank() - 1;
  Channels c{1, shape.dim(axis), 1};
  for (int i = 0; i < axis; ++i) c.outer *= shape.dim(i);
  for (int i = axis + 1; i < shape.rank(); ++i) c.inner *= shape.dim(i);
  return c;
}

bool channels_first(const AttrMap& attrs) { return attrs.get<std::string>("data_format") == "NCHW"; }

// --- BiasAdd -------------------------------------------------------------------------------------------------------------------

absl::Status bias_add_shape(ShapeContext& c) {
  const bool first = channels_first(c.attrs());
  WEFT_ASSIGN_OR_RETURN(PartialShape value, ShapeContext::with_rank_at_least(c.input(0), first ? 3 : 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape bias, c.input_with_rank(1, 1));
  if (value.known_rank()) {
    const int axis = first ? 1 : value.rank() - 1;
    WEFT_ASSIGN_OR_RETURN(const int64_t channels, ShapeContext::merge_dims(value.dim(axis), bias.dim(0)));
    value.set_dim(axis, channels);
  }
  c.set_output(0, std::move(value));
  return absl::OkStatus();
}

template <typename T> void add_bias(const KernelContext& context, const Channels& c, const T* value, const T* bias, T* output) {
  context.parallel_for(c.outer * c.channels, tile_items(c.inner + 1), [&](int64_t begin, int64_t end) {
    if (c.inner != 1) {
      for (int64_t row = begin; row < end; ++row) {
        const T b = bias[row % c.channels];
        for (int64_t i = row * c.inner; i < (row + 1) * c.inner; ++i) output[i] = value[i] + b;
      }
      return;
    }
    for (int64_t at = begin; at < end;) {
      const int64_t channel = at % c.channels;
      const int64_t count = std::min(c.channels - channel, end - at);
      for (int64_t i = 0; i < count; ++i) output[at + i] = value[at + i] + bias[channel + i];
      at += count;
    }
  });
}

absl::Status run_bias_add(KernelContext& context, DType dtype, bool first) {
  const Tensor& value = context.input(0);
  const Tensor& bias = context.input(1);
  if (value.rank() < 2) return invalid_argument("Input tensor must be at least 2D: ", value.shape().to_string());
  if (bias.rank() != 1) return invalid_argument("Biases must be 1D: ", bias.shape().to_string());
  const Channels channels = split(value.shape(), first);
  if (bias.dim(0) != channels.channels) {
    return invalid_argument("Must provide as many biases as the ", first ? "channel" : "last",
                            " dimension of the input tensor: ", bias.shape().to_string(), " vs. ", value.shape().to_string());
  }
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, value.shape(), &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  dispatch<kBiasKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    add_bias<T>(context, channels, context.input(0).data<T>(), bias.data<T>(), output->data<T>());
  });
  return absl::OkStatus();
}

// --- BiasAddGrad ---------------------------------------------------------------------------------------------------------------

absl::Status bias_add_grad_shape(ShapeContext& c) {
  const bool first = channels_first(c.attrs());
  WEFT_ASSIGN_OR_RETURN(const PartialShape value, ShapeContext::with_rank_at_least(c.input(0), first ? 3 : 2));
  c.set_output(0, PartialShape::vector(value.known_rank() ? value.dim(first ? 1 : value.rank() - 1) : kUnknownDim));
  return absl::OkStatus();
}

// What 16-bit floats are summed in.
template <typename T> using Sum = std::conditional_t<std::is_same_v<T, half> || std::is_same_v<T, bfloat16>, float, T>;

template <typename T> absl::Status sum_to_channels(const KernelContext& context, const Channels& c, const T* gradient, T* output) {
  const Scratch<Sum<T>> sums(c.channels);
  if (!sums) return no_scratch_memory("BiasAddGrad");
  if (c.inner == 1) {
    WEFT_RETURN_IF_ERROR(sum_rows(context, c.outer, c.channels, sums.data(), [&](int64_t row, Sum<T>* sum) {
      const T* from = gradient + row * c.channels;
      for (int64_t i = 0; i < c.channels; ++i) sum[i] += static_cast<Sum<T>>(from[i]);
    }));
  } else {
    WEFT_RETURN_IF_ERROR(sum_rows(context, c.outer, c.channels, sums.data(), [&](int64_t row, Sum<T>* sum) {
      for (int64_t channel = 0; channel < c.channels; ++channel) {
        const T* from = gradient + (row * c.channels + channel) * c.inner;
        Sum<T> total(0);
        for (int64_t i = 0; i < c.inner; ++i) total += static_cast<Sum<T>>(from[i]);
        sum[channel] += total;
      }
    }));
  }
  for (int64_t i = 0; i < c.channels; ++i) output[i] = static_cast<T>(sums.data()[i]);
  return absl::OkStatus();
}

absl::Status run_bias_add_grad(KernelContext& context, DType dtype, bool first) {
  const Tensor& gradient = context.input(0);
  if (gradient.rank() < 2) return invalid_argument("Input tensor must be at least 2D: ", gradient.shape().to_string());
  const Channels channels = split(gradient.shape(), first);
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{channels.channels}, &output));
  absl::Status status;
  dispatch<kBiasKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    status = sum_to_channels<T>(context, channels, gradient.data<T>(), output->data<T>());
  });
  return status;
}

template <absl::Status (*Run)(KernelContext&, DType, bool)> KernelTable bias_kernels() {
  return {{.constraints = {{"T", kBiasKernelTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             return Kernel(
                 [dtype = init.type("T"), first = channels_first(init.attrs())](KernelContext& context) { return Run(context, dtype, first); });
           }}};
}

std::vector<AttrDef> bias_attributes() { return {type_attribute("T", kNumberTypes), string_attribute("data_format", "NHWC", {"NHWC", "NCHW"})}; }

// The gradient of BiasAddGrad: the bias's gradient repeated over the other dimensions.
Gradients repeat_over_value(GradientContext& g) {
  const Output value_shape = shape(g.x(0));
  const Output bias_shape = shape(g.dy());
  const bool first = channels_first(g.attrs());
  const auto before = [&] { return strided_slice(value_shape, {Slice::to(first ? 1 : -1)}); };
  const auto after = [&] { return strided_slice(value_shape, {Slice::from(2)}); };
  Output expanded, multiples;
  if (first) {
    const Output ones_before = ones_like(before());
    expanded = concat({ones_before, bias_shape, ones_like(after())}, 0);
    const Output shape_before = before();
    multiples = concat({shape_before, Operand({1}), after()}, 0);
  } else {
    expanded = concat({ones_like(before()), bias_shape}, 0);
    multiples = concat({before(), Operand({1})}, 0);
  }
  return g.one(tile(reshape(g.dy(), expanded), multiples));
}

}  // namespace

// BiasAdd: value plus a vector along its channels.
const OpDef& bias_add_op() {
  static const OpDef& op =
      *new OpDef{.name = "BiasAdd",
                 .inputs = {{"value", type_attr("T")}, {"bias", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = bias_attributes(),
                 .shape = bias_add_shape,
                 .kernels = bias_kernels<run_bias_add>(),
                 .gradient = [](GradientContext& g) {
                   const std::string format = g.get<std::string>("data_format");
                   return g.two(g.dy(), OpBuilder(bias_add_grad_op(), "", Loc::current()).input(g.dy()).attr("data_format", format).output());
                 }};
  return op;
}

// BiasAddGrad: the sum over every dimension but the channels.
const OpDef& bias_add_grad_op() {
  static const OpDef& op = *new OpDef{.name = "BiasAddGrad",
                                      .inputs = {{"out_backprop", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = bias_attributes(),
                                      .shape = bias_add_grad_shape,
                                      .kernels = bias_kernels<run_bias_add_grad>(),
                                      .gradient = repeat_over_value};
  return op;
}

// BiasAddV1: as BiasAdd with the channels last.
const OpDef& bias_add_v1_op() {
  static const OpDef& op =
      *new OpDef{.name = "BiasAddV1",
                 .inputs = {{"value", type_attr("T")}, {"bias", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = {type_attribute("T", kNumberTypes)},
                 .shape = bias_add_shape,
                 .kernels = bias_kernels<run_bias_add>(),
                 .gradient = [](GradientContext& g) { return g.two(g.dy(), reduce_sum(g.dy(), {.axis = range(0, rank(g.dy()) - 1)})); }};
  return op;
}

OpList bias_add_ops() { return {&bias_add_op(), &bias_add_grad_op(), &bias_add_v1_op()}; }

}  // namespace weft
