// Exponential functions of floats as straight arithmetic, so that a loop over them is vectorised by the compiler.
//
// No branches, no calls, no tables, no fused multiply-add: an element gets the same bits in the middle of a vector, in a loop's tail
// and on any machine. Special values are as in C's library; errors are below 2.5 units in the last place (the test tells them). The
// polynomials are those of the Cephes library, Moshier 1989. Other types go to the standard library.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace weft::vector_math {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

namespace internal {

inline constexpr float kLog2E = 1.44269504088896341f;
inline constexpr float kLn2High = 0.693359375f;  // few bits, so that its product with a whole number up to 2^9 is exact
inline constexpr float kLn2Low = -2.12194440e-4f;

// 2^n for n in [-126, 127].
inline float power_of_two(int32_t n) { return std::bit_cast<float>((n + 127) << 23); }

// x = whole ln 2 + rest with |rest| <= ln 2 / 2.
struct Reduced {
  int32_t whole;
  float rest;
};
inline Reduced reduce(float x) {
  constexpr float kRounder = 12582912.0f;  // 1.5 * 2^23: adding it leaves a whole number in the low bits
  const float shifted = x * kLog2E + kRounder;
  const float n = shifted - kRounder;
  return {std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRounder), (x - n * kLn2High) - n * kLn2Low};
}

// e^r - 1 for |r| <= ln 2 / 2.
inline float expm1_of_rest(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}

}  // namespace internal

// e^x.
inline float exp(float x) {
  // Beyond the bounds the result is 0 or infinity already; NaN passes both comparisons.
  float bounded = x < -104.0f ? -104.0f : x;
  bounded = bounded > 89.0f ? 89.0f : bounded;
  const internal::Reduced reduced = internal::reduce(bounded);
  // In two steps, since 2^128 and 2^-150 are no floats while the result may be.
  const int32_t half_way = reduced.whole >> 1;
  return (1.0f + internal::expm1_of_rest(reduced.rest)) * internal::power_of_two(half_way) * internal::power_of_two(reduced.whole - half_way);
}

// e^x - 1.
inline float expm1(float x) {
  float bounded = x < -80.0f ? -80.0f : x;
  bounded = bounded > 89.0f ? 89.0f : bounded;
  const internal::Reduced reduced = internal::reduce(bounded);
  // 2^n (e^r - 1) + (2^n - 1), halved until the end since 2^128 is no float. For n = 0 nothing is lost near 0.
  const float scale = internal::power_of_two(reduced.whole - 1);
  const float y = (scale * internal::expm1_of_rest(reduced.rest) + (scale - 0.5f)) * 2.0f;
  return x == 0.0f ? x : y;  // keeps -0
}

// The natural logarithm.
inline float log(float x) {
  const bool subnormal = x < std::numeric_limits<float>::min();
  const float scaled = subnormal ? x * 8388608.0f : x;
  const int32_t bits = std::bit_cast<int32_t>(scaled);
  // scaled = m 2^e with m in [sqrt(1/2), sqrt(2)).
  constexpr int32_t kSqrtHalf = 0x3f3504f3;
  const int32_t exponent = (bits - kSqrtHalf) >> 23;
  const float m = std::bit_cast<float>(bits - (exponent << 23)) - 1.0f;
  const float e = static_cast<float>(exponent - (subnormal ? 23 : 0));
  const float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = p * m * z + e * internal::kLn2Low;
  y = y - 0.5f * z;
  y = (m + y) + e * internal::kLn2High;
  y = x < kInfinity ? y : x;  // infinity and NaN
  y = x == 0.0f ? -kInfinity : y;
  return x < 0.0f ? kNaN : y;
}

// log(1 + x): the rounding of 1 + x is made good by the quotient. Kahan.
inline float log1p(float x) {
  const float u = 1.0f + x;
  const float d = u - 1.0f;
  const float y = log(u) * (x / d);
  return d == 0.0f || u == kInfinity ? x : y;
}

// sinh(x) / cosh(x).
inline float tanh(float x) {
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float near = p * z * x + x;
  const float far = 1.0f - 2.0f / (exp(2.0f * std::abs(x)) + 1.0f);
  return std::copysign(std::abs(x) < 0.625f ? near : far, x);  // keeps -0
}

// 1 / (1 + e^-x); for negative x written as e^x / (1 + e^x), which does not overflow on the way.
inline float sigmoid(float x) {
  const float e = exp(-std::abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// The same names for every other type.
template <typename T> T exp(T x) { return std::exp(x); }
template <typename T> T expm1(T x) { return std::expm1(x); }
template <typename T> T log(T x) { return std::log(x); }
template <typename T> T log1p(T x) { return std::log1p(x); }
template <typename T> T tanh(T x) { return std::tanh(x); }
template <typename T> T sigmoid(T x) { return T(1) / (T(1) + std::exp(-x)); }

}  // namespace weft::vector_math
