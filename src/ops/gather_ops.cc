// gather: rows of a tensor or of a variable.
#include "weft/ops/gather_ops.h"

#include "src/ops/gather_definitions.h"

namespace weft {

Output gather(const Operand& params, const Operand& indices, GatherOptions options, Loc where) {
  const Operand axis = options.axis.value_or(Operand(options.batch_dims));
  return OpBuilder(gather_v2_op(), options.name, where).input(params).input(indices).input(axis).attr("batch_dims", options.batch_dims).output();
}

}  // namespace weft
