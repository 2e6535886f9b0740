// vector_exp: e^x in a form that the compiler turns into vector instructions.
//
// x = n log 2 + r with |r| <= log(2)/2; e^r is a polynomial (Cephes' coefficients), and 2^n is applied in two halves so that results
// below the smallest normal number come out rounded once. Every element goes through the same arithmetic, wherever it lies in memory.
// Error below 2 units in the last place.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace weft {

inline float vector_exp(float x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits
  x = x < -104.0f ? -104.0f : x;         // 0 from there on; NaN passes
  x = x > 89.0f ? 89.0f : x;             // infinity
  const float shifted = x * 1.44269504f + kRound;
  const float n = shifted - kRound;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float e = p * (r * r) + r + 1.0f;
  const uint32_t exponent = std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(kRound);
  const uint32_t half = static_cast<uint32_t>(static_cast<int32_t>(exponent) >> 1);
  const float scale_1 = std::bit_cast<float>((half + 127u) << 23);
  const float scale_2 = std::bit_cast<float>((exponent - half + 127u) << 23);
  return e * scale_1 * scale_2;
}

inline double vector_exp(double x) { return std::exp(x); }

}  // namespace weft
