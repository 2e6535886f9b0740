// The builder functions of random numbers: TensorFlow's composites, with its node names. An op without a seed of its own takes one from
// the number of nodes made before it, so the seed is drawn where TensorFlow draws it: after the constants, before the op.
#include <limits>

#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

// rnd·factor + offset, named as the composite.
Output scale_and_move(const Composite& scope, const Output& rnd, const Output& factor, const Output& offset, Loc where) {
  return add(rnd * factor, offset, scope.name(), where);
}

Output shape_operand(Graph& graph, const Operand& shape, Loc where) {
  const DType dtype = shape.literal() != nullptr && shape.dtype() != DType::kInt64 ? DType::kInt32 : DType::kInvalid;
  return convert(shape, &graph, dtype, "shape", where);
}

struct Range {
  Output minimum;
  Output limit;
  explicit operator bool() const { return minimum && limit; }
};

absl::Status check_uniform_dtype(DType dtype, const std::optional<Operand>& maxval) {
  if (!kFloatTypes.contains(dtype) && !kIndexTypes.contains(dtype)) return invalid_argument("random_uniform: invalid dtype ", dtype_name(dtype));
  if (is_integer(dtype) && !maxval.has_value())
    return invalid_argument("random_uniform: maxval must be given for the integer dtype ", dtype_name(dtype));
  return absl::OkStatus();
}

Range range_operands(Graph& graph, const Operand& minval, const std::optional<Operand>& maxval, DType dtype, Loc where) {
  Range range;
  range.minimum = convert(minval, &graph, dtype, "min", where);
  range.limit = convert(maxval.value_or(Operand(1, where)), &graph, dtype, "max", where);
  return range;
}

// An op whose numbers follow from the node's seeds. `graph` draws them now.
OpBuilder seeded(Graph& graph, const OpDef& op, std::string_view name, std::optional<int64_t> seed, Loc where) {
  const auto [first, second] = graph.seeds_for(seed);
  OpBuilder builder(graph, op, name, where);
  builder.attr("seed", first).attr("seed2", second);
  return builder;
}

Output normal(Graph& graph, const OpDef& op, std::string_view name, const Operand& shape, const RandomNormalOptions& options, Loc where) {
  const Composite scope(graph, name_or(options.name, name), where);
  const Output dims = shape_operand(graph, shape, where);
  const Output mean = convert(options.mean, &graph, options.dtype, "mean", where);
  const Output stddev = convert(options.stddev, &graph, options.dtype, "stddev", where);
  if (!dims || !mean || !stddev) return Output::failed(&graph);
  const Output rnd = seeded(graph, op, "", options.seed, where).input(dims).attr("dtype", options.dtype).output();
  return scale_and_move(scope, rnd, stddev, mean, where);
}

Output stateless_normal(Graph& graph, const OpDef& op, std::string_view name, const Operand& shape, const Operand& seed,
                        const StatelessNormalOptions& options, Loc where) {
  const Composite scope(graph, name_or(options.name, name), where);
  const Output dims = shape_operand(graph, shape, where);
  const Output mean = convert(options.mean, &graph, options.dtype, "mean", where);
  const Output stddev = convert(options.stddev, &graph, options.dtype, "stddev", where);
  if (!dims || !mean || !stddev) return Output::failed(&graph);
  const Output rnd = OpBuilder(graph, op, "", where).input(dims).input(seed).attr("dtype", options.dtype).output();
  return scale_and_move(scope, rnd, stddev, mean, where);
}

// The least positive normal number: TensorFlow keeps gamma draws from becoming 0.
absl::StatusOr<Tensor> smallest_normal(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return Tensor::scalar_of<float>(std::numeric_limits<float>::min());
    case DType::kFloat64: return Tensor::scalar_of<double>(std::numeric_limits<double>::min());
    case DType::kHalf: return Tensor::scalar_of<half>(half(0x1p-14f));
    default: return invalid_argument("random_gamma: invalid dtype ", dtype_name(dtype), "; expected half, float32 or float64");
  }
}

}  // namespace

Output random_uniform(Graph& graph, const Operand& shape, RandomUniformOptions options, Loc where) {
  const Composite scope(graph, name_or(options.name, "random_uniform"), where);
  if (const absl::Status status = check_uniform_dtype(options.dtype, options.maxval); !status.ok()) return scope.error(status, where);
  const Output dims = shape_operand(graph, shape, where);
  const Range range = range_operands(graph, options.minval, options.maxval, options.dtype, where);
  if (!dims || !range) return Output::failed(&graph);
  if (is_integer(options.dtype)) {
    return seeded(graph, random_uniform_int_op(), scope.name(), options.seed, where).input(dims).input(range.minimum).input(range.limit).output();
  }
  const Output rnd = seeded(graph, random_uniform_op(), "", options.seed, where).input(dims).attr("dtype", options.dtype).output();
  return scale_and_move(scope, rnd, range.limit - range.minimum, range.minimum, where);
}

