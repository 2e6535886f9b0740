// dropout, xw_plus_b and relu_layer, as TensorFlow's Python composes them.
#include "src/ops/composite.h"
#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/conv_ops.h"
#include "weft/ops/dropout_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

// The shape of the noise: x's, or the one given with its unknown dimensions taken from x where x knows them.
Operand noise_shape_of(const Output& x, const std::optional<std::vector<int64_t>>& given) {
  if (!given.has_value()) return shape(x);
  std::vector<int64_t> dims = *given;
  for (size_t i = 0; x.shape().rank() == static_cast<int>(dims.size()) && i < dims.size(); ++i) {
    if (dims[i] < 0) dims[i] = x.shape().dim(static_cast<int>(i));
  }
  return dims;
}

}  // namespace

Output dropout(const Operand& x, const Operand& rate, DropoutOptions options, Loc where) {
  Graph* graph = graph_of({&x, &rate});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(options.name, "dropout"), where);
  const Output value = convert(x, graph, DType::kInvalid, "x", where);
  if (!value) return Output::failed(graph);
  if (!is_floating(value.dtype())) {
    return scope.error(
        invalid_argument("x has to be a floating point tensor since it's going to be scaled. Got a ", dtype_name(value.dtype()), " tensor instead."),
        where);
  }
  if (rate.literal() != nullptr) {
    const absl::StatusOr<Tensor> number = convert_literal(*rate.literal(), DType::kFloat64);
    const double r = number.ok() && number->num_elements() == 1 ? number->scalar<double>() : -1.0;
    if (!(r >= 0.0 && r < 1.0)) return scope.error(invalid_argument("rate must be a scalar tensor or a float in the range [0, 1), got ", r), where);
    if (r == 0.0) return value;
  }
  const Output probability = convert(rate, graph, value.dtype(), "rate", where);
  if (!probability) return Output::failed(graph);
  const Operand noise_shape = noise_shape_of(value, options.noise_shape);
  const Output noise = random_uniform(*graph, noise_shape, {.dtype = value.dtype(), .seed = options.seed});
  const Output scale = 1 / (1 - probability);
  const Output keep = noise >= probability;
  const Output scaled = value * scale;
  Output result = scaled * cast(keep, value.dtype());
  result.set_shape(value.shape(), where);
  return result;
}

Output xw_plus_b(const Operand& x, const Operand& weights, const Operand& biases, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &weights, &biases});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "xw_plus_b"), where);
  const Output input = convert(x, graph, DType::kInvalid, "x", where);
  const Output matrix = convert(weights, graph, DType::kInvalid, "weights", where);
  const Output bias = convert(biases, graph, DType::kInvalid, "biases", where);
  return bias_add(matmul(input, matrix), bias, {.name = scope.name()}, where);
}

Output relu_layer(const Operand& x, const Operand& weights, const Operand& biases, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &weights, &biases});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(name, "relu_layer"), where);
  const Output input = convert(x, graph, DType::kInvalid, "x", where);
  const Output matrix = convert(weights, graph, DType::kInvalid, "weights", where);
  const Output bias = convert(biases, graph, DType::kInvalid, "biases", where);
  return relu(bias_add(matmul(input, matrix), bias), scope.name(), where);
}

}  // namespace weft
