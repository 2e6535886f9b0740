// Scatter updates of variables by function.
#include "src/ops/resource_variable_kind.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

Operation scatter(const OpDef& op, const Variable& variable, const Operand& indices, const Operand& updates, std::string_view name, Loc where) {
  if (!variable || indices.failed() || updates.failed()) return Operation::failed(variable.graph());
  Graph& graph = *variable.graph();
  const auto location = graph.location_scope(where);
  if (!variable.is_resource()) {
    graph.add_error(unimplemented("scatter updates of the ref variable ", variable.describe(), " are not implemented"), where);
    return Operation::failed(&graph);
  }
  const Output values = convert(updates, &graph, variable.dtype(), "Const", where);
  if (!values) return Operation::failed(&graph);
  const Operation made = OpBuilder(graph, op, name, where).input(variable.handle()).input(indices).input(values).operation();
  read_after(variable, made, where);
  return made;
}

}  // namespace

#define WEFT_SCATTER(f)                                                                                                     \
  Operation f(const Variable& variable, const Operand& indices, const Operand& updates, std::string_view name, Loc where) { \
    return scatter(resource_##f##_op(), variable, indices, updates, name, where);                                           \
  }
WEFT_SCATTER(scatter_update)
WEFT_SCATTER(scatter_add)
WEFT_SCATTER(scatter_sub)
WEFT_SCATTER(scatter_mul)
WEFT_SCATTER(scatter_div)
WEFT_SCATTER(scatter_min)
WEFT_SCATTER(scatter_max)
WEFT_SCATTER(scatter_nd_update)
WEFT_SCATTER(scatter_nd_add)
WEFT_SCATTER(scatter_nd_sub)

}  // namespace weft
