// Samples of classes for losses that do not look at all of them. TensorFlow 1.15: tf.random.log_uniform_candidate_sampler and
// relatives, tf.nn.nce_loss, tf.nn.sampled_softmax_loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct CandidateSamplerOptions {
  std::optional<int64_t> seed = {};
  std::string name = {};
};
struct SampledCandidates {
  Output sampled_candidates;      // int64 [num_sampled]
  Output true_expected_count;     // float32 [batch, num_true]: how often each true class is expected among the samples
  Output sampled_expected_count;  // float32 [num_sampled]
};
// `num_sampled` classes of [0, range_max), with `unique` no class twice, drawn with P(class) = log((class + 2) / (class + 1)) /
// log(range_max + 1): for classes numbered by falling frequency. true_classes: int64 [batch, num_true]. TF op
// LogUniformCandidateSampler; the same numbers for the same seeds.
SampledCandidates log_uniform_candidate_sampler(const Operand& true_classes, int64_t num_true, int64_t num_sampled, bool unique, int64_t range_max,
                                                CandidateSamplerOptions options = {}, Loc where = Loc::current());
// The same with all classes equally likely. TF op UniformCandidateSampler.
SampledCandidates uniform_candidate_sampler(const Operand& true_classes, int64_t num_true, int64_t num_sampled, bool unique, int64_t range_max,
                                            CandidateSamplerOptions options = {}, Loc where = Loc::current());

struct AccidentalHits {
  Output indices;  // int32 [hits]: rows of true_classes
  Output ids;      // int64 [hits]: positions in sampled_candidates
  Output weights;  // float32 [hits]: -3.4e38, to be added to the logits of samples that are true classes
};
// Where true classes are among the samples. TF op ComputeAccidentalHits.
AccidentalHits compute_accidental_hits(const Operand& true_classes, const Operand& sampled_candidates, int64_t num_true,
                                       CandidateSamplerOptions options = {}, Loc where = Loc::current());

const OpDef& log_uniform_candidate_sampler_op();
const OpDef& uniform_candidate_sampler_op();
const OpDef& compute_accidental_hits_op();

}  // namespace weft
