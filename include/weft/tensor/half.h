// half (IEEE binary16) and bfloat16: 16-bit storage types that compute in float and round to nearest even after each operation.
#pragma once

#include <bit>
#include <cstdint>

namespace weft {

// The bits of the binary16 nearest to `f` (ties to even; overflow becomes infinity; NaN stays NaN).
constexpr uint16_t float_to_half_bits(float f) {
  const uint32_t x = std::bit_cast<uint32_t>(f);
  const uint32_t sign = (x >> 16) & 0x8000u;
  const uint32_t magnitude = x & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) return static_cast<uint16_t>(sign | (magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u));
  if (magnitude >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00u);  // >= 65520 rounds to infinity
  if (magnitude < 0x38800000u) {                                               // subnormal: let float addition round
    const float rounded = std::bit_cast<float>(magnitude) + std::bit_cast<float>(0x3f000000u);
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(rounded) - 0x3f000000u));
  }
  const uint32_t odd = (magnitude >> 13) & 1u;
  return static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

constexpr float half_bits_to_float(uint16_t h) {
  const uint32_t sign = (h & 0x8000u) << 16;
  const uint32_t exponent = (h >> 10) & 0x1fu;
  const uint32_t mantissa = h & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return sign != 0 ? -magnitude : magnitude;
}

constexpr uint16_t float_to_bfloat16_bits(float f) {
  const uint32_t x = std::bit_cast<uint32_t>(f);
  if ((x & 0x7fffffffu) > 0x7f800000u) return 0x7fc0u;
  return static_cast<uint16_t>((x + 0x7fffu + ((x >> 16) & 1u)) >> 16);
}

constexpr float bfloat16_bits_to_float(uint16_t b) { return std::bit_cast<float>(static_cast<uint32_t>(b) << 16); }

// Arithmetic that both 16-bit types share: through float, one rounding an operation.
template <typename Self, uint16_t (*Encode)(float), float (*Decode)(uint16_t)> struct Float16Base {
  uint16_t bits = 0;

  constexpr Float16Base() = default;
  constexpr explicit Float16Base(float f) : bits(Encode(f)) {}
  constexpr operator float() const { return Decode(bits); }  // NOLINT: widening is exact
  static constexpr Self from_bits(uint16_t b) {
    Self s;
    s.bits = b;
    return s;
  }

  friend constexpr Self operator+(Self a, Self b) { return Self(float(a) + float(b)); }
  friend constexpr Self operator-(Self a, Self b) { return Self(float(a) - float(b)); }
  friend constexpr Self operator*(Self a, Self b) { return Self(float(a) * float(b)); }
  friend constexpr Self operator/(Self a, Self b) { return Self(float(a) / float(b)); }
  friend constexpr Self operator-(Self a) { return from_bits(static_cast<uint16_t>(a.bits ^ 0x8000u)); }
  friend constexpr Self& operator+=(Self& a, Self b) { return a = a + b; }
  friend constexpr Self& operator-=(Self& a, Self b) { return a = a - b; }
  friend constexpr Self& operator*=(Self& a, Self b) { return a = a * b; }
  friend constexpr Self& operator/=(Self& a, Self b) { return a = a / b; }
  friend constexpr bool operator==(Self a, Self b) { return float(a) == float(b); }
  friend constexpr bool operator!=(Self a, Self b) { return float(a) != float(b); }
  friend constexpr bool operator<(Self a, Self b) { return float(a) < float(b); }
  friend constexpr bool operator<=(Self a, Self b) { return float(a) <= float(b); }
  friend constexpr bool operator>(Self a, Self b) { return float(a) > float(b); }
  friend constexpr bool operator>=(Self a, Self b) { return float(a) >= float(b); }
};

// IEEE 754 binary16: 5 exponent bits, 10 mantissa bits.
struct half : Float16Base<half, float_to_half_bits, half_bits_to_float> {
  using Float16Base::Float16Base;
};
// The upper half of a binary32: 8 exponent bits, 7 mantissa bits.
struct bfloat16 : Float16Base<bfloat16, float_to_bfloat16_bits, bfloat16_bits_to_float> {
  using Float16Base::Float16Base;
};
static_assert(sizeof(half) == 2 && sizeof(bfloat16) == 2);

}  // namespace weft
