// Distributions: from the words of a Philox to numbers, bit for bit as TensorFlow's random ops make them.
//
// A distribution makes kResultElementCount numbers, a group, at a time. Group g of a tensor starts g blocks into the stream, or, when a
// number may take any count of words (kVariableSamplesPerOutput), 256 blocks an output. So a tensor may be filled in any order:
//
//   Uniform<float> uniform;
//   context.parallel_for(group_count<Uniform<float>>(n), 256, [&](int64_t begin, int64_t end) { fill_range(uniform, philox, out, begin, end); });
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include "weft/kernel/philox.h"
#include "weft/tensor/dtype.h"

namespace weft {

// Numbers that one Philox block gives.
template <typename T> inline constexpr int kNumbersPerBlock = sizeof(T) == 8 ? 2 : 4;

// The group that the next block of `philox` gives. A distribution of fixed size converts a block of four words to a group.
template <typename D> typename D::Result from_block(const D& distribution, Philox& philox) {
  typename D::Result result;
  distribution.convert(philox.next().data(), result.data());
  return result;
}

// Uniform on [0, 1): the mantissa's bits are random. T: half, bfloat16, float, double.
template <typename T> struct Uniform {
  using Element = T;
  static constexpr int kResultElementCount = kNumbersPerBlock<T>;
  static constexpr bool kVariableSamplesPerOutput = false;
  using Result = std::array<T, kResultElementCount>;

  static T number(const uint32_t* words);  // of one word, or two for double
  void convert(const uint32_t* block, T* out) const;
  Result operator()(Philox& philox) const { return from_block(*this, philox); }
};

// Uniform on [minimum, limit), as `word % (limit - minimum)`: slightly biased, as TensorFlow documents. T: int32, int64.
template <typename T>
requires std::is_integral_v<T>
struct Uniform<T> {
  using Element = T;
  using Unsigned = std::make_unsigned_t<T>;
  static constexpr int kResultElementCount = kNumbersPerBlock<T>;
  static constexpr bool kVariableSamplesPerOutput = false;
  using Result = std::array<T, kResultElementCount>;

  Uniform(T minimum, T limit)
      : minimum_(static_cast<Unsigned>(minimum)), range_(static_cast<Unsigned>(limit) - minimum_) {}  // requires minimum < limit
  void convert(const uint32_t* block, T* out) const;
  Result operator()(Philox& philox) const { return from_block(*this, philox); }

 private:
  Unsigned minimum_;
  Unsigned range_;
};

// Any value of an integer type. T: int32, uint32, int64, uint64.
template <typename T> struct UniformBits {
  using Element = T;
  static constexpr int kResultElementCount = kNumbersPerBlock<T>;
  static constexpr bool kVariableSamplesPerOutput = false;
  using Result = std::array<T, kResultElementCount>;
  void convert(const uint32_t* block, T* out) const;
  Result operator()(Philox& philox) const { return from_block(*this, philox); }
};

// Mean 0, deviation 1, by Box and Muller's transform; the 16-bit types are rounded from float. T: half, bfloat16, float, double.
template <typename T> struct Normal {
  using Element = T;
  static constexpr int kResultElementCount = kNumbersPerBlock<T>;
  static constexpr bool kVariableSamplesPerOutput = false;
  using Result = std::array<T, kResultElementCount>;
  void convert(const uint32_t* block, T* out) const;
  Result operator()(Philox& philox) const { return from_block(*this, philox); }
};

// A normal distribution of which only |x| < 2 is kept. T: half, bfloat16, float, double.
template <typename T> struct TruncatedNormal {
  using Element = T;
  static constexpr int kResultElementCount = kNumbersPerBlock<T>;
  static constexpr bool kVariableSamplesPerOutput = true;
  using Result = std::array<T, kResultElementCount>;
  Result operator()(PhiloxWords& words) const;
};

// Groups that `elements` numbers take; the last may be cut short.
template <typename D> constexpr int64_t group_count(int64_t elements) { return (elements + D::kResultElementCount - 1) / D::kResultElementCount; }

// Fills groups [begin, end) of `out`, all of which is filled from `philox` on.
template <typename D> void fill_range(const D& distribution, const Philox& philox, std::span<typename D::Element> out, int64_t begin, int64_t end);

template <typename D> void fill(const D& distribution, const Philox& philox, std::span<typename D::Element> out) {
  fill_range(distribution, philox, out, 0, group_count<D>(static_cast<int64_t>(out.size())));
}

}  // namespace weft
