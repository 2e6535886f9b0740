// Builders of convolution and bias nodes.
#include "weft/ops/conv_ops.h"

#include "src/ops/composite.h"
#include "src/ops/image_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"

namespace weft {

namespace {

// Sets the attributes that all convolutions have; false when a list has a length nobody means (the error is in the graph).
bool set_window(OpBuilder& builder, Graph* graph, std::vector<int64_t> strides, std::vector<int64_t> dilations, std::string_view format, Loc where) {
  if (!complete_window_list(graph, strides, format, "strides", where)) return false;
  if (!complete_window_list(graph, dilations, format, "dilations", where)) return false;
  builder.attr("strides", std::move(strides)).attr("dilations", std::move(dilations)).attr("data_format", std::string(format));
  return true;
}

}  // namespace

Output conv2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, const ConvPadding& padding, ConvOptions options, Loc where) {
  Graph* graph = graph_of({&input, &filter});
  OpBuilder builder(conv2d_op(), options.name, where);
  if (!set_window(builder, graph, std::move(strides), options.dilations, options.data_format, where)) return Output::failed(graph);
  builder.attr("padding", padding.kind).attr("explicit_paddings", padding.explicit_paddings);
  return builder.input(input).input(filter).output();
}

Output conv2d_transpose(const Operand& value, const Operand& filter, const Operand& output_shape, std::vector<int64_t> strides,
                        ConvTransposeOptions options, Loc where) {
  Graph* graph = graph_of({&value, &filter, &output_shape});
  if (graph == nullptr) return Output();
  OpBuilder builder(*graph, conv2d_backprop_input_op(), options.name.empty() ? "conv2d_transpose" : options.name, where);
  if (!set_window(builder, graph, std::move(strides), options.dilations, options.data_format, where)) return Output::failed(graph);
  builder.attr("padding", options.padding.kind).attr("explicit_paddings", options.padding.explicit_paddings);
  return builder.input(output_shape, DType::kInt32).input(filter).input(value).output();
}

Output depthwise_conv2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, std::string_view padding, DepthwiseOptions options,
                        Loc where) {
  Graph* graph = graph_of({&input, &filter});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(options.name, "depthwise"), where);
  const Output image = convert(input, graph, DType::kInvalid, "tensor_in", where);
  const Output weights = convert(filter, graph, DType::kInvalid, "filter_in", where);
  if (!image || !weights) return Output::failed(graph);
  // What TensorFlow's Python makes to decide whether the image must be spread out for dilated filters.
  shape(weights);
  constant(*graph, {1, 1}, {.name = "dilation_rate"});
  OpBuilder builder(*graph, depthwise_conv2d_native_op(), scope.name(), where);
  if (!set_window(builder, graph, std::move(strides), {1}, options.data_format, where)) return Output::failed(graph);
  return builder.attr("padding", std::string(padding)).input(image).input(weights).output();
}

Output bias_add(const Operand& value, const Operand& bias, BiasOptions options, Loc where) {
  const std::string format = options.data_format.empty() || options.data_format == "NHWC" ? "NHWC"
                             : options.data_format.starts_with("NC")                      ? "NCHW"
                                                                                          : options.data_format;
  return OpBuilder(bias_add_op(), options.name, where).attr("data_format", format).input(value).input(bias).output();
}

}  // namespace weft
