// DepthwiseConv2dNative and the two ops of its gradient: each input channel has filters of its own, [rows, columns, in, multiplier].
// Output channel k * multiplier + q comes from input channel k. NHWC only, and `dilations` has no effect, as in TensorFlow's CPU
// kernels (its Python spreads the image with SpaceToBatchND instead).
#include <utility>

#include "src/ops/image_ops.h"
#include "src/ops/op_lists.h"
#include "src/ops/row_sum.h"
#include "src/ops/window.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/conv_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kDepthwiseKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};

std::vector<AttrDef> depthwise_attributes() {
  return {type_attribute("T", kFloatTypes),
          attribute("strides", AttrType::kListInt),
          {.name = "padding", .type = AttrType::kString, .allowed_strings = {"SAME", "VALID"}},
          string_attribute("data_format", "NHWC", {"NHWC", "NCHW"}),
          attribute("dilations", AttrType::kListInt, std::vector<int64_t>{1, 1, 1, 1})};
}

absl::StatusOr<Window> depthwise_window(const AttrMap& attrs) {
  WEFT_ASSIGN_OR_RETURN(Window window, parse_window("DepthwiseConv2D", attrs));
  window.dilation = {1, 1};
  return window;
}

absl::Status depthwise_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, c.input_with_rank(0, 4));
  WEFT_ASSIGN_OR_RETURN(const PartialShape filter, c.input_with_rank(1, 4));
  WEFT_ASSIGN_OR_RETURN(const Window window, depthwise_window(c.attrs()));
  WEFT_ASSIGN_OR_RETURN(const int64_t in_channels, ShapeContext::merge_dims(input.dim(window.channel_dim()), filter.dim(2)));
  int64_t channels = kUnknownDim;
  if (in_channels >= 0 && filter.dim(3) >= 0 && __builtin_mul_overflow(in_channels, filter.dim(3), &channels)) {
    return invalid_argument("depth ", in_channels, " times multiplier ", filter.dim(3), " overflows");
  }
  WEFT_ASSIGN_OR_RETURN(const int64_t rows, window_output(window, 0, input.dim(window.spatial_dim(0)), filter.dim(0)));
  WEFT_ASSIGN_OR_RETURN(const int64_t columns, window_output(window, 1, input.dim(window.spatial_dim(1)), filter.dim(1)));
  c.set_output(0, image_shape(window, input.dim(0), rows, columns, channels));
  return absl::OkStatus();
}

struct DepthwiseGeometry {
  WindowAxis rows;
  WindowAxis columns;
  int64_t batch;
  int64_t channels;  // of the input
  int64_t multiplier;

  int64_t out_channels() const { return channels * multiplier; }
  const auto* at_input(const auto* data, int64_t n, int64_t y, int64_t x) const {
    return data + ((n * rows.input + y) * columns.input + x) * channels;
  }
  const auto* at_output(const auto* data, int64_t n, int64_t i, int64_t j) const {
    return data + ((n * rows.output + i) * columns.output + j) * out_channels();
  }
  const auto* at_filter(const auto* data, int64_t a, int64_t b) const { return data + (a * columns.size + b) * out_channels(); }
  int64_t taps() const { return rows.size * columns.size; }
};

// out[k*m + q] += in[k] * filter[k*m + q]
template <typename T> void add_pixel(int64_t channels, int64_t multiplier, const T* in, const T* filter, T* out) {
  if (multiplier == 1) {
    for (int64_t k = 0; k < channels; ++k) out[k] += in[k] * filter[k];
    return;
  }
  for (int64_t k = 0; k < channels; ++k) {
    for (int64_t q = 0; q < multiplier; ++q) out[k * multiplier + q] += in[k] * filter[k * multiplier + q];
  }
}

// Calls f(tap row, tap column, image row, image column) for the window at output (i, j).
template <typename F> void for_each_tap(const DepthwiseGeometry& g, int64_t i, int64_t j, F f) {
  for (int64_t a = g.rows.first_tap(i); a < g.rows.last_tap(i); ++a) {
    for (int64_t b = g.columns.first_tap(j); b < g.columns.last_tap(j); ++b) {
      f(a, b, g.rows.start(i) + a * g.rows.dilation, g.columns.start(j) + b * g.columns.dilation);
    }
  }
}

