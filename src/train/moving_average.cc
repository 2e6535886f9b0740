#include "weft/train/moving_average.h"

#include <algorithm>

#include "src/train/slot_names.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

void ExponentialMovingAverage::make_average(const Variable& primary) {
  Graph& graph = *primary.graph();
  const Scope unordered = graph.clear_control_dependencies();
  const Scope root = graph.name_scope("");
  const Scope place = graph.colocate_with(primary.op());
  const Variable average = variable(graph, primary.initial_value(),
                                    {.name = slot_scope(graph, primary.name(), options_.name),
                                     .trainable = false,
                                     .validate_shape = primary.shape().fully_defined(),
                                     .use_resource = primary.is_resource()});
  averages_[primary.state().get()] = Average{primary, average};
  graph.add_to_collection(collections::kMovingAverageVariables, primary);
}

namespace {

// average -= (average - variable)(1 - decay).
Operation move_towards(const Variable& average, const Variable& variable, const Output& decay) {
  Graph& graph = *average.graph();
  const Scope scope = graph.name_scope("AssignMovingAvg");
  Output rate = 1.0f - decay;
  if (base_dtype(rate.dtype()) != average.dtype()) rate = cast(rate, average.dtype());
  const Output difference = average - variable;
  const Output step = difference * rate;
  return average.assign_sub(step, scope.name());
}

}  // namespace

Operation ExponentialMovingAverage::apply(absl::Span<const Variable> variables, Loc where) {
  if (variables.empty() || variables[0].graph() == nullptr) return Operation();
  Graph& graph = *variables[0].graph();
  const Scope line = graph.location_scope(where);
  for (const Variable& v : variables) {
    if (!v || v.graph() != &graph || !kFloatTypes.contains(v.dtype())) {
      graph.add_error(invalid_argument("The variables must be half, bfloat16, float32 or float64, and of ", graph.describe(), ": ",
                                       v ? v.describe() : std::string("an empty Variable")),
                      where);
      return Operation::failed(&graph);
    }
    if (!average(v)) make_average(v);
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
  for (const Variable& v : variables) moves.push_back(move_towards(average(v), v, decay));
  return group(graph, moves, scope.name());
}

Variable ExponentialMovingAverage::average(const Variable& variable) const {
  const auto it = averages_.find(variable.state().get());
  return it == averages_.end() ? Variable() : it->second.average;
}

std::string ExponentialMovingAverage::average_name(const Variable& variable) const {
  if (const Variable known = average(variable)) return std::string(known.name());
  if (!variable) return {};
  return variable.graph()->unique_name(str_cat(variable.name(), "/", options_.name), /*mark=*/false);
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
