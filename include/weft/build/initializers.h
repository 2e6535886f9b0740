// Initialisers: functions that make a variable's first value. TF1's tf.*_initializer.
#pragma once

#include <functional>
#include <optional>

#include "weft/ops/op_builder.h"

namespace weft {

// Builds the value of a variable of `shape` and `dtype`, inside the variable's `Initializer` name scope.
using Initializer = std::function<Output(Graph&, const Shape& shape, DType dtype, Loc where)>;

Initializer zeros_initializer();
Initializer ones_initializer();
// Every element `value`.
Initializer constant_initializer(double value);
// The elements of `value`, which has the variable's number of elements.
Initializer constant_initializer(Tensor value);

struct UniformInitializerOptions {
  double minval = -0.05;
  double maxval = 0.05;
  std::optional<int64_t> seed = {};
};
Initializer random_uniform_initializer(UniformInitializerOptions options = {});

struct NormalInitializerOptions {
  double mean = 0.0;
  double stddev = 1.0;
  std::optional<int64_t> seed = {};
};
Initializer random_normal_initializer(NormalInitializerOptions options = {});
// Normal values; those more than two standard deviations from the mean are drawn again.
Initializer truncated_normal_initializer(NormalInitializerOptions options = {});

enum class FanMode { kFanIn, kFanOut, kFanAvg };
enum class ScalingDistribution { kTruncatedNormal, kUntruncatedNormal, kUniform };
struct VarianceScalingOptions {
  double scale = 1.0;
  FanMode mode = FanMode::kFanIn;
  ScalingDistribution distribution = ScalingDistribution::kTruncatedNormal;
  std::optional<int64_t> seed = {};
};
// Variance scale / n, where n is the number of inputs of a unit, of its outputs, or their mean. For a convolution's filter
// [height, width, in, out] the fans are in*height*width and out*height*width.
Initializer variance_scaling_initializer(VarianceScalingOptions options = {});

// Glorot and Bengio, AISTATS 2010: variance_scaling with scale 1 and the mean of the fans.
Initializer glorot_uniform_initializer(std::optional<int64_t> seed = {});
Initializer glorot_normal_initializer(std::optional<int64_t> seed = {});
// He et al., ICCV 2015: scale 2, fan in.
Initializer he_uniform_initializer(std::optional<int64_t> seed = {});
Initializer he_normal_initializer(std::optional<int64_t> seed = {});
// LeCun et al. 1998: scale 1, fan in.
Initializer lecun_uniform_initializer(std::optional<int64_t> seed = {});
Initializer lecun_normal_initializer(std::optional<int64_t> seed = {});

struct UniformUnitScalingOptions {
  double factor = 1.0;  // 1.15 for tanh, 1.43 for relu
  std::optional<int64_t> seed = {};
};
// Uniform in ±factor sqrt(3 / inputs), where the inputs are all dimensions but the last: keeps the scale of what flows through a linear layer.
// Sussillo and Abbott, arXiv:1412.6558.
Initializer uniform_unit_scaling_initializer(UniformUnitScalingOptions options = {});

// `gain` where row and column are equal, else 0. InvalidArgument for shapes that are no matrices.
Initializer identity_initializer(double gain = 1.0);

}  // namespace weft
