#include "weft/build/initializers.h"

#include <algorithm>
#include <cmath>

#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matrix_ops.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

std::vector<int64_t> dims_of(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

struct Fans {
  double in;
  double out;
};

// The number of inputs and outputs of one unit of a weight of `shape`.
Fans fans_of(const Shape& shape) {
  if (shape.rank() == 0) return {1, 1};
  if (shape.rank() == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
  double receptive = 1;
  for (int i = 0; i < shape.rank() - 2; ++i) receptive *= static_cast<double>(shape[i]);
  return {static_cast<double>(shape[shape.rank() - 2]) * receptive, static_cast<double>(shape[shape.rank() - 1]) * receptive};
}

// Standard deviation of a normal distribution cut at two standard deviations.
constexpr double kTruncatedStddev = .87962566103423978;

Initializer scaling(double scale, FanMode mode, ScalingDistribution distribution, std::optional<int64_t> seed) {
  return variance_scaling_initializer({.scale = scale, .mode = mode, .distribution = distribution, .seed = seed});
}

}  // namespace

Initializer zeros_initializer() {
  return [](Graph& graph, const Shape& shape, DType dtype, Loc where) { return zeros(graph, shape, {.dtype = dtype}, where); };
}

Initializer ones_initializer() {
  return [](Graph& graph, const Shape& shape, DType dtype, Loc where) { return ones(graph, shape, {.dtype = dtype}, where); };
}

Initializer constant_initializer(double value) {
  return [value](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    return constant(graph, Tensor::scalar_of<double>(value), {.dtype = dtype, .shape = shape}, where);
  };
}

Initializer constant_initializer(Tensor value) {
  return
      [value](Graph& graph, const Shape& shape, DType dtype, Loc where) { return constant(graph, value, {.dtype = dtype, .shape = shape}, where); };
}

Initializer random_uniform_initializer(UniformInitializerOptions o) {
  return [o](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    return random_uniform(graph, dims_of(shape), {.minval = o.minval, .maxval = o.maxval, .dtype = dtype, .seed = o.seed}, where);
  };
}

Initializer random_normal_initializer(NormalInitializerOptions o) {
  return [o](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    return random_normal(graph, dims_of(shape), {.mean = o.mean, .stddev = o.stddev, .dtype = dtype, .seed = o.seed}, where);
  };
}

Initializer truncated_normal_initializer(NormalInitializerOptions o) {
  return [o](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    return truncated_normal(graph, dims_of(shape), {.mean = o.mean, .stddev = o.stddev, .dtype = dtype, .seed = o.seed}, where);
  };
}

Initializer variance_scaling_initializer(VarianceScalingOptions o) {
  return [o](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    const Fans fans = fans_of(shape);
    const double fan = o.mode == FanMode::kFanIn ? fans.in : o.mode == FanMode::kFanOut ? fans.out : (fans.in + fans.out) / 2;
    const double variance = o.scale / std::max(1.0, fan);
    switch (o.distribution) {
      case ScalingDistribution::kTruncatedNormal:
        return truncated_normal(graph, dims_of(shape),
                                {.mean = 0.0, .stddev = std::sqrt(variance) / kTruncatedStddev, .dtype = dtype, .seed = o.seed}, where);
      case ScalingDistribution::kUntruncatedNormal:
        return random_normal(graph, dims_of(shape), {.mean = 0.0, .stddev = std::sqrt(variance), .dtype = dtype, .seed = o.seed}, where);
      case ScalingDistribution::kUniform: break;
    }
    const double limit = std::sqrt(3.0 * variance);
    return random_uniform(graph, dims_of(shape), {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = o.seed}, where);
  };
}

Initializer glorot_uniform_initializer(std::optional<int64_t> seed) { return scaling(1.0, FanMode::kFanAvg, ScalingDistribution::kUniform, seed); }
Initializer glorot_normal_initializer(std::optional<int64_t> seed) {
  return scaling(1.0, FanMode::kFanAvg, ScalingDistribution::kTruncatedNormal, seed);
}
Initializer he_uniform_initializer(std::optional<int64_t> seed) { return scaling(2.0, FanMode::kFanIn, ScalingDistribution::kUniform, seed); }
Initializer he_normal_initializer(std::optional<int64_t> seed) { return scaling(2.0, FanMode::kFanIn, ScalingDistribution::kTruncatedNormal, seed); }
Initializer lecun_uniform_initializer(std::optional<int64_t> seed) { return scaling(1.0, FanMode::kFanIn, ScalingDistribution::kUniform, seed); }
Initializer lecun_normal_initializer(std::optional<int64_t> seed) {
  return scaling(1.0, FanMode::kFanIn, ScalingDistribution::kTruncatedNormal, seed);
}

Initializer uniform_unit_scaling_initializer(UniformUnitScalingOptions o) {
  return [o](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    double inputs = 1;
    for (int i = 0; i + 1 < shape.rank(); ++i) inputs *= static_cast<double>(shape[i]);
    const double limit = std::sqrt(3 / std::max(1.0, inputs)) * o.factor;
    return random_uniform(graph, dims_of(shape), {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = o.seed}, where);
  };
}

namespace {

// tf.eye: a diagonal of ones, set into zeros where the matrix is not square.
Output eye(Graph& graph, const Shape& shape, DType dtype, Loc where) {
  const Scope scope = graph.name_scope("eye");
  const int64_t rows = shape[0], columns = shape[1];
  const Output diagonal = ones(graph, Shape{std::min(rows, columns)}, {.dtype = dtype}, where);
  if (rows == columns) return matrix_diag(diagonal, "diag", where);
  const Output zero = zeros(graph, shape, {.dtype = dtype}, where);
  return matrix_set_diag(zero, diagonal, "", where);
}

}  // namespace

Initializer identity_initializer(double gain) {
  return [gain](Graph& graph, const Shape& shape, DType dtype, Loc where) {
    if (shape.rank() != 2) {
      graph.add_error(invalid_argument("Identity matrix initializer can only be used for 2D matrices, not for shape ", shape.to_string()), where);
      return Output::failed(&graph);
    }
    const Output one = eye(graph, shape, dtype, where);
    return multiply(gain, one, "mul", where);
  };
}

}  // namespace weft
