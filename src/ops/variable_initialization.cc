// Setting variables to their initial values, and asking which have one; assignments by function; the global step.
#include "weft/ops/control_ops.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

Operation variables_initializer(Graph& graph, absl::Span<const Variable> variables, std::string_view name, Loc where) {
  std::vector<Operation> initializers;
  for (const Variable& variable : variables) {
    if (!variable) {
      if (variable.graph() == nullptr) graph.add_error(invalid_argument("variables_initializer got an empty Variable"), where);
      return Operation::failed(&graph);
    }
    initializers.push_back(variable.initializer());
  }
  if (name.empty()) name = "init";
  if (initializers.empty()) return no_op(graph, name, where);
  return group(graph, initializers, name, where);
}

Operation global_variables_initializer(Graph& graph, std::string_view name, Loc where) {
  return variables_initializer(graph, graph.global_variables(), name, where);
}

Operation local_variables_initializer(Graph& graph, std::string_view name, Loc where) {
  return variables_initializer(graph, graph.collection<Variable>(collections::kLocalVariables), name, where);
}

Output is_variable_initialized(const Variable& variable, std::string_view name, Loc where) {
  if (!variable) return Output::failed(variable.graph());
  return OpBuilder(*variable.graph(), var_is_initialized_op(), name, where).input(variable.handle()).output();
}

Operation assign(const Variable& variable, const Operand& value, std::string_view name, Loc where) { return variable.assign(value, name, where); }
Operation assign_add(const Variable& variable, const Operand& delta, std::string_view name, Loc where) {
  return variable.assign_add(delta, name, where);
}
Operation assign_sub(const Variable& variable, const Operand& delta, std::string_view name, Loc where) {
  return variable.assign_sub(delta, name, where);
}

Variable get_global_step(Graph& graph) {
  const std::vector<Variable> steps = graph.collection<Variable>(collections::kGlobalStep);
  return steps.empty() ? Variable() : steps.front();
}

Variable create_global_step(Graph& graph, Loc where) {
  if (get_global_step(graph)) {
    graph.add_error(already_exists("create_global_step: ", get_global_step(graph).describe(), " already exists; use get_or_create_global_step"),
                    where);
    return get_global_step(graph);
  }
  const auto root = graph.name_scope("");
  return variable(
      graph, [where](Graph& g) { return constant(g, Tensor::zeros(DType::kInt64, Shape{}), {.name = "zeros"}, where); },
      {.name = "global_step",
       .trainable = false,
       .collections = std::vector<std::string>{std::string(collections::kGlobalVariables), std::string(collections::kGlobalStep)}},
      where);
}

Variable get_or_create_global_step(Graph& graph, Loc where) {
  const Variable found = get_global_step(graph);
  return found ? found : create_global_step(graph, where);
}

}  // namespace weft
