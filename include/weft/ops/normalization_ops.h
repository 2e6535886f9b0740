// Normalisation of batches. TensorFlow 1.15: tf.nn.fused_batch_norm, batch_normalization, moments, l2_normalize.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct FusedBatchNormOptions {
  std::optional<Operand> mean = {};  // [channels]; for inference only
  std::optional<Operand> variance = {};
  float epsilon = 0.001f;            // at least 1.001e-5
  std::string data_format = "NHWC";  // NCHW has no CPU kernel
  bool is_training = true;
  std::string name = {};  // "FusedBatchNormV3"
};
struct FusedBatchNorm {
  Output y;
  Output batch_mean;      // [channels]
  Output batch_variance;  // [channels], over n - 1 pixels
};
// y = scale (x - mean) / sqrt(variance + epsilon) + offset. x: NHWC images, half or float32; scale, offset: float32 [channels]. In
// training mean and variance are the batch's. Gradient: to x, scale, offset. Ioffe and Szegedy, ICML 2015. TF op FusedBatchNormV3.
FusedBatchNorm fused_batch_norm(const Operand& x, const Operand& scale, const Operand& offset, FusedBatchNormOptions options = {},
                                Loc where = Loc::current());

// x * inv + (offset - mean * inv) with inv = scale / sqrt(variance + variance_epsilon); elementary ops in scope "batchnorm". offset and
// scale may be left out.
Output batch_normalization(const Operand& x, const Operand& mean, const Operand& variance, const std::optional<Operand>& offset,
                           const std::optional<Operand>& scale, const Operand& variance_epsilon, std::string_view name = "",
                           Loc where = Loc::current());

struct MomentsOptions {
  bool keepdims = false;
  std::string name = {};  // "moments"
};
struct Moments {
  Output mean;
  Output variance;  // over n elements
};
// Mean and variance over `axes`. half is computed in float32.
Moments moments(const Operand& x, const std::vector<int>& axes, MomentsOptions options = {}, Loc where = Loc::current());

struct L2NormalizeOptions {
  float epsilon = 1e-12f;  // lower bound of the sum of squares
  std::string name = {};   // "l2_normalize"
};
// x / sqrt(max(sum(x^2), epsilon)) along `axis`.
Output l2_normalize(const Operand& x, const std::vector<int>& axis, L2NormalizeOptions options = {}, Loc where = Loc::current());

// Versions 1 to 3 of the op.
const OpDef& fused_batch_norm_op(int version);
const OpDef& fused_batch_norm_grad_op(int version);

}  // namespace weft