template <typename T> absl::Status depthwise(const KernelContext& context, const DepthwiseGeometry& g, const T* input, const T* filter, T* output) {
  const int64_t row_cost = g.columns.output * g.taps() * g.out_channels();
  context.parallel_for(g.batch * g.rows.output, tile_items(row_cost), [&](int64_t begin, int64_t end) {
    std::fill(output + begin * g.columns.output * g.out_channels(), output + end * g.columns.output * g.out_channels(), T(0));
    for (int64_t row = begin; row < end; ++row) {
      const int64_t n = row / g.rows.output, i = row % g.rows.output;
      for (int64_t j = 0; j < g.columns.output; ++j) {
        T* out = output + (row * g.columns.output + j) * g.out_channels();
        for_each_tap(g, i, j, [&](int64_t a, int64_t b, int64_t y, int64_t x) {
          add_pixel(g.channels, g.multiplier, g.at_input(input, n, y, x), g.at_filter(filter, a, b), out);
        });
      }
    }
  });
  return absl::OkStatus();
}

// The output position whose tap lies on image pixel `pixel`; -1 when there is none.
int64_t position_of(const WindowAxis& axis, int64_t pixel, int64_t tap) {
  const int64_t distance = pixel + axis.pad_before - tap * axis.dilation;
  if (distance < 0 || distance % axis.stride != 0) return -1;
  return distance / axis.stride < axis.output ? distance / axis.stride : -1;
}

template <typename T> absl::Status depthwise_backprop_input(const KernelContext& context, const DepthwiseGeometry& g, const T* filter,
                                                            const T* gradient, T* input_gradient) {
  const int64_t row_cost = g.columns.input * g.taps() * g.out_channels();
  context.parallel_for(g.batch * g.rows.input, tile_items(row_cost), [&](int64_t begin, int64_t end) {
    std::fill(input_gradient + begin * g.columns.input * g.channels, input_gradient + end * g.columns.input * g.channels, T(0));
    for (int64_t pixel = begin * g.columns.input; pixel < end * g.columns.input; ++pixel) {
      const int64_t x = pixel % g.columns.input, y = pixel / g.columns.input % g.rows.input, n = pixel / g.columns.input / g.rows.input;
      T* to = input_gradient + pixel * g.channels;
      for (int64_t tap = 0; tap < g.taps(); ++tap) {
        const int64_t a = tap / g.columns.size, b = tap % g.columns.size;
        const int64_t i = position_of(g.rows, y, a), j = position_of(g.columns, x, b);
        if (i < 0 || j < 0) continue;
        const T* from = g.at_output(gradient, n, i, j);
        const T* weights = g.at_filter(filter, a, b);
        for (int64_t k = 0; k < g.channels; ++k) {
          for (int64_t q = k * g.multiplier; q < (k + 1) * g.multiplier; ++q) to[k] += from[q] * weights[q];
        }
      }
    }
  });
  return absl::OkStatus();
}

template <typename T> absl::Status depthwise_backprop_filter(const KernelContext& context, const DepthwiseGeometry& g, const T* input,
                                                             const T* gradient, T* filter_gradient) {
  return sum_rows(context, g.batch * g.rows.output, g.taps() * g.out_channels(), filter_gradient, [&](int64_t row, T* sum) {
    const int64_t n = row / g.rows.output, i = row % g.rows.output;
    for (int64_t j = 0; j < g.columns.output; ++j) {
      const T* from = g.at_output(gradient, n, i, j);
      for_each_tap(g, i, j, [&](int64_t a, int64_t b, int64_t y, int64_t x) {
        add_pixel(g.channels, g.multiplier, g.at_input(input, n, y, x), from, sum + (a * g.columns.size + b) * g.out_channels());
      });
    }
  });
}

// --- Kernels -------------------------------------------------------------------------------------------------------------------

