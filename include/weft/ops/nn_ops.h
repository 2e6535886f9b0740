// Neural-network ops: what TensorFlow 1.15 has under tf.nn, by family.
#pragma once

#include "weft/ops/activation_ops.h"          // relu, elu, softplus, …
#include "weft/ops/candidate_sampling_ops.h"  // log_uniform_candidate_sampler, …
#include "weft/ops/conv_ops.h"                // conv2d, conv2d_transpose, depthwise_conv2d, bias_add
#include "weft/ops/dropout_ops.h"             // dropout, xw_plus_b, relu_layer
#include "weft/ops/normalization_ops.h"       // fused_batch_norm, batch_normalization, moments, l2_normalize
#include "weft/ops/pool_ops.h"                // max_pool, avg_pool, dilation2d, local_response_normalization
#include "weft/ops/softmax_ops.h"             // softmax, cross entropies, l2_loss
#include "weft/ops/top_k_ops.h"               // top_k, in_top_k, nth_element
