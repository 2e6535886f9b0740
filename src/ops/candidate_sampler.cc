// LogUniformCandidateSampler, UniformCandidateSampler, ComputeAccidentalHits. The draws are TensorFlow's to the bit: Philox words taken
// one after the other from a part of the stream that each run reserves.
#include <cmath>
#include <limits>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/ops/op_lists.h"
#include "weft/kernel/philox.h"
#include "weft/ops/candidate_sampling_ops.h"

namespace weft {

namespace {

constexpr int64_t kReservedWordsPerSample = 2048;

// Classes with equal probability.
struct Uniform {
  int64_t range;
  float inverse_range;
  explicit Uniform(int64_t n) : range(n), inverse_range(static_cast<float>(1.0 / static_cast<double>(n))) {}
  int64_t draw(PhiloxWords& words) const { return static_cast<int64_t>(words.below64(static_cast<uint64_t>(range))); }
  float probability(int64_t) const { return inverse_range; }
};

// Zipf's law: the class is the integer part of a number whose logarithm is uniform.
struct LogUniform {
  int64_t range;
  double log_range;
  explicit LogUniform(int64_t n) : range(n), log_range(std::log(static_cast<double>(n) + 1)) {}
  int64_t draw(PhiloxWords& words) const { return (static_cast<int64_t>(std::exp(words.next_double() * log_range)) - 1) % range; }
  float probability(int64_t value) const {
    const auto v = static_cast<double>(value);
    return static_cast<float>(std::log((v + 2.0) / (v + 1.0)) / log_range);
  }
};

// How often a class of probability p is expected in a sample that took `tries` draws.
float expected_count(float p, int64_t samples, int64_t tries) {
  if (tries == samples) return p * static_cast<float>(samples);
  return -std::expm1(static_cast<float>(tries) * std::log1p(-p));
}

struct SamplerAttrs {
  int64_t num_true, num_sampled, range_max;
  bool unique;
};

absl::Status sampler_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape classes, c.input_with_rank(0, 2));
  const int64_t samples = c.get<int64_t>("num_sampled");
  c.set_output(0, PartialShape::vector(samples));
  c.set_output(1, PartialShape::matrix(classes.dim(0), c.get<int64_t>("num_true")));
  c.set_output(2, PartialShape::vector(samples));
  return absl::OkStatus();
}

// Fills `samples` and returns the number of draws.
template <typename Distribution>
int64_t sample(const KernelContext& context, const Distribution& distribution, bool unique, PhiloxWords& words, std::span<int64_t> samples) {
  if (!unique) {
    for (int64_t& s : samples) s = distribution.draw(words);
    return static_cast<int64_t>(samples.size());
  }
  absl::flat_hash_set<int64_t> taken;
  int64_t tries = 0;
  for (size_t picked = 0; picked < samples.size();) {
    if (++tries % 65536 == 0 && context.cancelled()) break;
    const int64_t value = distribution.draw(words);
    if (taken.insert(value).second) samples[picked++] = value;
  }
  return tries;
}

template <typename Distribution>
absl::Status run_sampler(KernelContext& context, const Distribution& distribution, const SamplerAttrs& attrs, PhiloxState& generator) {
  const Tensor& classes = context.input(0);
  if (classes.rank() != 2) return invalid_argument("true_classes must be a matrix");
  if (classes.dim(1) != attrs.num_true) return invalid_argument("true_classes must have num_true columns");
  if (attrs.unique && attrs.num_sampled > attrs.range_max) return invalid_argument("Sampler's range is too small.");
  Tensor *sampled, *true_counts, *sampled_counts;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{attrs.num_sampled}, &sampled));
  WEFT_RETURN_IF_ERROR(context.allocate_output(1, classes.shape(), &true_counts));
  WEFT_RETURN_IF_ERROR(context.allocate_output(2, Shape{attrs.num_sampled}, &sampled_counts));
  PhiloxWords words(generator.reserve_words(kReservedWordsPerSample * attrs.num_sampled));
  const int64_t tries = sample(context, distribution, attrs.unique, words, sampled->flat<int64_t>());
  if (context.cancelled()) return cancelled("sampling was cancelled");
  const auto count_all = [&](const int64_t* values, int64_t n, float* counts) {
    for (int64_t i = 0; i < n; ++i) counts[i] = expected_count(distribution.probability(values[i]), attrs.num_sampled, tries);
  };
  count_all(sampled->data<int64_t>(), attrs.num_sampled, sampled_counts->data<float>());
  count_all(classes.data<int64_t>(), classes.num_elements(), true_counts->data<float>());
  return absl::OkStatus();
}

