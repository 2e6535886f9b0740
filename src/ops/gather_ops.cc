// gather: rows of a tensor or of a variable.
#include "weft/ops/gather_ops.h"

#include "src/ops/gather_definitions.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

bool is_zero(const Operand& axis) {
  const Literal* literal = axis.literal();
  return literal != nullptr && (literal->tensor.holds<int32_t>() ? literal->tensor.scalar<int32_t>() == 0 : literal->tensor.scalar<int64_t>() == 0);
}

}  // namespace

Output gather(const Operand& params, const Operand& indices, GatherOptions options, Loc where) {
  const Operand axis = options.axis.value_or(Operand(options.batch_dims));
  const Variable* variable = params.variable();
  if (variable != nullptr && variable->is_resource() && is_zero(axis)) return sparse_read(*variable, indices, options.name, where);
  return OpBuilder(gather_v2_op(), options.name, where).input(params).input(indices).input(axis).attr("batch_dims", options.batch_dims).output();
}

}  // namespace weft
