#include "weft/train/moving_average.h"

#include <algorithm>
#include <set>

#include "src/train/slots.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"

namespace weft {

ExponentialMovingAverage::Key ExponentialMovingAverage::key_of(const Operand& value) {
  if (const Variable* variable = value.variable()) return {variable->state().get(), -1};
  if (const Output* output = value.output()) return {output->node(), output->index()};
  return {nullptr, -1};
}

Variable ExponentialMovingAverage::make_average(const Operand& value) {
  Graph& graph = *value.graph();
  const Scope unordered = graph.clear_control_dependencies();
  Variable made;
  if (const Variable* variable = value.variable()) {
    made = make_slot(*variable, options_.name, {.initial_value = variable->initial_value(), .validate_shape = variable->shape().fully_defined()});
    graph.add_to_collection(collections::kMovingAverageVariables, *variable);
  } else if (value.shape().fully_defined()) {
    made = make_slot(*value.output(), options_.name, {.shape = value.shape(), .dtype = value.dtype(), .initializer = zeros_initializer()});
  } else {
    const Output initial = zeros(shape(value), {.dtype = value.dtype()});
    made = make_slot(*value.output(), options_.name, {.initial_value = initial, .validate_shape = false});
  }
  if (made) averages_.insert_or_assign(key_of(value), Average{value, made, alive(graph)});
  return made;
}

namespace {

// biased -= (biased - value) rate; average = biased / (1 - (1 - rate)^updates). `biased` and the number of updates are kept in variables of
// their own, inside a variable scope named like the average.
Operation move_debiased(const Variable& average, const Operand& value, const Output& rate, std::string_view name) {
  Graph& graph = *average.graph();
  Variable biased, updates;
  {
    const Scope scope = variable_scope(graph, average.name(), {.auxiliary_name_scope = false});
    const Scope place = graph.colocate_with(average.op());
    const GetVariableOptions zero{.dtype = average.dtype(), .initializer = zeros_initializer(), .trainable = false};
    GetVariableOptions like_average = zero;
    like_average.shape = average.shape();
    biased = get_variable(graph, "biased", like_average);
    GetVariableOptions scalar = zero;
    scalar.shape = {};
    updates = get_variable(graph, "local_step", scalar);
  }
  if (!biased || !updates) return Operation::failed(&graph);
  const Output difference = apply_operator(BinaryOperator::kSub, biased, value);
  const Operation moved = biased.assign_sub(difference * rate);
  const Operation counted = updates.assign_add(1);
  const Output decay = 1.0f - rate;
  Output power, now;
  {
    const Scope after = graph.control_dependencies({counted});
    power = pow(decay, updates, "Pow");
  }
  const Output bias = 1.0f - power;
  {
    const Scope after = graph.control_dependencies({moved});
    now = biased.value();
  }
  return average.assign(now / bias, name);
}

Operation move_towards(const Variable& average, const Operand& value, const Output& decay, bool debias) {
  Graph& graph = *average.graph();
  const Scope scope = graph.name_scope("AssignMovingAvg");
  Output rate = 1.0f - decay;
  if (base_dtype(rate.dtype()) != average.dtype()) rate = cast(rate, average.dtype());
  if (debias) return move_debiased(average, value, rate, scope.name());
  const Output difference = apply_operator(BinaryOperator::kSub, average, value);
  const Output step = difference * rate;
  // TensorFlow names the update after the scope for ref variables only.
  return average.assign_sub(step, average.is_resource() ? std::string_view() : std::string_view(scope.name()));
}

}  // namespace

bool ExponentialMovingAverage::accepts(const Operand& value, Graph& graph, Loc where) const {
  const Variable* variable = value.variable();
  const Output* output = value.output();
  const bool given = variable != nullptr ? static_cast<bool>(*variable) : output != nullptr && static_cast<bool>(*output);
  if (given && value.graph() == &graph && kFloatTypes.contains(value.dtype())) return true;
  if (value.failed()) return false;  // its own error is recorded already
  graph.add_error(invalid_argument("The variables must be half, bfloat16, float32 or float64, and of ", graph.describe(), ": ",
                                   variable != nullptr ? variable->describe()
                                   : output != nullptr ? output->describe()
                                                       : std::string("a literal")),
                  where);
  return false;
}

Operation ExponentialMovingAverage::apply(const OperandList& values, Loc where) {
  Graph* found = nullptr;
  for (const Operand& value : values) found = found != nullptr ? found : value.graph();
  if (found == nullptr) return Operation();
  Graph& graph = *found;
  const Scope line = graph.location_scope(where);
  std::set<Key> debiased;
  for (const Operand& value : values) {
    if (!accepts(value, graph, where)) return Operation::failed(&graph);
    if (average(value)) continue;
    if (!make_average(value)) return Operation::failed(&graph);
    if (options_.zero_debias && value.variable() == nullptr) debiased.insert(key_of(value));
  }
  const Scope scope = graph.name_scope(options_.name);
  const Scope provenance = graph.provenance(NodeRole::kUpdate, Location(where), Location(where));
  const bool number = options_.decay.literal() != nullptr;
  Output decay = convert(options_.decay, &graph, number ? DType::kFloat32 : DType::kInvalid, "decay");
  if (options_.num_updates.has_value()) {
    const Output updates = cast(*options_.num_updates, DType::kFloat32, "num_updates");
    const Output above = 1.0f + updates;
    const Output below = 10.0f + updates;
    decay = minimum(decay, above / below);
  }
  std::vector<Operation> moves;
  for (const Operand& value : values) moves.push_back(move_towards(average(value), value, decay, debiased.contains(key_of(value))));
  return group(graph, moves, scope.name());
}

Variable ExponentialMovingAverage::average(const Operand& value) const {
  const auto it = averages_.find(key_of(value));
  return it == averages_.end() || it->second.graph_alive.expired() ? Variable() : it->second.average;
}

std::string ExponentialMovingAverage::average_name(const Operand& value) const {
  if (const Variable known = average(value)) return std::string(known.name());
  const Operation op = value.variable() != nullptr ? value.variable()->op() : value.output() != nullptr ? value.output()->op() : Operation();
  return op ? op.graph()->unique_name(str_cat(op.name(), "/", options_.name), /*mark=*/false) : std::string();
}

std::map<std::string, Variable> ExponentialMovingAverage::variables_to_restore(Graph& graph) const {
  std::vector<Variable> averaged = graph.trainable_variables();
  for (const Variable& v : graph.collection<Variable>(collections::kMovingAverageVariables)) averaged.push_back(v);
  std::map<std::string, Variable> by_name;
  for (const Variable& v : averaged) by_name[average_name(v)] = v;
  for (const Variable& v : graph.global_variables()) {
    const bool has_average = std::find(averaged.begin(), averaged.end(), v) != averaged.end();
    if (!has_average) by_name.try_emplace(std::string(v.name()), v);
  }
  return by_name;
}

}  // namespace weft