template <typename Distribution> absl::StatusOr<Kernel> make_sampler(const KernelInit& init) {
  const SamplerAttrs attrs{init.get<int64_t>("num_true"), init.get<int64_t>("num_sampled"), init.get<int64_t>("range_max"), init.get<bool>("unique")};
  const int64_t seed = init.get<int64_t>("seed"), seed2 = init.get<int64_t>("seed2");
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> generator,
                        init.node_state<PhiloxState>([&] { return std::make_shared<PhiloxState>(seed, seed2); }));
  return Kernel([attrs, generator, distribution = Distribution(attrs.range_max)](KernelContext& context) {
    return run_sampler(context, distribution, attrs, *generator);
  });
}

template <typename Distribution> OpDef sampler_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"true_classes", DType::kInt64}},
          .outputs = {{"sampled_candidates", DType::kInt64}, {"true_expected_count", DType::kFloat32}, {"sampled_expected_count", DType::kFloat32}},
          .attrs = {int_attribute("num_true", {}, 1), int_attribute("num_sampled", {}, 1), attribute("unique", AttrType::kBool),
                    int_attribute("range_max", {}, 1), int_attribute("seed", 0), int_attribute("seed2", 0)},
          .is_stateful = true,
          .shape = sampler_shape,
          .kernels = {{.make = make_sampler<Distribution>}},
          .gradient = NoGradientDefined{}};
}

// --- ComputeAccidentalHits -------------------------------------------------------------------------------------------------------

absl::Status hits_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape classes, c.input_with_rank(0, 2));
  WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(classes.dim(1), c.get<int64_t>("num_true")).status());
  for (int i = 0; i < 3; ++i) c.set_output(i, PartialShape::vector(kUnknownDim));
  return absl::OkStatus();
}

absl::Status run_hits(KernelContext& context, int64_t num_true) {
  const Tensor& classes = context.input(0);
  const Tensor& sampled = context.input(1);
  if (classes.rank() != 2 || classes.dim(1) != num_true) return invalid_argument("true_candidates must be a batch_size * num_true matrix");
  if (sampled.rank() != 1) return invalid_argument("sampled_candidates must be a vector, which is typically an output from CandidateSampler");
  absl::flat_hash_map<int64_t, int64_t> position;
  for (int64_t i = 0; i < sampled.num_elements(); ++i) position[sampled.data<int64_t>()[i]] = i;
  std::vector<int32_t> indices;
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < classes.num_elements(); ++i) {
    const auto found = position.find(classes.data<int64_t>()[i]);
    if (found == position.end()) continue;
    indices.push_back(static_cast<int32_t>(i / num_true));
    ids.push_back(found->second);
  }
  const Shape shape{static_cast<int64_t>(ids.size())};
  Tensor* out[3];
  for (int i = 0; i < 3; ++i) WEFT_RETURN_IF_ERROR(context.allocate_output(i, shape, &out[i]));
  std::copy(indices.begin(), indices.end(), out[0]->data<int32_t>());
  std::copy(ids.begin(), ids.end(), out[1]->data<int64_t>());
  std::fill_n(out[2]->data<float>(), ids.size(), -std::numeric_limits<float>::max());
  return absl::OkStatus();
}

}  // namespace