absl::StatusOr<DepthwiseGeometry> geometry_of(const Window& window, const Shape& input, const Shape& filter) {
  if (input.rank() != 4) return invalid_argument("input must be 4-dimensional", input.to_string());
  if (filter.rank() != 4) return invalid_argument("filter must be 4-dimensional: ", filter.to_string());
  if (input.dim(3) != filter.dim(2)) return invalid_argument("input and filter must have the same depth: ", input.dim(3), " vs ", filter.dim(2));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis rows, window_axis(window, 0, input.dim(1), filter.dim(0)));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis columns, window_axis(window, 1, input.dim(2), filter.dim(1)));
  return DepthwiseGeometry{rows, columns, input.dim(0), filter.dim(2), filter.dim(3)};
}

absl::StatusOr<Shape> output_shape(const DepthwiseGeometry& g) {
  int64_t channels = 0;
  if (__builtin_mul_overflow(g.channels, g.multiplier, &channels))
    return invalid_argument("depth ", g.channels, " times multiplier ", g.multiplier, " overflows");
  return Shape{g.batch, g.rows.output, g.columns.output, channels};
}

// Shapes of the gradient ops: one of `input` and `filter` is given as a vector of sizes.
absl::StatusOr<DepthwiseGeometry> backprop_geometry(std::string_view op, const Window& window, const Shape& input, const Shape& filter,
                                                    const Shape& gradient) {
  if (input.rank() != 4) return invalid_argument(op, ": input must be 4-dimensional");
  if (filter.rank() != 4) return invalid_argument(op, ": filter must be 4-dimensional");
  if (gradient.rank() != 4) return invalid_argument(op, ": out_backprop must be 4-dimensional");
  if (input.dim(0) != gradient.dim(0)) return invalid_argument(op, ": input and out_backprop must have the same batch size");
  WEFT_ASSIGN_OR_RETURN(const DepthwiseGeometry g, geometry_of(window, input, filter));
  WEFT_ASSIGN_OR_RETURN(const Shape expected, output_shape(g));
  for (const int dim : {1, 2}) {
    if (gradient.dim(dim) == expected.dim(dim)) continue;
    return invalid_argument(op, ": Number of ", dim == 1 ? "rows" : "cols", " of out_backprop doesn't match computed: actual = ", gradient.dim(dim),
                            ", computed = ", expected.dim(dim));
  }
  if (gradient.dim(3) != expected.dim(3)) return invalid_argument(op, ": depth_multiplier * in_depth not equal to out_depth");
  return g;
}

absl::Status run_depthwise(KernelContext& context, const Window& window, DType dtype) {
  const Tensor& input = context.input(0);
  const Tensor& filter = context.input(1);
  WEFT_ASSIGN_OR_RETURN(const DepthwiseGeometry g, geometry_of(window, input.shape(), filter.shape()));
  WEFT_ASSIGN_OR_RETURN(const Shape shape, output_shape(g));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&input, &filter}, *output,
                            [&]<typename T>(const T* const* inputs, T* out) { return depthwise<T>(context, g, inputs[0], inputs[1], out); });
}

absl::Status run_backprop_input(KernelContext& context, const Window& window, DType dtype) {
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_sizes(context.input(0), "Conv2DBackpropInput: input_sizes input must be 1-dim, not "));
  const Tensor& filter = context.input(1);
  const Tensor& gradient = context.input(2);
  WEFT_ASSIGN_OR_RETURN(const DepthwiseGeometry g,
                        backprop_geometry("DepthwiseConv2DBackpropInput", window, shape, filter.shape(), gradient.shape()));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&filter, &gradient}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    return depthwise_backprop_input<T>(context, g, inputs[0], inputs[1], out);
  });
}

absl::Status run_backprop_filter(KernelContext& context, const Window& window, DType dtype) {
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_sizes(context.input(1), "Conv2DBackpropFilter: filter_sizes input must be 1-dim, not "));
  const Tensor& input = context.input(0);
  const Tensor& gradient = context.input(2);
  WEFT_ASSIGN_OR_RETURN(const DepthwiseGeometry g,
                        backprop_geometry("DepthwiseConv2DBackpropFilter", window, input.shape(), shape, gradient.shape()));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&input, &gradient}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    return depthwise_backprop_filter<T>(context, g, inputs[0], inputs[1], out);
  });
}

