// Uniform numbers are made by setting random mantissa bits under the exponent of 1.0, which gives [1, 2), and subtracting 1: exact, no
// rounding. Normal numbers come in pairs from two uniform ones u, v (Box, Muller 1958): sqrt(-2 ln u) sin(2 pi v) and the same with cos.
#include "weft/kernel/distributions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace weft {
namespace {

constexpr float kLeastUniform = 1.0e-7f;  // keeps the logarithm finite
constexpr float kTruncation = 2.0f;

inline float uniform_float(uint32_t word) { return std::bit_cast<float>(0x3f800000u | (word & 0x7fffffu)) - 1.0f; }

inline double uniform_double(uint32_t upper, uint32_t lower) {
  const uint64_t mantissa = static_cast<uint64_t>(upper & 0xfffffu) << 32 | lower;
  return std::bit_cast<double>(0x3ff0000000000000u | mantissa) - 1.0;
}

inline void box_muller(uint32_t word0, uint32_t word1, float* sine, float* cosine) {
  const float u = std::max(uniform_float(word0), kLeastUniform);
  const auto angle = static_cast<float>(2.0 * std::numbers::pi * static_cast<double>(uniform_float(word1)));
  const float radius = std::sqrt(-2.0f * std::log(u));
  ::sincosf(angle, sine, cosine);
  *sine *= radius;
  *cosine *= radius;
}

inline void box_muller(const uint32_t* words, double* sine, double* cosine) {
  const double u = std::max(uniform_double(words[0], words[1]), 1.0e-7);
  const double angle = 2.0 * std::numbers::pi * uniform_double(words[2], words[3]);
  const double radius = std::sqrt(-2.0 * std::log(u));
  ::sincos(angle, sine, cosine);
  *sine *= radius;
  *cosine *= radius;
}

// Integers of one or two words; of two the first is the lower.
template <typename T> std::make_unsigned_t<T> bits_of(const uint32_t* words) {
  if constexpr (sizeof(T) == 8) {
    return static_cast<uint64_t>(words[1]) << 32 | words[0];
  } else {
    return words[0];
  }
}

// How far the first blocks of neighbouring groups lie apart.
template <typename D> constexpr uint32_t kBlocksPerGroup =
    D::kVariableSamplesPerOutput ? D::kResultElementCount* PhiloxState::kBlocksPerOutput / Philox::kWordsPerBlock : 1;

template <typename T> constexpr int kWordsPerNumber = Philox::kWordsPerBlock / kNumbersPerBlock<T>;

// Full groups, in batches whose first blocks are made together.
template <typename D> void fill_full(const D& distribution, Philox philox, typename D::Element* out, int64_t groups) {
  constexpr int64_t kBatch = 64;
  uint32_t words[kBatch * Philox::kWordsPerBlock];
  while (groups > 0) {
    const int64_t batch = std::min(kBatch, groups);
    Philox next = philox;
    next.generate(words, batch, kBlocksPerGroup<D>);
    for (int64_t g = 0; g < batch; ++g) {
      const uint32_t* block = words + g * Philox::kWordsPerBlock;
      typename D::Element* numbers = out + g * D::kResultElementCount;
      if constexpr (D::kVariableSamplesPerOutput) {
        PhiloxWords group(philox, block);
        std::ranges::copy(distribution(group), numbers);
        philox.skip(kBlocksPerGroup<D>);
      } else {
        distribution.convert(block, numbers);
      }
    }
    philox = next;
    out += batch * D::kResultElementCount;
    groups -= batch;
  }
}

// Any group, also one that ends behind the end of `out`.
template <typename D> typename D::Result one_group(const D& distribution, Philox philox, int64_t group) {
  philox.skip(static_cast<uint64_t>(group) * kBlocksPerGroup<D>);
  if constexpr (D::kVariableSamplesPerOutput) {
    PhiloxWords words(philox);
    return distribution(words);
  } else {
    return distribution(philox);
  }
}

}  // namespace

template <typename T> T Uniform<T>::number(const uint32_t* words) {
  if constexpr (std::is_same_v<T, half>) {
    return half::from_bits(static_cast<uint16_t>(0x3c00u | (words[0] & 0x3ffu))) - half(1.0f);
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return bfloat16::from_bits(static_cast<uint16_t>(0x3f80u | (words[0] & 0x7fu))) - bfloat16(1.0f);
  } else if constexpr (std::is_same_v<T, float>) {
    return uniform_float(words[0]);
  } else {
    return uniform_double(words[0], words[1]);
  }
}