// LogUniformCandidateSampler: classes drawn by Zipf's law.
const OpDef& log_uniform_candidate_sampler_op() {
  static const OpDef& op = *new OpDef(sampler_op<LogUniform>("LogUniformCandidateSampler"));
  return op;
}

// UniformCandidateSampler: classes drawn with equal probability.
const OpDef& uniform_candidate_sampler_op() {
  static const OpDef& op = *new OpDef(sampler_op<Uniform>("UniformCandidateSampler"));
  return op;
}

// ComputeAccidentalHits: the pairs (row of true_classes, position among the samples) that hold the same class.
const OpDef& compute_accidental_hits_op() {
  static const OpDef& op =
      *new OpDef{.name = "ComputeAccidentalHits",
                 .inputs = {{"true_classes", DType::kInt64}, {"sampled_candidates", DType::kInt64}},
                 .outputs = {{"indices", DType::kInt32}, {"ids", DType::kInt64}, {"weights", DType::kFloat32}},
                 .attrs = {int_attribute("num_true"), int_attribute("seed", 0), int_attribute("seed2", 0)},
                 .shape = hits_shape,
                 .kernels = {{.make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                   return Kernel([num_true = init.get<int64_t>("num_true")](KernelContext& context) { return run_hits(context, num_true); });
                 }}},
                 .gradient = NoGradientDefined{}};
  return op;
}

OpList candidate_sampler_ops() { return {&log_uniform_candidate_sampler_op(), &uniform_candidate_sampler_op(), &compute_accidental_hits_op()}; }

// --- Builders ------------------------------------------------------------------------------------------------------------------

namespace {

SampledCandidates build_sampler(const OpDef& op, const Operand& true_classes, SamplerAttrs attrs, const CandidateSamplerOptions& options, Loc where) {
  Graph* graph = true_classes.graph();
  if (graph == nullptr) return {};
  const auto [seed, seed2] = graph->seeds_for(options.seed);
  const std::vector<Output> made = OpBuilder(op, options.name, where)
                                       .input(true_classes, DType::kInt64)
                                       .attr("num_true", attrs.num_true)
                                       .attr("num_sampled", attrs.num_sampled)
                                       .attr("unique", attrs.unique)
                                       .attr("range_max", attrs.range_max)
                                       .attr("seed", seed)
                                       .attr("seed2", seed2)
                                       .outputs();
  return {made[0], made[1], made[2]};
}

}  // namespace

SampledCandidates log_uniform_candidate_sampler(const Operand& true_classes, int64_t num_true, int64_t num_sampled, bool unique, int64_t range_max,
                                                CandidateSamplerOptions options, Loc where) {
  return build_sampler(log_uniform_candidate_sampler_op(), true_classes, {num_true, num_sampled, range_max, unique}, options, where);
}

SampledCandidates uniform_candidate_sampler(const Operand& true_classes, int64_t num_true, int64_t num_sampled, bool unique, int64_t range_max,
                                            CandidateSamplerOptions options, Loc where) {
  return build_sampler(uniform_candidate_sampler_op(), true_classes, {num_true, num_sampled, range_max, unique}, options, where);
}

AccidentalHits compute_accidental_hits(const Operand& true_classes, const Operand& sampled_candidates, int64_t num_true,
                                       CandidateSamplerOptions options, Loc where) {
  Graph* graph = graph_of({&true_classes, &sampled_candidates});
  if (graph == nullptr) return {};
  const auto [seed, seed2] = graph->seeds_for(options.seed);
  const std::vector<Output> made = OpBuilder(*graph, compute_accidental_hits_op(), options.name, where)
                                       .input(true_classes, DType::kInt64)
                                       .input(sampled_candidates, DType::kInt64)
                                       .attr("num_true", num_true)
                                       .attr("seed", seed)
                                       .attr("seed2", seed2)
                                       .outputs();
  return {made[0], made[1], made[2]};
}

}  // namespace weft
