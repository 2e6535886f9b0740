// Conv2D and the two ops of its gradient. NHWC images [batch, rows, columns, channels], HWIO filters
// [rows, columns, in_channels, out_channels]. TensorFlow computes NCHW on GPUs only; so does no kernel here.
#include <utility>

#include "src/ops/conv2d_kernels.h"
#include "src/ops/image_ops.h"
#include "src/ops/op_lists.h"
#include "src/ops/window.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/conv_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kConvKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};

std::vector<AttrDef> conv_attributes() {
  return {type_attribute("T", kFloatTypes),
          attribute("strides", AttrType::kListInt),
          bool_attribute("use_cudnn_on_gpu", true),
          {.name = "padding", .type = AttrType::kString, .allowed_strings = {"SAME", "VALID", "EXPLICIT"}},
          attribute("explicit_paddings", AttrType::kListInt, std::vector<int64_t>{}),
          string_attribute("data_format", "NHWC", {"NHWC", "NCHW"}),
          attribute("dilations", AttrType::kListInt, std::vector<int64_t>{1, 1, 1, 1})};
}

absl::Status check_depths(int64_t in, int64_t filter_in, int64_t out) {
  if (in < 0 || filter_in < 0) return absl::OkStatus();
  if (filter_in == 0 ? in != 0 : in % filter_in != 0) {
    return invalid_argument("Depth of input (", in, ") is not a multiple of input depth of filter (", filter_in, ")");
  }
  const int64_t groups = filter_in == 0 ? 1 : std::max<int64_t>(1, in / filter_in);
  if (out >= 0 && out % groups != 0) return invalid_argument("Depth of output (", out, ") is not a multiple of the number of groups (", groups, ")");
  return absl::OkStatus();
}

absl::Status conv2d_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, c.input_with_rank(0, 4));
  WEFT_ASSIGN_OR_RETURN(const PartialShape filter, c.input_with_rank(1, 4));
  WEFT_ASSIGN_OR_RETURN(const Window window, parse_window("Conv2D", c.attrs()));
  WEFT_RETURN_IF_ERROR(check_depths(input.dim(window.channel_dim()), filter.dim(2), filter.dim(3)));
  WEFT_ASSIGN_OR_RETURN(const int64_t rows, window_output(window, 0, input.dim(window.spatial_dim(0)), filter.dim(0)));
  WEFT_ASSIGN_OR_RETURN(const int64_t columns, window_output(window, 1, input.dim(window.spatial_dim(1)), filter.dim(1)));
  c.set_output(0, image_shape(window, input.dim(0), rows, columns, filter.dim(3)));
  return absl::OkStatus();
}

absl::StatusOr<ConvGeometry> geometry_of(const Window& window, const Shape& input, const Shape& filter) {
  WEFT_ASSIGN_OR_RETURN(const WindowAxis rows, window_axis(window, 0, input.dim(1), filter.dim(0)));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis columns, window_axis(window, 1, input.dim(2), filter.dim(1)));
  return ConvGeometry{rows, columns, input.dim(0), input.dim(3), filter.dim(3)};
}

// What all three kernels ask of their attributes.
absl::StatusOr<Window> conv_window(const KernelInit& init, std::string_view nchw_error) {
  WEFT_ASSIGN_OR_RETURN(const Window window, parse_window("Conv2D", init.attrs()));
  WEFT_RETURN_IF_ERROR(check_spatial_only(init.attrs(), window));
  if (window.channels_first) return unimplemented(nchw_error);
  return window;
}

// --- Conv2D --------------------------------------------------------------------------------------------------------------------

absl::Status check_conv(const Shape& input, const Shape& filter) {
  if (input.rank() != 4) return invalid_argument("input must be 4-dimensional", input.to_string());
  if (filter.rank() != 4) return invalid_argument("filter must be 4-dimensional: ", filter.to_string());
  const int64_t in = input.dim(3), filter_in = filter.dim(2);
  if (filter_in == 0 ? in != 0 : in % filter_in != 0) {
    return invalid_argument("input depth must be evenly divisible by filter depth: ", in, " vs ", filter_in);
  }
  if (in == filter_in) return absl::OkStatus();
  return unimplemented(
      "The Conv2D op currently does not support grouped convolutions on the CPU. A grouped convolution was attempted to be run because the input "
      "depth of ",
      in, " does not match the filter input depth of ", filter_in);
}

