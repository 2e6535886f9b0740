// The random algorithms that are more than a distribution: shuffles, categorical draws, gamma, Poisson and bounded normal numbers. Each
// gives the numbers that TensorFlow's kernel gives on one thread, whatever part of the output is asked for first.
//
// The kernels reserve their part of the stream by TensorFlow's rules, named at each function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weft/base/status.h"
#include "weft/kernel/philox.h"

namespace weft {

// RandomShuffle: row i of the output is row result[i] of the input. Fisher and Yates's algorithm, one word a step.
// Reserves reserve_words(n - 1); an input with less than two rows reserves nothing.
std::vector<int64_t> shuffled_indices(int64_t n, const Philox& philox);

// Multinomial, StatelessMultinomial: `samples` class numbers for each row of logits [batch, classes], with probability
// softmax(logits). Classes with infinite or NaN logits are never drawn.
template <typename T> struct Categorical {
  std::span<const T> logits;
  int64_t batch = 0;
  int64_t classes = 0;
  int64_t samples = 0;

  // Outputs to reserve (reserve_outputs).
  int64_t reserved_outputs() const { return batch * ((samples + 3) / 4 * 4) * 2; }
  // Draws for rows [begin, end) of `out` [batch, samples]. T: half, float, double; Index: int32, int64.
  template <typename Index> void draw(const Philox& philox, std::span<Index> out, int64_t begin, int64_t end) const;
};

// RandomGamma: numbers of the gamma distribution with shape parameter alpha and scale 1; `out` is [samples, alphas]. Fills the numbers
// whose position in alpha-major order, alpha * samples + sample, is in [begin, end). Reserves reserve_outputs(samples * alphas).
// T: half, float, double. Marsaglia, Tsang: A simple method for generating gamma variables. TOMS 2000.
template <typename T>
void gamma_range(std::span<const T> alphas, int64_t samples, const Philox& philox, std::span<T> out, int64_t begin, int64_t end);

// RandomPoisson, RandomPoissonV2: counts of events at each of `rates`, in the layout of gamma_range and with its reservation. Rates that
// are not finite give NaN, or 0 where there is none. Rate, T: half, float, double, int32, int64.
// Knuth's product of uniform numbers for rates below 10, else Hörmann: The transformed rejection method, 1993.
template <typename Rate, typename T>
void poisson_range(std::span<const Rate> rates, int64_t samples, const Philox& philox, std::span<T> out, int64_t begin, int64_t end);

// ParameterizedTruncatedNormal: normal numbers kept inside bounds; `out` is [batches, samples]. Each parameter has one element or one a
// batch. T: half, float, double. Robert: Simulation of truncated normal variables, 1995.
template <typename T> struct BoundedNormal {
  std::span<const T> means;
  std::span<const T> deviations;
  std::span<const T> minima;
  std::span<const T> maxima;
  int64_t batches = 0;
  int64_t samples = 0;

  // Blocks to reserve (reserve_blocks).
  int64_t reserved_blocks() const;
  // Fills `out` in order: where a number starts in the stream depends on how many draws the ones before it took.
  // InvalidArgument for a deviation that is not positive or bounds that are empty or both infinite.
  absl::Status draw(const Philox& philox, std::span<T> out) const;
};

}  // namespace weft
