// Convolutions of batches of images, and the bias added to them. TensorFlow 1.15: tf.nn.conv2d and its relatives.
//
// Images are NHWC, [batch, rows, columns, channels]; the attribute data_format may say NCHW for graphs that other machines run, but
// there is no CPU kernel for it (Unimplemented), as in TensorFlow. Kernels: half, float32, float64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

// "SAME": pads so that the output has ceil(input / stride) rows and columns. "VALID": no padding. Or explicit pixels, a pair (before,
// after) for each of the 4 dimensions: {{0, 0}, {top, bottom}, {left, right}, {0, 0}}.
struct ConvPadding {
  std::string kind = "VALID";
  std::vector<int64_t> explicit_paddings = {};
  ConvPadding(const char* text) : kind(text) {}       // NOLINT
  ConvPadding(std::string_view text) : kind(text) {}  // NOLINT
  ConvPadding(std::initializer_list<std::initializer_list<int64_t>> pairs) : kind("EXPLICIT") {
    for (const auto& pair : pairs) explicit_paddings.insert(explicit_paddings.end(), pair.begin(), pair.end());
  }
};

struct ConvOptions {
  std::string data_format = "NHWC";      // or "NCHW"
  std::vector<int64_t> dilations = {1};  // 1, 2 (rows, columns) or 4 numbers
  std::string name = {};                 // "Conv2D"
};
// output[n,i,j,o] = sum over a,b,c of input[n, i*stride + a*dilation - pad, j*stride + b*dilation - pad, c] * filter[a,b,c,o].
// input [batch, rows, columns, in]; filter [rows, columns, in, out]; strides: 1, 2 (rows, columns) or 4 numbers, all of batch and
// channels 1. InvalidArgument when depths or ranks disagree. Gradient: to input and filter. TF op Conv2D.
Output conv2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, const ConvPadding& padding, ConvOptions options = {},
              Loc where = Loc::current());

struct ConvTransposeOptions {
  ConvPadding padding = "SAME";
  std::string data_format = "NHWC";
  std::vector<int64_t> dilations = {1};
  std::string name = {};  // "conv2d_transpose"
};
// The gradient of conv2d with respect to its input, as a layer of its own ("deconvolution"). value [batch, rows, columns, in]; filter
// [rows, columns, out, in]; output_shape: 4 integers. Zeiler et al., CVPR 2010. TF op Conv2DBackpropInput.
Output conv2d_transpose(const Operand& value, const Operand& filter, const Operand& output_shape, std::vector<int64_t> strides,
                        ConvTransposeOptions options = {}, Loc where = Loc::current());

struct DepthwiseOptions {
  std::string data_format = "NHWC";
  std::string name = {};  // "depthwise"
};
// Each input channel convolved with filters of its own: output[n,i,j, k*multiplier + q] = sum over a,b of input[…, k] *
// filter[a,b,k,q]. filter [rows, columns, in, multiplier]; strides as for conv2d, rows' and columns' equal. TF op DepthwiseConv2dNative.
Output depthwise_conv2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, std::string_view padding,
                        DepthwiseOptions options = {}, Loc where = Loc::current());

struct BiasOptions {
  std::string data_format = {};  // "" or "NHWC": the last dimension is channels; "NCHW": the second
  std::string name = {};         // "BiasAdd"
};
// value + bias along the channels. value of rank >= 2, bias [channels] of the same dtype. Gradient: to value unchanged, to bias the
// sum over all other dimensions. TF op BiasAdd.
Output bias_add(const Operand& value, const Operand& bias, BiasOptions options = {}, Loc where = Loc::current());

const OpDef& conv2d_op();
const OpDef& conv2d_backprop_input_op();
const OpDef& conv2d_backprop_filter_op();
const OpDef& depthwise_conv2d_native_op();
const OpDef& depthwise_conv2d_native_backprop_input_op();
const OpDef& depthwise_conv2d_native_backprop_filter_op();
const OpDef& bias_add_op();
const OpDef& bias_add_grad_op();
const OpDef& bias_add_v1_op();

}  // namespace weft
