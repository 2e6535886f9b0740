// Reading parts of a variable.
#include "weft/ops/array_ops.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

// The op, named as a scope that holds what its literals make, and an Identity of it outside, as TensorFlow's variables have it.
Output partial_read(const Variable& variable, const OpDef& op, const Operand& indices, std::string_view name, Loc where) {
  if (!variable) return Output::failed(variable.graph());
  Graph& graph = *variable.graph();
  if (!variable.is_resource()) {
    graph.add_error(unimplemented("partial reads of the ref variable ", variable.describe(), " are not implemented; read it whole"), where);
    return Output::failed(&graph);
  }
  const auto location = graph.location_scope(where);
  Output value;
  {
    const auto scope = graph.name_scope(name);
    value = OpBuilder(graph, op, scope.name(), where).input(variable.handle()).input(indices).attr("dtype", variable.dtype()).output();
  }
  return identity(value, "", where);
}

}  // namespace

Output sparse_read(const Variable& variable, const Operand& indices, std::string_view name, Loc where) {
  return partial_read(variable, resource_gather_op(), indices, name.empty() ? "Gather" : name, where);
}

Output gather_nd_read(const Variable& variable, const Operand& indices, std::string_view name, Loc where) {
  return partial_read(variable, resource_gather_nd_op(), indices, name.empty() ? "GatherNd" : name, where);
}

}  // namespace weft