template <typename T> void Uniform<T>::convert(const uint32_t* block, T* out) const {
  for (int i = 0; i < kResultElementCount; ++i) out[i] = number(block + i * kWordsPerNumber<T>);
}

template <typename T>
requires std::is_integral_v<T>
void Uniform<T>::convert(const uint32_t* block, T* out) const {
  for (int i = 0; i < kResultElementCount; ++i) out[i] = static_cast<T>(minimum_ + bits_of<T>(block + i * kWordsPerNumber<T>) % range_);
}

template <typename T> void UniformBits<T>::convert(const uint32_t* block, T* out) const {
  for (int i = 0; i < kResultElementCount; ++i) out[i] = static_cast<T>(bits_of<T>(block + i * kWordsPerNumber<T>));
}

template <typename T> void Normal<T>::convert(const uint32_t* block, T* out) const {
  if constexpr (std::is_same_v<T, double>) {
    box_muller(block, &out[0], &out[1]);
  } else {
    for (int i = 0; i < kResultElementCount; i += 2) {
      float sine;
      float cosine;
      box_muller(block[i], block[i + 1], &sine, &cosine);
      out[i] = T(sine);
      out[i + 1] = T(cosine);
    }
  }
}

template <typename T> typename TruncatedNormal<T>::Result TruncatedNormal<T>::operator()(PhiloxWords& words) const {
  using Real = std::conditional_t<std::is_same_v<T, double>, double, float>;
  Result result;
  size_t count = 0;
  for (;;) {
    Real pair[2];
    uint32_t drawn[4];
    for (int i = 0; i < 2 * kWordsPerNumber<T>; ++i) drawn[i] = words.next();
    if constexpr (std::is_same_v<T, double>) {
      box_muller(drawn, &pair[0], &pair[1]);
    } else {
      box_muller(drawn[0], drawn[1], &pair[0], &pair[1]);
    }
    for (const Real x : pair) {
      if (std::fabs(x) >= static_cast<Real>(kTruncation)) continue;
      result[count++] = T(x);
      if (count == result.size()) return result;
    }
  }
}

template <typename D> void fill_range(const D& distribution, const Philox& philox, std::span<typename D::Element> out, int64_t begin, int64_t end) {
  constexpr int64_t kGroup = D::kResultElementCount;
  const auto size = static_cast<int64_t>(out.size());
  const int64_t full = std::min(end, size / kGroup);
  if (begin < full) {
    Philox place = philox;
    place.skip(static_cast<uint64_t>(begin) * kBlocksPerGroup<D>);
    fill_full(distribution, place, out.data() + begin * kGroup, full - begin);
  }
  if (full < end && full * kGroup < size) {
    const auto numbers = one_group(distribution, philox, full);
    std::copy_n(numbers.begin(), size - full * kGroup, out.data() + full * kGroup);
  }
}

#define WEFT_DISTRIBUTION(...)                                                                                                 \
  template void fill_range<__VA_ARGS__>(const __VA_ARGS__&, const Philox&, std::span<__VA_ARGS__::Element>, int64_t, int64_t); \
  template struct __VA_ARGS__;
#define WEFT_REAL_DISTRIBUTIONS(T) WEFT_DISTRIBUTION(Uniform<T>) WEFT_DISTRIBUTION(Normal<T>) WEFT_DISTRIBUTION(TruncatedNormal<T>)
WEFT_REAL_DISTRIBUTIONS(half)
WEFT_REAL_DISTRIBUTIONS(bfloat16)
WEFT_REAL_DISTRIBUTIONS(float)
WEFT_REAL_DISTRIBUTIONS(double)
WEFT_DISTRIBUTION(Uniform<int32_t>)
WEFT_DISTRIBUTION(Uniform<int64_t>)
WEFT_DISTRIBUTION(UniformBits<int32_t>)
WEFT_DISTRIBUTION(UniformBits<uint32_t>)
WEFT_DISTRIBUTION(UniformBits<int64_t>)
WEFT_DISTRIBUTION(UniformBits<uint64_t>)

}  // namespace weft
