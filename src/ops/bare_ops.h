// Single nodes where the builder functions of the same op would make more, or a constant: TensorFlow's Python composites call its
// generated wrappers so.
#pragma once

#include "weft/ops/op_builder.h"

namespace weft {

Output bare_rank(const Output& input, Loc where = Loc::current());
Output bare_range(const Operand& start, const Operand& limit, const Operand& delta, Loc where = Loc::current());

}  // namespace weft
