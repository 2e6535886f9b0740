#include "src/ops/resource_variable_kind.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/op_builder.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

namespace {

Output read(const Variable& variable, std::string_view name, Loc where) {
  Graph& graph = *variable.graph();
  return OpBuilder(graph, read_variable_op(), name, where).input(variable.handle()).attr("dtype", variable.dtype()).output();
}

// A read stands wherever it is wanted, not where its reader is placed.
Output value(const Variable& variable, Loc where) {
  const auto anywhere = variable.graph()->colocate_with(Operation(), true);
  return read(variable, "", where);
}

Output read_value(const Variable& variable, std::string_view name, Loc where) {
  Output fresh;
  {
    const auto scope = variable.graph()->name_scope("Read");
    fresh = value(variable, where);
  }
  return identity(fresh, name, where);
}

const OpDef& op_of(VariableKind::Update update) {
  switch (update) {
    case VariableKind::Update::kAdd: return assign_add_variable_op();
    case VariableKind::Update::kSub: return assign_sub_variable_op();
    case VariableKind::Update::kAssign: break;
  }
  return assign_variable_op();
}

// The assignment, and, as in TensorFlow, a read of the new value after it.
Operation update(const Variable& variable, VariableKind::Update update, const Operand& operand, std::string_view name, Loc where) {
  Graph& graph = *variable.graph();
  const auto location = graph.location_scope(where);
  if (operand.failed()) return Operation::failed(&graph);
  const Output value = convert(operand, &graph, variable.dtype(), "Const", where);
  if (!value) return Operation::failed(&graph);
  if (!variable.shape().is_compatible_with(value.shape())) {
    graph.add_error(invalid_argument("variable ", variable.describe(), " cannot be updated with ", value.describe(), ": the shapes ",
                                     variable.shape().to_string(), " and ", value.shape().to_string(), " differ"),
                    where);
    return Operation::failed(&graph);
  }
  const Operation made = OpBuilder(graph, op_of(update), name, where).input(variable.handle()).input(value).operation();
  read_after(variable, made, where);
  return made;
}

}  // namespace

void read_after(const Variable& variable, Operation update, Loc where) {
  if (!update) return;
  const auto after = variable.graph()->control_dependencies({update});
  (void)read(variable, "", where);
}

const VariableKind& resource_variable_kind() {
  static const VariableKind kind{.is_resource = true, .value = value, .read_value = read_value, .update = update};
  return kind;
}

}  // namespace weft