Output random_normal(Graph& graph, const Operand& shape, RandomNormalOptions options, Loc where) {
  return normal(graph, random_standard_normal_op(), "random_normal", shape, options, where);
}

Output truncated_normal(Graph& graph, const Operand& shape, RandomNormalOptions options, Loc where) {
  return normal(graph, truncated_normal_op(), "truncated_normal", shape, options, where);
}

Output random_shuffle(const Operand& value, RandomOptions options, Loc where) {
  if (value.graph() == nullptr || value.failed()) return Output::failed(value.graph());
  return seeded(*value.graph(), random_shuffle_op(), options.name, options.seed, where).input(value).output();
}

Output multinomial(const Operand& logits, const Operand& num_samples, MultinomialOptions options, Loc where) {
  Graph* graph = graph_of({&logits, &num_samples});
  if (graph == nullptr || logits.failed() || num_samples.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "multinomial"), where);
  const Output scores = convert(logits, graph, DType::kInvalid, "logits", where);
  return seeded(*graph, multinomial_op(), "", options.seed, where)
      .input(scores)
      .input(num_samples)
      .attr("output_dtype", options.output_dtype)
      .output();
}

Output random_gamma(Graph& graph, const Operand& shape, const Operand& alpha, RandomGammaOptions options, Loc where) {
  const Composite scope(graph, name_or(options.name, "random_gamma"), where);
  const absl::StatusOr<Tensor> tiny = smallest_normal(options.dtype);
  if (!tiny.ok()) return scope.error(tiny.status(), where);
  const Output dims = shape_operand(graph, shape, where);
  const Output concentration = convert(alpha, &graph, options.dtype, "alpha", where);
  const Output rate = convert(options.beta.value_or(Operand(1, where)), &graph, options.dtype, "beta", where);
  if (!dims || !concentration || !rate) return Output::failed(&graph);
  const Output broadcast = concentration + zeros_like(rate);
  const Output draws = seeded(graph, random_gamma_op(), "", options.seed, where).input(dims).input(broadcast).output();
  return maximum(Operand(*tiny, where), draws / rate, "", where);
}

Output stateless_random_uniform(Graph& graph, const Operand& shape, const Operand& seed, StatelessUniformOptions options, Loc where) {
  const Composite scope(graph, name_or(options.name, "stateless_random_uniform"), where);
  if (const absl::Status status = check_uniform_dtype(options.dtype, options.maxval); !status.ok()) return scope.error(status, where);
  const Output dims = shape_operand(graph, shape, where);
  const Range range = range_operands(graph, options.minval, options.maxval, options.dtype, where);
  if (!dims || !range) return Output::failed(&graph);
  if (is_integer(options.dtype)) {
    return OpBuilder(graph, stateless_random_uniform_int_op(), scope.name(), where)
        .input(dims)
        .input(seed)
        .input(range.minimum)
        .input(range.limit)
        .output();
  }
  const Output rnd = OpBuilder(graph, stateless_random_uniform_op(), "", where).input(dims).input(seed).attr("dtype", options.dtype).output();
  return scale_and_move(scope, rnd, range.limit - range.minimum, range.minimum, where);
}

Output stateless_random_normal(Graph& graph, const Operand& shape, const Operand& seed, StatelessNormalOptions options, Loc where) {
  return stateless_normal(graph, stateless_random_normal_op(), "stateless_random_normal", shape, seed, options, where);
}

Output stateless_truncated_normal(Graph& graph, const Operand& shape, const Operand& seed, StatelessNormalOptions options, Loc where) {
  return stateless_normal(graph, stateless_truncated_normal_op(), "stateless_truncated_normal", shape, seed, options, where);
}

Output stateless_multinomial(const Operand& logits, const Operand& num_samples, const Operand& seed, MultinomialOptions options, Loc where) {
  Graph* graph = graph_of({&logits, &num_samples, &seed});
  if (graph == nullptr || logits.failed() || num_samples.failed() || seed.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "stateless_multinomial"), where);
  const Output scores = convert(logits, graph, DType::kInvalid, "logits", where);
  return OpBuilder(stateless_multinomial_op(), "", where)
      .input(scores)
      .input(num_samples)
      .input(seed)
      .attr("output_dtype", options.output_dtype)
      .output();
}

}  // namespace weft
