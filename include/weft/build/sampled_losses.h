// Losses over many classes of which only some are looked at in each step. TensorFlow 1.15: tf.nn.nce_loss, sampled_softmax_loss.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/ops/candidate_sampling_ops.h"

namespace weft {

struct SampledLossArguments {
  std::vector<Operand> weights;  // [num_classes, dim], or its parts
  Operand biases;                // [num_classes]
  Operand labels;                // int64 [batch, num_true]: the classes that are true
  Operand inputs;                // [batch, dim]
  int64_t num_sampled;           // classes to draw for the batch
  int64_t num_classes;
  int64_t num_true = 1;
  std::optional<SampledCandidates> sampled_values = {};  // none: log_uniform_candidate_sampler, no class twice
  bool remove_accidental_hits = false;                   // leave out samples that are true classes
  std::string partition_strategy = "mod";                // of the parts of `weights`, see embedding_lookup
  std::optional<int64_t> seed = {};
  std::string name = {};
};

// [batch]: for each example the sigmoid cross entropies of its true classes and of the sampled ones, added. Noise-contrastive estimation,
// Gutmann and Hyvarinen, AISTATS 2010. Gradients by weights are IndexedSlices. For training; evaluate with all classes.
Output nce_loss(const SampledLossArguments& arguments, Loc where = Loc::current());

// [batch]: the softmax cross entropy among the true and the sampled classes. remove_accidental_hits is usually true here. Jean et al., ACL 2015.
Output sampled_softmax_loss(const SampledLossArguments& arguments, Loc where = Loc::current());

}  // namespace weft
