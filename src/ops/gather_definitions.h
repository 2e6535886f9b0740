// The op definitions behind gather_ops.h.
#pragma once

#include "weft/graph/op_def.h"

namespace weft {

const OpDef& gather_op();
const OpDef& gather_v2_op();
const OpDef& gather_nd_op();
const OpDef& scatter_nd_op();
const OpDef& where_op();

}  // namespace weft
