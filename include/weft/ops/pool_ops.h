// Pooling of batches of images, morphological dilation, and local response normalisation.
//
// Images are NHWC, [batch, rows, columns, channels]; NCHW has no CPU kernel (an error), as in TensorFlow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct PoolOptions {
  std::string data_format = "NHWC";
  std::string name = {};  // "MaxPool", "AvgPool"
};
// The greatest value in each window of ksize pixels. ksize and strides: 1, 2 (rows, columns) or 4 numbers; padding "SAME" or "VALID".
// A window of channels (ksize[3] > 1) is allowed with rows and columns of 1. Kernels: floating point and integers. Gradient: to the
// first greatest element of each window. TF op MaxPool.
Output max_pool(const Operand& value, std::vector<int64_t> ksize, std::vector<int64_t> strides, std::string_view padding, PoolOptions options = {},
                Loc where = Loc::current());
// The mean of each window; padding does not count. Kernels: half, float32, float64. TF op AvgPool.
Output avg_pool(const Operand& value, std::vector<int64_t> ksize, std::vector<int64_t> strides, std::string_view padding, PoolOptions options = {},
                Loc where = Loc::current());

struct DilationOptions {
  std::string name = {};  // "Dilation2D"
};
// Grey-scale dilation: output[n,i,j,c] = max over a,b of input[n, i*stride + a*rate, j*stride + b*rate, c] + filter[a,b,c]. strides and
// rates of 4 numbers. TF op Dilation2D.
Output dilation2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, std::vector<int64_t> rates, std::string_view padding,
                  DilationOptions options = {}, Loc where = Loc::current());

struct LrnOptions {
  int64_t depth_radius = 5;
  float bias = 1.0f;
  float alpha = 1.0f;
  float beta = 0.5f;
  std::string name = {};  // "LRN"
};
// input / (bias + alpha * sum of the squares of the 2 * depth_radius + 1 channels around) ^ beta. input of rank 4. Krizhevsky et al.,
// NIPS 2012. TF op LRN.
Output local_response_normalization(const Operand& input, LrnOptions options = {}, Loc where = Loc::current());
inline Output lrn(const Operand& input, LrnOptions options = {}, Loc where = Loc::current()) {
  return local_response_normalization(input, std::move(options), where);
}

const OpDef& max_pool_op();
const OpDef& max_pool_grad_op();
const OpDef& max_pool_grad_grad_op();
const OpDef& avg_pool_op();
const OpDef& avg_pool_grad_op();
const OpDef& dilation2d_op();
const OpDef& dilation2d_backprop_input_op();
const OpDef& dilation2d_backprop_filter_op();
const OpDef& lrn_op();
const OpDef& lrn_grad_op();

}  // namespace weft
