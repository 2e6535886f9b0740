// The variables an optimizer keeps: slots, one for each variable it updates, and those that belong to all.
#include <algorithm>

#include "src/train/slots.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/train/optimizer.h"

namespace weft {

namespace {

// Lives as long as its graph.
struct Lifetime {
  std::shared_ptr<const void> token = std::make_shared<char>();
};

}  // namespace

Variable make_slot(const Variable& primary, std::string_view op_name, GetVariableOptions options) {
  Graph& graph = *primary.graph();
  const Scope scope = default_variable_scope(graph, str_cat(primary.name(), "/", op_name));
  const Scope place = graph.colocate_with(primary.op());
  options.trainable = false;
  options.use_resource = primary.is_resource();
  return get_variable(graph, "", std::move(options));
}

Variable make_slot(const Output& primary, std::string_view op_name, GetVariableOptions options) {
  Graph& graph = *primary.graph();
  const Scope scope = default_variable_scope(graph, str_cat(primary.op().name(), "/", op_name));
  options.trainable = false;
  return get_variable(graph, "", std::move(options));
}

std::weak_ptr<const void> alive(Graph& graph) { return graph.extension<Lifetime>().token; }

void Optimizer::keep_slot(const Variable& variable, std::string_view slot_name, const Variable& slot) {
  slots_[std::string(slot_name)][variable.state().get()] = Made{variable, slot, alive(*variable.graph())};
}

Variable Optimizer::zeros_slot(const Variable& variable, std::string_view slot_name, std::string_view op_name) {
  const DType dtype = variable.dtype();
  if (!variable.shape().fully_defined()) {
    if (Variable slot = get_slot(variable, slot_name)) return slot;
    const Output dims = shape(variable.initial_value());
    return get_or_make_slot(variable, zeros(dims, {.dtype = dtype}), slot_name, op_name);
  }
  const Shape dims = variable.shape().to_shape();
  return get_or_make_slot_with_initializer(
      variable, [&](Graph& graph) { return zeros(graph, dims, {.dtype = dtype}); }, slot_name, op_name);
}

Variable Optimizer::get_or_make_slot(const Variable& variable, const Output& value, std::string_view slot_name, std::string_view op_name) {
  if (Variable slot = get_slot(variable, slot_name)) return slot;
  const Variable slot = make_slot(variable, op_name, {.initial_value = value, .validate_shape = value.shape().fully_defined()});
  keep_slot(variable, slot_name, slot);
  return slot;
}

Variable Optimizer::get_or_make_slot_with_initializer(const Variable& variable, const std::function<Output(Graph&)>& initializer,
                                                      std::string_view slot_name, std::string_view op_name) {
  if (Variable slot = get_slot(variable, slot_name)) return slot;
  const Initializer make = [&](Graph& graph, const Shape&, DType, Loc) { return initializer(graph); };
  const Variable slot =
      make_slot(variable, op_name,
                {.shape = variable.shape(), .dtype = variable.dtype(), .initializer = make, .validate_shape = variable.shape().fully_defined()});
  keep_slot(variable, slot_name, slot);
  return slot;
}

Variable Optimizer::create_non_slot_variable(const Operand& initial_value, std::string_view name, const Variable& colocate_with) {
  Graph& graph = *colocate_with.graph();
  if (Variable existing = get_non_slot_variable(graph, name)) return existing;
  const Scope place = graph.colocate_with(colocate_with.op());
  const bool number = initial_value.literal() != nullptr && initial_value.literal()->weak;
  const Variable made = weft::variable(graph, initial_value,
                                       {.name = std::string(name),
                                        .dtype = number ? DType::kFloat32 : DType::kInvalid,
                                        .trainable = false,
                                        .use_resource = colocate_with.is_resource()});
  non_slots_[std::string(name)].push_back(Made{Variable(), made, alive(graph)});
  return made;
}

Variable Optimizer::get_non_slot_variable(const Graph& graph, std::string_view name) const {
  const auto it = non_slots_.find(name);
  if (it == non_slots_.end()) return Variable();
  for (const Made& made : it->second) {
    if (!made.graph_alive.expired() && made.variable.graph() == &graph) return made.variable;
  }
  return Variable();
}

Variable Optimizer::get_slot(const Variable& variable, std::string_view slot_name) const {
  const auto named = slots_.find(slot_name);
  if (named == slots_.end()) return Variable();
  const auto it = named->second.find(variable.state().get());
  return it == named->second.end() ? Variable() : it->second.variable;
}

std::vector<std::string> Optimizer::get_slot_names() const {
  std::vector<std::string> names;
  for (const auto& [name, slots] : slots_) names.push_back(name);
  return names;
}

std::vector<Variable> Optimizer::variables() const {
  std::vector<Variable> all;
  const auto add = [&](const Made& made) {
    if (!made.graph_alive.expired() && made.variable) all.push_back(made.variable);
  };
  for (const auto& [name, slots] : slots_) {
    for (const auto& [state, made] : slots) add(made);
  }
  for (const auto& [name, made_for_graphs] : non_slots_) std::for_each(made_for_graphs.begin(), made_for_graphs.end(), add);
  std::sort(all.begin(), all.end(), [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  return all;
}

}  // namespace weft
