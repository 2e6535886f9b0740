// report_uninitialized_variables: the names of the variables that lack a value.
#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

Output report_uninitialized_variables(Graph& graph, absl::Span<const Variable> variables, std::string_view name, Loc where) {
  const Composite scope(graph, name_or(name, "report_uninitialized_variables"), where);
  std::vector<Output> initialized;
  std::vector<std::string> names;
  for (const Variable& variable : variables) {
    initialized.push_back(is_variable_initialized(variable, "", where));
    if (!initialized.back()) return Output::failed(&graph);
    names.emplace_back(variable.name());
  }
  const auto on_cpu = graph.device("/device:CPU:0");
  if (variables.empty()) return constant(graph, Tensor(DType::kString, Shape{0}), {}, where);
  const Output missing = logical_not(stack(initialized, {}, where), "", where);
  return boolean_mask(constant(graph, Tensor::from<std::string>(names), {}, where), missing, {}, where);
}

Output report_uninitialized_variables(Graph& graph, std::string_view name, Loc where) {
  std::vector<Variable> all = graph.global_variables();
  for (Variable& local : graph.collection<Variable>(collections::kLocalVariables)) all.push_back(std::move(local));
  return report_uninitialized_variables(graph, all, name, where);
}

}  // namespace weft