template <absl::Status (*Run)(KernelContext&, const Window&, DType)> KernelTable depthwise_kernels() {
  return {{.constraints = {{"T", kDepthwiseKernelTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             WEFT_ASSIGN_OR_RETURN(const Window window, depthwise_window(init.attrs()));
             WEFT_RETURN_IF_ERROR(check_spatial_only(init.attrs(), window));
             if (window.channels_first) return unimplemented("Depthwise convolution on CPU is only supported for NHWC format");
             if (window.stride[0] != window.stride[1]) {
               return invalid_argument("Current implementation only supports equal length strides in the row and column dimensions.");
             }
             return Kernel([window, dtype = init.type("T")](KernelContext& context) { return Run(context, window, dtype); });
           }}};
}

template <int Index> absl::Status sizes_shape(ShapeContext& c) { return image_shape_from_sizes(c, Index); }

// A node of one of the three ops with the attributes of the op whose gradient is built.
Output depthwise_node(GradientContext& g, const OpDef& op, std::initializer_list<Output> inputs) {
  OpBuilder builder(op, "", Loc::current());
  for (const Output& input : inputs) builder.input(input);
  for (const auto name : {"strides", "padding", "data_format", "dilations"}) {
    if (const AttrValue* value = g.attrs().find(name)) builder.attr(name, *value);
  }
  return builder.output();
}

}  // namespace

// DepthwiseConv2dNative: output[n,i,j, k*m + q] = sum of input[n, i*stride + a*dilation - pad, …, k] * filter[a,b,k,q].
const OpDef& depthwise_conv2d_native_op() {
  static const OpDef& op =
      *new OpDef{.name = "DepthwiseConv2dNative",
                 .inputs = {{"input", type_attr("T")}, {"filter", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = depthwise_attributes(),
                 .shape = depthwise_shape,
                 .kernels = depthwise_kernels<run_depthwise>(),
                 .gradient = [](GradientContext& g) {
                   const Output input = depthwise_node(g, depthwise_conv2d_native_backprop_input_op(), {shape(g.x(0)), g.x(1), g.dy()});
                   return g.two(input, depthwise_node(g, depthwise_conv2d_native_backprop_filter_op(), {g.x(0), shape(g.x(1)), g.dy()}));
                 }};
  return op;
}

// DepthwiseConv2dNativeBackpropInput: the gradient of its input.
const OpDef& depthwise_conv2d_native_backprop_input_op() {
  static const OpDef& op =
      *new OpDef{.name = "DepthwiseConv2dNativeBackpropInput",
                 .inputs = {{"input_sizes", DType::kInt32}, {"filter", type_attr("T")}, {"out_backprop", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = depthwise_attributes(),
                 .shape = sizes_shape<0>,
                 .kernels = depthwise_kernels<run_backprop_input>(),
                 .gradient = [](GradientContext& g) -> Gradients {
                   const Output filter = depthwise_node(g, depthwise_conv2d_native_backprop_filter_op(), {g.dy(), shape(g.x(1)), g.x(2)});
                   return {Gradient(), filter, depthwise_node(g, depthwise_conv2d_native_op(), {g.dy(), g.x(1)})};
                 }};
  return op;
}

// DepthwiseConv2dNativeBackpropFilter: the gradient of its filter.
const OpDef& depthwise_conv2d_native_backprop_filter_op() {
  static const OpDef& op =
      *new OpDef{.name = "DepthwiseConv2dNativeBackpropFilter",
                 .inputs = {{"input", type_attr("T")}, {"filter_sizes", DType::kInt32}, {"out_backprop", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = depthwise_attributes(),
                 .shape = sizes_shape<1>,
                 .kernels = depthwise_kernels<run_backprop_filter>(),
                 .gradient = [](GradientContext& g) -> Gradients {
                   const Output input = depthwise_node(g, depthwise_conv2d_native_backprop_input_op(), {shape(g.x(0)), g.dy(), g.x(2)});
                   return {input, Gradient(), depthwise_node(g, depthwise_conv2d_native_op(), {g.x(0), g.dy()})};
                 }};
  return op;
}

OpList depthwise_conv2d_ops() {
  return {&depthwise_conv2d_native_op(), &depthwise_conv2d_native_backprop_input_op(), &depthwise_conv2d_native_backprop_filter_op()};
}

}  // namespace weft
