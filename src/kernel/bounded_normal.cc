// Numbers are drawn for mean 0 and deviation 1 between bounds lower < upper, turned so that the finite or nearer bound is the lower one.
// Three methods, by where the bounds lie:
//   normal       bounds wide around 0: draw normal numbers until one falls inside;
//   uniform      bounds close together: draw uniformly between them, accept with probability exp((m - z^2) / 2);
//   exponential  lower bound far out: draw from a shifted exponential distribution, its rate chosen for the best acceptance (Robert).
#include <algorithm>
#include <cmath>

#include "weft/kernel/distributions.h"
#include "weft/kernel/random.h"

namespace weft {
namespace {

constexpr int64_t kMaxRefusals = 1000;  // then the number at hand is taken
constexpr double kWideBounds = 1.3;     // deviations around 0 from where on normal numbers are drawn

// Arithmetic in T, rounding after each operation also where T is half.
template <typename T> T exp_of(T x) { return T(std::exp(x)); }
template <> half exp_of(half x) { return half(std::exp(static_cast<float>(x))); }
template <typename T> T log_of(T x) { return T(std::log(x)); }
template <> half log_of(half x) { return half(std::log(static_cast<float>(x))); }
template <typename T> T sqrt_of(T x) { return T(std::sqrt(x)); }
template <> half sqrt_of(half x) { return half(std::sqrt(static_cast<float>(x))); }

// One batch: draws until `out` is full.
template <typename T> class Batch {
 public:
  Batch(T mean, T deviation, T minimum, T maximum) : mean_(mean), deviation_(deviation) {
    const bool no_minimum = std::isinf(static_cast<double>(minimum)) && minimum < T(0.0f);
    if (no_minimum || maximum < mean) {
      std::swap(minimum, maximum);
      deviation_ = -deviation_;
    }
    lower_ = (minimum - mean) / deviation_;
    upper_ = (maximum - mean) / deviation_;
  }

  absl::Status fill(Philox& philox, std::span<T> out) {
    out_ = out;
    const T root = sqrt_of(lower_ * lower_ + T(4.0f));
    const T cutoff = T(2.0f) * exp_of(T(0.5f) + (lower_ * (lower_ - root)) / T(4.0f)) / (lower_ + root);
    const auto lower = static_cast<double>(lower_);
    const auto upper = static_cast<double>(upper_);
    if ((lower < -kWideBounds && upper >= 0) || (upper > kWideBounds && lower <= 0)) return fill_normal(philox);
    if (upper_ - lower_ < cutoff) {
      fill_uniform(philox);
    } else {
      fill_exponential(philox);
    }
    return absl::OkStatus();
  }

 private:
  bool full() const { return filled_ == out_.size(); }

  // Takes z when it is accepted, or when so many were refused that one has to be taken.
  void offer(T z, bool accepted) {
    if (!accepted && refusals_ + 1 < kMaxRefusals) {
      ++refusals_;
      return;
    }
    out_[filled_++] = z * deviation_ + mean_;
    refusals_ = 0;
  }

  absl::Status fill_normal(Philox& philox) {
    while (!full()) {
      for (const T z : Normal<T>()(philox)) {
        if (z >= lower_ && z <= upper_) {
          offer(z, true);
          if (full()) break;
        } else if (++refusals_ > kMaxRefusals) {
          return internal("TruncatedNormal randn rejection sampler failed to accept a sample.");
        }
      }
    }
    return absl::OkStatus();
  }

  void fill_uniform(Philox& philox) {
    const T width = upper_ - lower_;
    const T offset = lower_ < T(0.0f) ? T(0.0f) : lower_ * lower_;
    while (!full()) {
      const auto places = Uniform<T>()(philox);
      const auto chances = Uniform<T>()(philox);
      for (size_t i = 0; i < places.size() && !full(); ++i) {
        const T z = places[i] * width + lower_;
        offer(z, chances[i] <= exp_of((offset - z * z) / T(2.0f)));
      }
    }
  }

  void fill_exponential(Philox& philox) {
    const T alpha = (lower_ + sqrt_of(lower_ * lower_ + T(4.0f))) / T(2.0f);
    while (!full()) {
      const auto uniform = Uniform<T>()(philox);
      for (size_t i = 0; i < uniform.size() && !full(); i += 2) {
        const T z = -log_of(uniform[i]) / alpha + lower_;
        const T x = lower_ < alpha ? alpha - z : lower_ - alpha;
        offer(z, uniform[i + 1] <= exp_of(-x * x / T(2.0f)) && z < upper_);
      }
    }
  }

  T mean_, deviation_;
  T lower_, upper_;  // normalised
  std::span<T> out_;
  size_t filled_ = 0;
  int64_t refusals_ = 0;  // since the last number taken
};

template <typename T> T element(std::span<const T> parameter, int64_t batch) {
  return parameter[parameter.size() == 1 ? 0 : static_cast<size_t>(batch)];
}

}  // namespace

template <typename T> int64_t BoundedNormal<T>::reserved_blocks() const { return batches * 2 * kMaxRefusals * (samples + 3) / 4; }

template <typename T> absl::Status BoundedNormal<T>::draw(const Philox& philox, std::span<T> out) const {
  Philox place = philox;
  for (int64_t b = 0; b < batches; ++b) {
    const T deviation = element(deviations, b);
    const T minimum = element(minima, b);
    const T maximum = element(maxima, b);
    const bool bounded = std::isfinite(static_cast<double>(minimum)) || std::isfinite(static_cast<double>(maximum));
    if (!(deviation > T(0.0f)) || !(minimum < maximum) || !bounded) return invalid_argument("Invalid parameters");
    const auto part = out.subspan(static_cast<size_t>(b * samples), static_cast<size_t>(samples));
    WEFT_RETURN_IF_ERROR(Batch<T>(element(means, b), deviation, minimum, maximum).fill(place, part));
  }
  return absl::OkStatus();
}

template struct BoundedNormal<half>;
template struct BoundedNormal<float>;
template struct BoundedNormal<double>;

}  // namespace weft
