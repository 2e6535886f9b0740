// Random numbers. An op with a seed, its own or the graph's (Graph::set_seed), gives the same numbers in every session, TensorFlow's
// numbers, and other numbers in each run of one session; without any seed numbers differ from session to session.
//
//   Output noise = random_normal(graph, {8, 64}, {.stddev = 0.1f, .seed = 42});
#pragma once

#include <optional>
#include <string>

#include "weft/graph/op_def.h"
#include "weft/ops/op_builder.h"

namespace weft {

struct RandomUniformOptions {
  Operand minval = 0;
  std::optional<Operand> maxval = {};  // 1; must be given for integers
  DType dtype = DType::kFloat32;       // half, bfloat16, float32, float64, int32, int64
  std::optional<int64_t> seed = {};
  std::string name = {};  // "random_uniform"
};
// Uniform on [minval, maxval), of shape `shape`, an integer vector. TF op RandomUniform or RandomUniformInt.
Output random_uniform(Graph& graph, const Operand& shape, RandomUniformOptions options = {}, Loc where = Loc::current());

struct RandomNormalOptions {
  Operand mean = 0;
  Operand stddev = 1;
  DType dtype = DType::kFloat32;  // half, bfloat16, float32, float64
  std::optional<int64_t> seed = {};
  std::string name = {};  // "random_normal", "truncated_normal"
};
// Normally distributed. TF op RandomStandardNormal.
Output random_normal(Graph& graph, const Operand& shape, RandomNormalOptions options = {}, Loc where = Loc::current());
// Normally distributed, without the values further than two deviations from the mean. TF op TruncatedNormal.
Output truncated_normal(Graph& graph, const Operand& shape, RandomNormalOptions options = {}, Loc where = Loc::current());

struct RandomOptions {
  std::optional<int64_t> seed = {};
  std::string name = {};
};
// The slices of `value` along its first dimension in random order. TF op RandomShuffle.
Output random_shuffle(const Operand& value, RandomOptions options = {}, Loc where = Loc::current());

struct MultinomialOptions {
  std::optional<int64_t> seed = {};
  DType output_dtype = DType::kInt64;  // or kInt32
  std::string name = {};               // "multinomial"
};
// [batch, num_samples] class numbers, drawn with probabilities softmax(logits) from logits [batch, classes]. TF op Multinomial.
Output multinomial(const Operand& logits, const Operand& num_samples, MultinomialOptions options = {}, Loc where = Loc::current());

struct RandomGammaOptions {
  std::optional<Operand> beta = {};  // the inverse scale: 1
  DType dtype = DType::kFloat32;     // half, float32, float64
  std::optional<int64_t> seed = {};
  std::string name = {};  // "random_gamma"
};
// `shape` draws for each element of alpha, broadcast with beta: shape + alpha.shape. TF op RandomGamma.
Output random_gamma(Graph& graph, const Operand& shape, const Operand& alpha, RandomGammaOptions options = {}, Loc where = Loc::current());

struct StatelessUniformOptions {
  Operand minval = 0;
  std::optional<Operand> maxval = {};  // 1; must be given for integers
  DType dtype = DType::kFloat32;
  std::string name = {};  // "stateless_random_uniform"
};
struct StatelessNormalOptions {
  Operand mean = 0;
  Operand stddev = 1;
  DType dtype = DType::kFloat32;
  std::string name = {};  // "stateless_random_normal", "stateless_truncated_normal"
};
// The same with numbers that follow from `seed`, an integer vector of two, alone: equal inputs, equal numbers.
Output stateless_random_uniform(Graph& graph, const Operand& shape, const Operand& seed, StatelessUniformOptions options = {},
                                Loc where = Loc::current());
Output stateless_random_normal(Graph& graph, const Operand& shape, const Operand& seed, StatelessNormalOptions options = {},
                               Loc where = Loc::current());
Output stateless_truncated_normal(Graph& graph, const Operand& shape, const Operand& seed, StatelessNormalOptions options = {},
                                  Loc where = Loc::current());
Output stateless_multinomial(const Operand& logits, const Operand& num_samples, const Operand& seed, MultinomialOptions options = {},
                             Loc where = Loc::current());

const OpDef& random_uniform_op();
const OpDef& random_uniform_int_op();
const OpDef& random_standard_normal_op();
const OpDef& truncated_normal_op();
const OpDef& random_shuffle_op();
const OpDef& multinomial_op();
const OpDef& random_gamma_op();
const OpDef& random_gamma_grad_op();
const OpDef& parameterized_truncated_normal_op();
const OpDef& stateless_random_uniform_op();
const OpDef& stateless_random_uniform_int_op();
const OpDef& stateless_random_normal_op();
const OpDef& stateless_truncated_normal_op();
const OpDef& stateless_multinomial_op();

}  // namespace weft
