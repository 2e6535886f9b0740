// The op definitions behind reduction_ops.h.
#pragma once

#include "weft/graph/op_def.h"

namespace weft {

const OpDef& sum_op();
const OpDef& mean_op();
const OpDef& prod_op();
const OpDef& max_op();
const OpDef& min_op();
const OpDef& euclidean_norm_op();
const OpDef& all_op();
const OpDef& any_op();
const OpDef& arg_max_op();
const OpDef& arg_min_op();
const OpDef& cumsum_op();
const OpDef& cumprod_op();

}  // namespace weft
