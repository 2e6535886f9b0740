// The schedules. Each makes its nodes one by one, in TensorFlow's order, which decides their names.
#include "weft/train/learning_rate_decay.h"

#include <numbers>
#include <optional>

#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

// A number as Python takes it: floats are float32.
Operand number(const Operand& value) {
  const Literal* literal = value.literal();
  if (literal == nullptr || !literal->weak || literal->tensor.dtype() != DType::kFloat64) return value;
  absl::StatusOr<Tensor> single = convert_literal(*literal, DType::kFloat32);
  return single.ok() ? Operand(*std::move(single)) : value;
}

// The scope of a schedule, the rate it starts from, and casts to its dtype.
class Schedule {
 public:
  Schedule(Graph& graph, std::string_view name, const Operand& learning_rate, Loc where)
      : graph_(graph),
        line_(graph.location_scope(where)),
        scope_(graph.name_scope(name)),
        initial_(convert(number(learning_rate), &graph, DType::kInvalid, "initial_learning_rate")) {}

  const Output& initial() const { return initial_; }
  Graph& graph() { return graph_; }
  const std::string& name() const { return scope_.name(); }
  Output cast(const Operand& value) {
    const DType dtype = base_dtype(initial_.dtype());
    return value.literal() != nullptr ? weft::cast(graph_, number(value), dtype) : weft::cast(value, dtype);
  }

 private:
  Graph& graph_;
  Scope line_;
  Scope scope_;
  Output initial_;
};

Graph* graph_among(const Operand& a, const Operand& b, const Operand& c, const Operand& d) { return graph_of({&a, &b, &c, &d}); }

// (1 + cos(pi fraction)) / 2.
Output half_cosine(Schedule& schedule, const Output& fraction) {
  const Output pi = constant(schedule.graph(), std::numbers::pi_v<float>);
  const Output angle = pi * fraction;
  return 0.5f * (1.0f + cos(angle));
}

}  // namespace

Output exponential_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                         DecayOptions options, Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_rate);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "ExponentialDecay" : options.name, learning_rate, where);
  const Output steps = schedule.cast(decay_steps);
  const Output rate = schedule.cast(decay_rate);
  const Output step = schedule.cast(global_step);
  const Output exact = step / steps;
  const Output exponent = options.staircase ? floor(exact) : exact;
  const Output factor = pow(rate, exponent, "Pow");
  return multiply(schedule.initial(), factor, schedule.name());
}

Output natural_exp_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                         DecayOptions options, Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_rate);
  if (graph == nullptr) return Output();
  const Scope line = graph->location_scope(where);
  std::optional<Scope> scope;
  if (decay_rate.literal() != nullptr) scope.emplace(graph->name_scope("Neg"));
  const Output rate = convert(number(decay_rate), graph, DType::kInvalid, "x", where);
  const Output opposite = negative(rate, scope.has_value() ? scope->name() : "");
  scope.reset();
  return exponential_decay(learning_rate, global_step, decay_steps, exp(opposite), std::move(options), where);
}

Output inverse_time_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                          DecayOptions options, Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_rate);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "InverseTimeDecay" : options.name, learning_rate, where);
  const Output steps = schedule.cast(decay_steps);
  const Output rate = schedule.cast(decay_rate);
  const Output step = schedule.cast(global_step);
  const Output exact = step / steps;
  const Output p = options.staircase ? floor(exact) : exact;
  const Output one = schedule.cast(constant(*graph, 1));
  const Output growth = multiply(rate, p);
  const Output denominator = add(one, growth);
  return divide(schedule.initial(), denominator, schedule.name());
}

Output polynomial_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, PolynomialDecayOptions options,
                        Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, options.end_learning_rate);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "PolynomialDecay" : options.name, learning_rate, where);
  const Output end = schedule.cast(options.end_learning_rate);
  const Output power = schedule.cast(options.power);
  const Output step = schedule.cast(global_step);
  const Output steps = schedule.cast(decay_steps);
  const Output reached = minimum(step, decay_steps.literal() != nullptr ? decay_steps : Operand(steps));
  const Output p = divide(reached, steps);
  const Output range = schedule.initial() - end;
  const Output factor = pow(1.0f - p, power, "Pow");
  const Output above_end = multiply(range, factor);
  return add(above_end, end, schedule.name());
}

Output cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, CosineDecayOptions options, Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_steps);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "CosineDecay" : options.name, learning_rate, where);
  const Output steps = schedule.cast(decay_steps);
  const Output step = schedule.cast(global_step);
  const Output reached = minimum(step, steps);
  const Output cosine = half_cosine(schedule, reached / steps);
  const Output scaled = static_cast<float>(1.0 - static_cast<double>(options.alpha)) * cosine;
  const Output decayed = scaled + options.alpha;
  return multiply(schedule.initial(), decayed);
}

namespace {

struct LinearCosineNumbers {
  Output num_periods, alpha, beta;
};

// ((alpha + linear) cosine + beta) learning_rate: what the plain and the noisy schedule share.
Output linear_cosine(Schedule& schedule, const LinearCosineNumbers& numbers, const Output& linear, const Output& reached, const Output& steps) {
  const Output completed = reached / steps;
  const Output twice = 2.0f * numbers.num_periods;
  const Output cosine = half_cosine(schedule, twice * completed);
  const Output raised = numbers.alpha + linear;
  const Output product = raised * cosine;
  return multiply(schedule.initial(), product + numbers.beta, schedule.name());
}

}  // namespace

Output linear_cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, LinearCosineDecayOptions options,
                           Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_steps);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "LinearCosineDecay" : options.name, learning_rate, where);
  const Output steps = schedule.cast(decay_steps);
  LinearCosineNumbers numbers;
  numbers.num_periods = schedule.cast(options.num_periods);
  numbers.alpha = schedule.cast(options.alpha);
  numbers.beta = schedule.cast(options.beta);
  const Output step = schedule.cast(global_step);
  const Output reached = minimum(step, steps);
  const Output left = steps - reached;
  const Output linear = left / steps;
  return linear_cosine(schedule, numbers, linear, reached, steps);
}

Output noisy_linear_cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps,
                                 NoisyLinearCosineDecayOptions options, Loc where) {
  Graph* graph = graph_among(global_step, learning_rate, decay_steps, decay_steps);
  if (graph == nullptr) return Output();
  Schedule schedule(*graph, options.name.empty() ? "NoisyLinearCosineDecay" : options.name, learning_rate, where);
  const Output steps = schedule.cast(decay_steps);
  const Output initial_variance = schedule.cast(options.initial_variance);
  const Output variance_decay = schedule.cast(options.variance_decay);
  LinearCosineNumbers numbers;
  numbers.num_periods = schedule.cast(options.num_periods);
  numbers.alpha = schedule.cast(options.alpha);
  numbers.beta = schedule.cast(options.beta);
  const Output step = schedule.cast(global_step);
  const Output reached = minimum(step, steps);
  const Output left = steps - reached;
  const Output linear = left / steps;
  const Output growth = pow(1.0f + reached, variance_decay, "Pow");
  const Output variance = initial_variance / growth;
  const Output deviation = sqrt(variance);
  const Output noise = random_normal(*graph, std::vector<int>{}, {.stddev = deviation, .dtype = base_dtype(schedule.initial().dtype())});
  return linear_cosine(schedule, numbers, linear + noise, reached, steps);
}

}  // namespace weft
