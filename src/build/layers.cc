#include "weft/build/layers.h"

#include <numeric>
#include <optional>

#include "weft/build/variable_scope.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/conv_ops.h"
#include "weft/ops/dropout_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/normalization_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/pool_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft::layers {

namespace {

// The variable scope of a layer: the user's name, or a default one made unique.
Scope layer_scope(Graph& graph, const std::string& name, std::string_view default_name, Loc where) {
  return name.empty() ? default_variable_scope(graph, default_name, {}, where) : variable_scope(graph, name, {}, where);
}

// The input as an Output; failed, with an error, unless its rank and last dimension are known.
Output layer_input(const Operand& inputs, int rank, std::string_view layer, Loc where) {
  Graph* graph = inputs.graph();
  if (graph == nullptr || inputs.failed()) return Output::failed(graph);
  const Output x = convert(inputs, graph, DType::kInvalid, "inputs", where);
  if (!x) return x;
  const PartialShape& shape = x.shape();
  const bool fits = shape.known_rank() && shape.rank() >= 1 && (rank < 0 || shape.rank() == rank) && shape.known_dim(shape.rank() - 1);
  if (fits) return x;
  graph->add_error(invalid_argument("The last dimension of the inputs to ", layer, " should be defined",
                                    rank >= 0 ? str_cat(" and the rank ", rank) : std::string(), "; got ", x.describe(), "."),
                   where);
  return Output::failed(graph);
}

Output activated(const Activation& activation, const Output& x, Loc where) { return activation && x ? activation(x, where) : x; }

// [..., in] . [in, out] for inputs of any rank.
Output dense_product(const Output& x, const Variable& kernel, int64_t units, Loc where) {
  if (x.shape().rank() <= 2) return matmul(x, kernel, {}, where);
  const int64_t in = x.shape().dim(x.shape().rank() - 1);
  const Output rows = reshape(x, std::vector<int64_t>{-1, in}, "", where);
  const Output product = matmul(rows, kernel, {}, where);
  const Output leading = strided_slice(shape(x, {}, where), {Slice::to(-1)}, "", where);
  const Output out_shape = concat({leading, Operand(std::vector<int64_t>{units})}, 0, "", where);
  Output result = reshape(product, out_shape, "", where);
  PartialShape known = x.shape();
  known.set_dim(known.rank() - 1, units);
  result.set_shape(known, where);
  return result;
}

}  // namespace

Output dense(const Operand& inputs, int64_t units, DenseOptions options, Loc where) {
  const Output x = layer_input(inputs, -1, "dense", where);
  if (!x) return x;
  Graph& graph = *x.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = layer_scope(graph, options.name, "dense", where);
  const int64_t in = x.shape().dim(x.shape().rank() - 1);
  const Variable kernel = get_variable(graph, "kernel",
                                       {.shape = Shape{in, units},
                                        .dtype = x.dtype(),
                                        .initializer = options.kernel_initializer,
                                        .regularizer = options.kernel_regularizer,
                                        .trainable = options.trainable},
                                       where);
  Variable bias;
  if (options.use_bias) {
    bias = get_variable(graph, "bias",
                        {.shape = Shape{units},
                         .dtype = x.dtype(),
                         .initializer = options.bias_initializer,
                         .regularizer = options.bias_regularizer,
                         .trainable = options.trainable},
                        where);
  }
  if (!kernel || (options.use_bias && !bias)) return Output::failed(&graph);
  Output sum = dense_product(x, kernel, units, where);
  if (options.use_bias && sum) sum = bias_add(sum, bias, {}, where);
  return activated(options.activation, sum, where);
}

