// The ops of each family, for the registry. A family's list stands beside its ops; a new family is declared here and called in
// standard_registry.cc.
#pragma once

#include <vector>

#include "weft/graph/op_def.h"

namespace weft {

using OpList = std::vector<const OpDef*>;

OpList constant_ops();
OpList switch_ops();
OpList ref_variable_ops();
OpList ref_scatter_ops();
OpList ref_training_ops();
OpList batch_norm_ops();
OpList candidate_sampler_ops();
OpList cross_entropy_ops();
OpList dilation2d_ops();
OpList nth_element_ops();
OpList softmax_ops();
OpList top_k_ops();
OpList in_top_k_ops();
OpList lrn_ops();
OpList activation_ops();
OpList bias_add_ops();
OpList conv2d_ops();
OpList depthwise_conv2d_ops();
OpList l2_loss_ops();
OpList pool_ops();
OpList add_n_ops();
OpList arithmetic_ops();
OpList broadcast_ops();
OpList cast_ops();
OpList comparison_ops();
OpList division_ops();
OpList digamma_ops();
OpList exponential_ops();
OpList hyperbolic_ops();
OpList root_ops();
OpList rounding_ops();
OpList special_ops();
OpList trigonometric_ops();
OpList logical_ops();
OpList maximum_ops();
OpList power_ops();
OpList select_ops();
OpList sign_ops();
OpList xlogy_ops();
OpList host_call_ops();
OpList resource_variable_ops();
OpList training_ops();
OpList control_ops();
OpList placeholder_ops();
OpList identity_ops();
OpList shape_ops();
OpList reshape_ops();
OpList fill_ops();
OpList pack_ops();
OpList concat_ops();
OpList random_fill_ops();
OpList random_sample_ops();
OpList resource_gather_ops();
OpList random_gamma_gradient_ops();
OpList resource_scatter_ops();
OpList mutex_ops();
OpList matmul_ops();
OpList reduction_ops();
OpList arg_reduction_ops();
OpList cumulative_ops();
OpList gather_ops();
OpList segment_ops();
OpList unsorted_segment_ops();
OpList dynamic_partition_ops();
OpList unique_ops();
OpList slice_ops();
OpList strided_slice_ops();
OpList split_ops();
OpList transpose_ops();
OpList tile_ops();
OpList pad_ops();
OpList mirror_pad_ops();
OpList range_ops();
OpList reverse_ops();
OpList one_hot_ops();
OpList check_ops();
OpList gather_nd_ops();
OpList where_ops();
OpList matrix_diag_ops();
OpList space_to_batch_ops();
OpList space_to_depth_ops();
OpList roll_ops();

}  // namespace weft