absl::Status run_conv2d(KernelContext& context, const Window& window, DType dtype) {
  const Tensor& input = context.input(0);
  const Tensor& filter = context.input(1);
  WEFT_RETURN_IF_ERROR(check_conv(input.shape(), filter.shape()));
  WEFT_ASSIGN_OR_RETURN(const ConvGeometry geometry, geometry_of(window, input.shape(), filter.shape()));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(
      context.allocate_output(0, Shape{geometry.batch, geometry.rows.output, geometry.columns.output, geometry.out_channels}, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&input, &filter}, *output,
                            [&]<typename T>(const T* const* inputs, T* out) { return convolve<T>(context, geometry, inputs[0], inputs[1], out); });
}

// --- Its gradient's ops ------------------------------------------------------------------------------------------------------------

// Shapes of the gradient ops: `input` and `filter` are those of the Conv2D, one of them given as a vector of sizes.
absl::StatusOr<ConvGeometry> backprop_geometry(std::string_view op, const Window& window, const Shape& input, const Shape& filter,
                                               const Shape& gradient) {
  if (input.rank() != 4) return invalid_argument(op, ": input must be 4-dimensional");
  if (filter.rank() != 4) return invalid_argument(op, ": filter must be 4-dimensional");
  if (gradient.rank() != 4) return invalid_argument(op, ": out_backprop must be 4-dimensional");
  if (input.dim(0) != gradient.dim(0)) {
    return invalid_argument(op, ": input and out_backprop must have the same batch size", "input batch: ", input.dim(0),
                            "outbackprop batch: ", gradient.dim(0), " batch_dim: 0");
  }
  const int64_t in = input.dim(3), filter_in = filter.dim(2);
  if (filter_in == 0 ? in != 0 : in % filter_in != 0) return invalid_argument(op, ": input depth must be evenly divisible by filter depth");
  if (in != filter_in)
    return unimplemented(op, ": grouped convolutions have no CPU kernel: the input depth of ", in, " is not the filter's, ", filter_in);
  if (filter.dim(3) != gradient.dim(3)) return invalid_argument(op, ": filter and out_backprop must have the same out_depth");
  WEFT_ASSIGN_OR_RETURN(const ConvGeometry geometry, geometry_of(window, input, filter));
  for (const int axis : {0, 1}) {
    const WindowAxis& w = axis == 0 ? geometry.rows : geometry.columns;
    if (w.output == gradient.dim(1 + axis)) continue;
    return invalid_argument(op, ": Size of out_backprop doesn't match computed: actual = ", gradient.dim(1 + axis), ", computed = ", w.output,
                            " spatial_dim: ", 1 + axis, " input: ", w.input, " filter: ", w.size, " output: ", gradient.dim(1 + axis),
                            " stride: ", w.stride, " dilation: ", w.dilation);
  }
  return geometry;
}

absl::Status run_backprop_input(KernelContext& context, const Window& window, DType dtype) {
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_sizes(context.input(0), "Conv2DBackpropInput: input_sizes input must be 1-dim, not "));
  const Tensor& filter = context.input(1);
  const Tensor& gradient = context.input(2);
  WEFT_ASSIGN_OR_RETURN(const ConvGeometry geometry, backprop_geometry("Conv2DCustomBackpropInput", window, shape, filter.shape(), gradient.shape()));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&filter, &gradient}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    return convolve_backprop_input<T>(context, geometry, inputs[0], inputs[1], out);
  });
}

absl::Status run_backprop_filter(KernelContext& context, const Window& window, DType dtype) {
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_sizes(context.input(1), "Conv2DCustomBackpropFilter: filter_sizes input must be 1-dim, not "));
  const Tensor& input = context.input(0);
  const Tensor& gradient = context.input(2);
  WEFT_ASSIGN_OR_RETURN(const ConvGeometry geometry, backprop_geometry("Conv2DCustomBackpropFilter", window, input.shape(), shape, gradient.shape()));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&input, &gradient}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    return convolve_backprop_filter<T>(context, geometry, inputs[0], inputs[1], out);
  });
}

// Output 0 has the shape that input `Index`, a vector of 4 sizes, tells.
template <int Index> absl::Status sizes_shape(ShapeContext& c) { return image_shape_from_sizes(c, Index); }

