#include "weft/kernel/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "weft/kernel/distributions.h"

namespace weft {
namespace {

// Numbers of `D` one by one; of each group the last comes first.
template <typename D> class Backwards {
 public:
  explicit Backwards(Philox& philox) : philox_(philox) {}
  typename D::Element next() {
    if (left_ == 0) {
      group_ = D()(philox_);
      left_ = group_.size();
    }
    return group_[--left_];
  }

 private:
  Philox& philox_;
  typename D::Result group_{};
  size_t left_ = 0;
};

// The stream of one number: uniform and normal groups taken from it as they are needed.
class NumberStream {
 public:
  NumberStream(const Philox& all, int64_t position) : philox_(all) { philox_.skip(static_cast<uint64_t>(PhiloxState::kBlocksPerOutput * position)); }
  double uniform() { return uniform_.next(); }
  double normal() { return normal_.next(); }

 private:
  Philox philox_;
  Backwards<Uniform<double>> uniform_{philox_};
  Backwards<Normal<double>> normal_{philox_};
};

// Calls f(column, position, element) for positions [begin, end) of the column-major walk over out [samples, columns].
template <typename F> void for_positions(int64_t samples, int64_t columns, int64_t begin, int64_t end, F f) {
  for (int64_t position = begin; position < end; ++position) {
    const int64_t column = position / samples;
    f(column, position, static_cast<size_t>(position % samples * columns + column));
  }
}

double draw_gamma(double alpha, NumberStream stream) {
  if (alpha == 1.0) return -std::log(1.0 - stream.uniform());
  const bool boosted = alpha < 1;  // drawn for alpha + 1, then multiplied by uniform^(1 / alpha)
  const double d = alpha + (boosted ? 2.0 / 3 : -1.0 / 3);
  const double c = 1.0 / 3 / std::sqrt(d);
  for (;;) {
    const double x = stream.normal();
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    const double u = stream.uniform();
    const bool squeezed = u < 1 - 0.0331 * (x * x) * (x * x);
    if (!squeezed && !(std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v)))) continue;
    return boosted ? d * v * std::pow(stream.uniform(), 1 / alpha) : d * v;
  }
}

double draw_poisson_by_product(double rate, double largest, NumberStream& stream) {
  const double enough = std::exp(-rate);
  double product = 1;
  for (double count = 0;; count += 1) {
    product *= stream.uniform();
    if (product <= enough && count <= largest) return count;
  }
}

double draw_poisson_by_rejection(double rate, double largest, NumberStream& stream) {
  const double log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform();
    const double shifted = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / shifted + b) * u + rate + 0.43);
    if (k > largest) continue;
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const double s = std::log(v * inverse_alpha / (a / (shifted * shifted) + b));
    const double t = -rate + k * log_rate - std::lgamma(k + 1);
    if (s <= t) return k;
  }
}

template <typename T> constexpr double largest_value() {
  if constexpr (std::is_same_v<T, half>) return 65504.0;
  else return static_cast<double>(std::numeric_limits<T>::max());
}

template <typename T> T draw_poisson(double rate, NumberStream stream) {
  if (!std::isfinite(rate)) {
    if constexpr (std::is_integral_v<T>) return T(0);
    else return T(std::numeric_limits<float>::quiet_NaN());
  }
  const double count =
      rate < 10 ? draw_poisson_by_product(rate, largest_value<T>(), stream) : draw_poisson_by_rejection(rate, largest_value<T>(), stream);
  if constexpr (std::is_same_v<T, half>) return half(static_cast<float>(count));
  else return static_cast<T>(count);
}

}  // namespace

std::vector<int64_t> shuffled_indices(int64_t n, const Philox& philox) {
  std::vector<int64_t> indices(static_cast<size_t>(std::max<int64_t>(n, 0)));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  PhiloxWords words(philox);
  for (int64_t i = 0; i + 1 < n; ++i) {
    const int64_t other = i + words.next() % static_cast<uint32_t>(n - i);
    std::swap(indices[static_cast<size_t>(i)], indices[static_cast<size_t>(other)]);
  }
  return indices;
}

template <typename T> template <typename Index>
void Categorical<T>::draw(const Philox& philox, std::span<Index> out, int64_t begin, int64_t end) const {
  PhiloxWords words(philox);
  words.skip(static_cast<uint64_t>(begin) * static_cast<uint64_t>(samples) * 2);
  std::vector<double> sums(static_cast<size_t>(classes));  // not normalised: only ratios count
  for (int64_t row = begin; row < end; ++row) {
    const T* row_logits = logits.data() + row * classes;
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t c = 0; c < classes; ++c) {
      const auto logit = static_cast<double>(row_logits[c]);
      if (std::isfinite(logit)) largest = std::max(largest, logit);
    }
    double total = 0;
    for (int64_t c = 0; c < classes; ++c) {
      const auto logit = static_cast<double>(row_logits[c]);
      if (std::isfinite(logit)) total += std::exp(logit - largest);
      sums[static_cast<size_t>(c)] = total;
    }
    for (int64_t s = 0; s < samples; ++s) {
      const double target = words.next_double() * total;
      out[static_cast<size_t>(row * samples + s)] = static_cast<Index>(std::upper_bound(sums.begin(), sums.end(), target) - sums.begin());
    }
  }
}

template <typename T>
void gamma_range(std::span<const T> alphas, int64_t samples, const Philox& philox, std::span<T> out, int64_t begin, int64_t end) {
  for_positions(samples, static_cast<int64_t>(alphas.size()), begin, end, [&](int64_t column, int64_t position, size_t element) {
    const double number = draw_gamma(static_cast<double>(alphas[static_cast<size_t>(column)]), NumberStream(philox, position));
    if constexpr (std::is_same_v<T, half>) out[element] = half(static_cast<float>(number));
    else out[element] = static_cast<T>(number);
  });
}

template <typename Rate, typename T>
void poisson_range(std::span<const Rate> rates, int64_t samples, const Philox& philox, std::span<T> out, int64_t begin, int64_t end) {
  for_positions(samples, static_cast<int64_t>(rates.size()), begin, end, [&](int64_t column, int64_t position, size_t element) {
    out[element] = draw_poisson<T>(static_cast<double>(rates[static_cast<size_t>(column)]), NumberStream(philox, position));
  });
}

#define WEFT_RANDOM_REAL(T)                                                                               \
  template void Categorical<T>::draw<int32_t>(const Philox&, std::span<int32_t>, int64_t, int64_t) const; \
  template void Categorical<T>::draw<int64_t>(const Philox&, std::span<int64_t>, int64_t, int64_t) const; \
  template void gamma_range<T>(std::span<const T>, int64_t, const Philox&, std::span<T>, int64_t, int64_t);
WEFT_RANDOM_REAL(half)
WEFT_RANDOM_REAL(float)
WEFT_RANDOM_REAL(double)

#define WEFT_POISSON(Rate, T) template void poisson_range<Rate, T>(std::span<const Rate>, int64_t, const Philox&, std::span<T>, int64_t, int64_t);
#define WEFT_POISSON_OF(Rate) \
  WEFT_POISSON(Rate, half) WEFT_POISSON(Rate, float) WEFT_POISSON(Rate, double) WEFT_POISSON(Rate, int32_t) WEFT_POISSON(Rate, int64_t)
WEFT_POISSON_OF(half) WEFT_POISSON_OF(float) WEFT_POISSON_OF(double) WEFT_POISSON_OF(int32_t) WEFT_POISSON_OF(int64_t)

}  // namespace weft
