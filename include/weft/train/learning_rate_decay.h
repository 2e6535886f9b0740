// Learning rates that fall as training goes on: scalars computed from the global step, to be given to an optimizer.
//
//   Variable step = get_or_create_global_step(graph);
//   Output rate = exponential_decay(0.1f, step, 1000, 0.96f);
//   Operation train = GradientDescentOptimizer({.learning_rate = rate}).minimize(loss, {.global_step = step});
//
// Names and nodes are those of TensorFlow 1.15's tf.train functions. The result has the dtype of `learning_rate` (float32 for a number).
// No gradient is meant to flow through them.
#pragma once

#include <string>

#include "weft/ops/op_builder.h"

namespace weft {

struct DecayOptions {
  bool staircase = false;  // fall in steps, at whole multiples of decay_steps
  std::string name = {};   // "ExponentialDecay", "InverseTimeDecay"
};

// learning_rate decay_rate^(global_step / decay_steps).
Output exponential_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                         DecayOptions options = {}, Loc where = Loc::current());
// learning_rate e^(-decay_rate global_step / decay_steps).
Output natural_exp_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                         DecayOptions options = {}, Loc where = Loc::current());
// learning_rate / (1 + decay_rate global_step / decay_steps).
Output inverse_time_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, const Operand& decay_rate,
                          DecayOptions options = {}, Loc where = Loc::current());

struct PolynomialDecayOptions {
  Operand end_learning_rate = 0.0001f;
  Operand power = 1.0f;
  std::string name = {};  // "PolynomialDecay"
};
// (learning_rate - end)(1 - min(global_step, decay_steps) / decay_steps)^power + end.
Output polynomial_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, PolynomialDecayOptions options = {},
                        Loc where = Loc::current());

struct CosineDecayOptions {
  float alpha = 0;        // the fraction of learning_rate that remains
  std::string name = {};  // "CosineDecay"
};
// learning_rate ((1 - alpha)(1 + cos(pi s)) / 2 + alpha), where s = min(global_step, decay_steps) / decay_steps. Loshchilov and Hutter, ICLR 2017.
Output cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps, CosineDecayOptions options = {},
                    Loc where = Loc::current());

struct LinearCosineDecayOptions {
  float num_periods = 0.5f;
  float alpha = 0;
  float beta = 0.001f;
  std::string name = {};  // "LinearCosineDecay"
};
// learning_rate ((alpha + 1 - s)(1 + cos(2 pi num_periods s)) / 2 + beta), s as above. Bello et al., ICML 2017.
Output linear_cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps,
                           LinearCosineDecayOptions options = {}, Loc where = Loc::current());

struct NoisyLinearCosineDecayOptions {
  float initial_variance = 1;
  float variance_decay = 0.55f;
  float num_periods = 0.5f;
  float alpha = 0;
  float beta = 0.001f;
  std::string name = {};  // "NoisyLinearCosineDecay"
};
// The same with normal noise of variance initial_variance / (1 + global_step)^variance_decay added to 1 - s.
Output noisy_linear_cosine_decay(const Operand& learning_rate, const Operand& global_step, const Operand& decay_steps,
                                 NoisyLinearCosineDecayOptions options = {}, Loc where = Loc::current());

}  // namespace weft