Output conv2d(const Operand& inputs, int64_t filters, std::array<int64_t, 2> kernel_size, Conv2DLayerOptions options, Loc where) {
  const Output x = layer_input(inputs, 4, "conv2d", where);
  if (!x) return x;
  Graph& graph = *x.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = layer_scope(graph, options.name, "conv2d", where);
  const Variable kernel = get_variable(graph, "kernel",
                                       {.shape = Shape{kernel_size[0], kernel_size[1], x.shape().dim(3), filters},
                                        .dtype = x.dtype(),
                                        .initializer = options.kernel_initializer,
                                        .regularizer = options.kernel_regularizer,
                                        .trainable = options.trainable},
                                       where);
  Variable bias;
  if (options.use_bias) {
    bias = get_variable(
        graph, "bias", {.shape = Shape{filters}, .dtype = x.dtype(), .initializer = options.bias_initializer, .trainable = options.trainable}, where);
  }
  if (!kernel || (options.use_bias && !bias)) return Output::failed(&graph);
  Output sum = weft::conv2d(x, kernel, {options.strides[0], options.strides[1]}, std::string_view(options.padding),
                            {.dilations = {options.dilation_rate[0], options.dilation_rate[1]}}, where);
  if (options.use_bias && sum) sum = bias_add(sum, bias, {}, where);
  return activated(options.activation, sum, where);
}

namespace {
using Pool = Output (*)(const Operand&, std::vector<int64_t>, std::vector<int64_t>, std::string_view, PoolOptions, Loc);
Output pooled(const Operand& inputs, std::array<int64_t, 2> size, std::array<int64_t, 2> strides, const PoolingOptions& options,
              std::string_view name, Pool pool, Loc where) {
  const Output x = layer_input(inputs, 4, name, where);
  if (!x) return x;
  const Scope location = x.graph()->location_scope(where);
  const Scope scope = x.graph()->name_scope(options.name.empty() ? name : std::string_view(options.name));
  return pool(x, {size[0], size[1]}, {strides[0], strides[1]}, options.padding, {}, where);
}
}  // namespace

Output max_pooling2d(const Operand& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides, PoolingOptions options, Loc where) {
  return pooled(inputs, pool_size, strides, options, "max_pooling2d", &max_pool, where);
}

Output average_pooling2d(const Operand& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides, PoolingOptions options, Loc where) {
  return pooled(inputs, pool_size, strides, options, "average_pooling2d", &avg_pool, where);
}

Output dropout(const Operand& inputs, float rate, bool training, DropoutLayerOptions options, Loc where) {
  Graph* graph = inputs.graph();
  if (graph == nullptr || inputs.failed()) return Output::failed(graph);
  const Scope location = graph->location_scope(where);
  const Scope scope = graph->name_scope(options.name.empty() ? "dropout" : options.name);
  if (!training) return identity(inputs, "", where);
  return weft::dropout(inputs, rate, {.seed = options.seed}, where);
}

namespace {

// moving -= (moving - batch) * (1 - momentum), as a node of collection update_ops.
void update_average(const Variable& moving, const Output& batch, double momentum, Loc where) {
  Graph& graph = *batch.graph();
  const Scope scope = graph.name_scope("AssignMovingAvg");
  const Scope colocated = graph.colocate_with(moving.op());
  const Output rate = constant(graph, Tensor::scalar_of<double>(1.0 - momentum), {.dtype = moving.dtype(), .name = "decay"}, where);
  const Output difference = moving - (batch.dtype() == moving.dtype() ? batch : cast(batch, moving.dtype(), "", where));
  const Operation update = moving.assign_sub(difference * rate, "", where);
  if (update) graph.add_to_collection(collections::kUpdateOps, update);
}

struct BatchNormVariables {
  std::optional<Operand> gamma;  // read where they are used
  std::optional<Operand> beta;
  Variable moving_mean;
  Variable moving_variance;
};

std::optional<BatchNormVariables> batch_norm_variables(Graph& graph, int64_t channels, DType dtype, const BatchNormalizationOptions& options,
                                                       Loc where) {
  const auto make = [&](std::string_view name, const Initializer& initializer, bool trainable) {
    return get_variable(graph, name,
                        {.shape = Shape{channels}, .dtype = dtype, .initializer = initializer, .trainable = trainable && options.trainable}, where);
  };
  BatchNormVariables v;
  if (options.scale) v.gamma = make("gamma", options.gamma_initializer, true);
  if (options.center) v.beta = make("beta", options.beta_initializer, true);
  v.moving_mean = make("moving_mean", options.moving_mean_initializer, false);
  v.moving_variance = make("moving_variance", options.moving_variance_initializer, false);
  if (!v.moving_mean || !v.moving_variance || (v.gamma && v.gamma->failed()) || (v.beta && v.beta->failed())) return std::nullopt;
  return v;
}

}  // namespace

