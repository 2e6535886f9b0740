// OpRegistry::standard(): the one place that names every family of ops.
#include "src/ops/op_lists.h"
#include "weft/graph/op_registry.h"

namespace weft {

const OpRegistry& OpRegistry::standard() {
  static const OpRegistry& registry = *[] {
    auto* all = new OpRegistry;
    for (const OpList& family : {
             constant_ops(),
             batch_norm_ops(),
             candidate_sampler_ops(),
             cross_entropy_ops(),
             dilation2d_ops(),
             nth_element_ops(),
             softmax_ops(),
             top_k_ops(),
             in_top_k_ops(),
             lrn_ops(),
             activation_ops(),
             bias_add_ops(),
             conv2d_ops(),
             depthwise_conv2d_ops(),
             l2_loss_ops(),
             pool_ops(),
             add_n_ops(),
             arithmetic_ops(),
             broadcast_ops(),
             cast_ops(),
             comparison_ops(),
             division_ops(),
             digamma_ops(),
             exponential_ops(),
             hyperbolic_ops(),
             root_ops(),
             rounding_ops(),
             special_ops(),
             trigonometric_ops(),
             logical_ops(),
             maximum_ops(),
             power_ops(),
             select_ops(),
             sign_ops(),
             xlogy_ops(),
             host_call_ops(),
             resource_variable_ops(),
             training_ops(),
             control_ops(),
             placeholder_ops(),
             identity_ops(),
             shape_ops(),
             reshape_ops(),
             fill_ops(),
             pack_ops(),
             concat_ops(),
             random_fill_ops(),
             random_sample_ops(),
             resource_gather_ops(),
             random_gamma_gradient_ops(),
             resource_scatter_ops(),
             mutex_ops(),
             matmul_ops(),
             reduction_ops(),
             arg_reduction_ops(),
             cumulative_ops(),
             gather_ops(),
             segment_ops(),
             unsorted_segment_ops(),
             dynamic_partition_ops(),
             unique_ops(),
             slice_ops(),
             strided_slice_ops(),
             split_ops(),
             transpose_ops(),
             tile_ops(),
             pad_ops(),
             mirror_pad_ops(),
             range_ops(),
             reverse_ops(),
             one_hot_ops(),
             check_ops(),
             gather_nd_ops(),
             where_ops(),
             matrix_diag_ops(),
             space_to_batch_ops(),
             space_to_depth_ops(),
             roll_ops(),
         }) {
      for (const OpDef* op : family) (void)all->add(*op);  // two ops of one name: the registry test finds them
    }
    return all;
  }();
  return registry;
}

}  // namespace weft
