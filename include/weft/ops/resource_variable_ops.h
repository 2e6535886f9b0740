// The op definitions of resource variables, for graph tools and for those who build nodes one by one. Programs use
// variable_ops.h.
#pragma once

#include "weft/graph/op_def.h"

namespace weft {

const OpDef& var_handle_op();
const OpDef& read_variable_op();
const OpDef& assign_variable_op();
const OpDef& assign_add_variable_op();
const OpDef& assign_sub_variable_op();
const OpDef& var_is_initialized_op();
const OpDef& variable_shape_op();
const OpDef& destroy_resource_op();

const OpDef& resource_gather_op();
const OpDef& resource_gather_nd_op();
const OpDef& resource_scatter_update_op();
const OpDef& resource_scatter_add_op();
const OpDef& resource_scatter_sub_op();
const OpDef& resource_scatter_mul_op();
const OpDef& resource_scatter_div_op();
const OpDef& resource_scatter_min_op();
const OpDef& resource_scatter_max_op();
const OpDef& resource_scatter_nd_update_op();
const OpDef& resource_scatter_nd_add_op();
const OpDef& resource_scatter_nd_sub_op();

const OpDef& mutex_op();
const OpDef& mutex_lock_op();
const OpDef& consume_mutex_lock_op();

}  // namespace weft