Output batch_normalization(const Operand& inputs, bool training, BatchNormalizationOptions options, Loc where) {
  const Output x = layer_input(inputs, -1, "batch_normalization", where);
  if (!x) return x;
  Graph& graph = *x.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = layer_scope(graph, options.name, "batch_normalization", where);
  const int rank = x.shape().rank();
  const auto v = batch_norm_variables(graph, x.shape().dim(rank - 1), x.dtype() == DType::kHalf ? DType::kFloat32 : x.dtype(), options, where);
  if (!v.has_value()) return Output::failed(&graph);
  if (rank == 4 && x.dtype() != DType::kFloat64) {
    FusedBatchNormOptions fused;
    fused.epsilon = options.epsilon;
    fused.is_training = training;
    if (!training) {
      fused.mean = v->moving_mean.value(where);
      fused.variance = v->moving_variance.value(where);
    }
    const auto filled = [&](float value) {
      return Operand(constant(graph, Tensor::scalar_of<float>(value), {.dtype = DType::kFloat32, .shape = Shape{x.shape().dim(rank - 1)}}, where));
    };
    const Operand gamma = v->gamma.has_value() ? *v->gamma : filled(1.0f);
    const Operand beta = v->beta.has_value() ? *v->beta : filled(0.0f);
    const FusedBatchNorm result = fused_batch_norm(x, gamma, beta, fused, where);
    if (training && result.y) {
      update_average(v->moving_mean, result.batch_mean, options.momentum, where);
      update_average(v->moving_variance, result.batch_variance, options.momentum, where);
    }
    return result.y;
  }
  Output mean, variance;
  if (!training) {
    mean = v->moving_mean.value(where);
    variance = v->moving_variance.value(where);
  } else {
    std::vector<int> axes(static_cast<size_t>(rank) - 1);
    std::iota(axes.begin(), axes.end(), 0);
    const Moments batch = moments(x, axes, {}, where);
    mean = batch.mean;
    variance = batch.variance;
    if (!mean || !variance) return Output::failed(&graph);
    update_average(v->moving_mean, mean, options.momentum, where);
    update_average(v->moving_variance, variance, options.momentum, where);
  }
  return weft::batch_normalization(x, mean, variance, v->beta, v->gamma, options.epsilon, "", where);
}

Output flatten(const Operand& inputs, std::string_view name, Loc where) {
  Graph* graph = inputs.graph();
  if (graph == nullptr || inputs.failed()) return Output::failed(graph);
  const Scope location = graph->location_scope(where);
  const Scope scope = graph->name_scope(name.empty() ? "flatten" : name);
  const Output x = convert(inputs, graph, DType::kInvalid, "inputs", where);
  int64_t size = 1;
  bool known = x.shape().known_rank() && x.shape().rank() >= 1;
  for (int i = 1; known && i < x.shape().rank(); ++i) {
    known = x.shape().known_dim(i);
    size *= x.shape().dim(i);
  }
  if (known) return reshape(x, std::vector<int64_t>{-1, size}, "Reshape", where);
  const Output batch = strided_slice(shape(x, {}, where), {Slice(0)}, "", where);
  return reshape(x, stack({batch, Operand(-1)}, {}, where), "Reshape", where);
}

}  // namespace weft::layers