template <absl::Status (*Run)(KernelContext&, const Window&, DType)> KernelTable conv_kernels(std::string_view nchw_error) {
  return {{.constraints = {{"T", kConvKernelTypes}}, .make = [nchw_error](const KernelInit& init) -> absl::StatusOr<Kernel> {
             WEFT_ASSIGN_OR_RETURN(const Window window, conv_window(init, nchw_error));
             return Kernel([window, dtype = init.type("T")](KernelContext& context) { return Run(context, window, dtype); });
           }}};
}

OpBuilder with_conv_attributes(OpBuilder builder, const AttrMap& attrs) {
  for (const auto name : {"strides", "use_cudnn_on_gpu", "padding", "explicit_paddings", "data_format", "dilations"}) {
    if (const AttrValue* value = attrs.find(name)) builder.attr(name, *value);
  }
  return builder;
}

// Nodes of the three ops with the attributes of the op whose gradient is built.
Output conv_node(GradientContext& g, const OpDef& op, const Output& a, const Output& b) {
  return with_conv_attributes(std::move(OpBuilder(op, "", Loc::current()).input(a).input(b)), g.attrs()).output();
}
Output conv_node(GradientContext& g, const OpDef& op, const Output& a, const Output& b, const Output& c) {
  return with_conv_attributes(std::move(OpBuilder(op, "", Loc::current()).input(a).input(b).input(c)), g.attrs()).output();
}

}  // namespace

// Conv2D: output[n,i,j,o] = sum of input[n, i*stride + a*dilation - pad, j*stride + b*dilation - pad, c] * filter[a,b,c,o].
const OpDef& conv2d_op() {
  static const OpDef& op = *new OpDef{
      .name = "Conv2D",
      .inputs = {{"input", type_attr("T")}, {"filter", type_attr("T")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = conv_attributes(),
      .shape = conv2d_shape,
      .kernels =
          conv_kernels<run_conv2d>("The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given the format: NCHW"),
      .gradient = [](GradientContext& g) {
        const std::vector<Output> shapes = shape_n({g.x(0), g.x(1)});
        const Output input = conv_node(g, conv2d_backprop_input_op(), shapes[0], g.x(1), g.dy());
        return g.two(input, conv_node(g, conv2d_backprop_filter_op(), g.x(0), shapes[1], g.dy()));
      }};
  return op;
}

// Conv2DBackpropInput: the gradient of Conv2D's input; on its own, the transposed ("de-") convolution.
const OpDef& conv2d_backprop_input_op() {
  static const OpDef& op = *new OpDef{.name = "Conv2DBackpropInput",
                                      .inputs = {{"input_sizes", DType::kInt32}, {"filter", type_attr("T")}, {"out_backprop", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = conv_attributes(),
                                      .shape = sizes_shape<0>,
                                      .kernels = conv_kernels<run_backprop_input>("Conv2DCustomBackpropInputOp only supports NHWC."),
                                      .gradient = [](GradientContext& g) -> Gradients {
                                        const Output filter = conv_node(g, conv2d_backprop_filter_op(), g.dy(), shape(g.x(1)), g.x(2));
                                        return {Gradient(), filter, conv_node(g, conv2d_op(), g.dy(), g.x(1))};
                                      }};
  return op;
}

// Conv2DBackpropFilter: the gradient of Conv2D's filter.
const OpDef& conv2d_backprop_filter_op() {
  static const OpDef& op = *new OpDef{.name = "Conv2DBackpropFilter",
                                      .inputs = {{"input", type_attr("T")}, {"filter_sizes", DType::kInt32}, {"out_backprop", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = conv_attributes(),
                                      .shape = sizes_shape<1>,
                                      .kernels = conv_kernels<run_backprop_filter>("Conv2DCustomBackpropFilterOp only supports NHWC."),
                                      .gradient = [](GradientContext& g) -> Gradients {
                                        const Output input = conv_node(g, conv2d_backprop_input_op(), shape(g.x(0)), g.dy(), g.x(2));
                                        return {input, Gradient(), conv_node(g, conv2d_op(), g.x(0), g.dy())};
                                      }};
  return op;
}

OpList conv2d_ops() { return {&conv2d_op(), &conv2d_backprop_input_op(), &conv2d_backprop_filter_op()}; }

}  // namespace weft
