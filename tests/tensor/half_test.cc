#include "weft/tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weft {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Half, EveryValueSurvivesFloat) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const half h = half::from_bits(static_cast<uint16_t>(bits));
    const float f = h;
    if (std::isnan(f)) {
      EXPECT_GT(bits & 0x7fff, 0x7c00);
      EXPECT_TRUE(std::isnan(static_cast<float>(half(f))));
    } else {
      ASSERT_EQ(half(f).bits, bits);
    }
  }
}

// Between two neighbours the nearer one is taken, in the middle the even one.
TEST(Half, RoundsToNearestEven) {
  for (int bits = 0; bits < 0x7bff; ++bits) {
    const double low = half::from_bits(static_cast<uint16_t>(bits));
    const double high = half::from_bits(static_cast<uint16_t>(bits + 1));
    const auto middle = static_cast<float>((low + high) / 2);
    ASSERT_EQ(half(middle).bits, bits + (bits & 1));
    ASSERT_EQ(half(std::nextafter(middle, -kInf)).bits, bits);
    ASSERT_EQ(half(std::nextafter(middle, kInf)).bits, bits + 1);
    ASSERT_EQ(half(-middle).bits, 0x8000 | (bits + (bits & 1)));
  }
}

TEST(Half, Extremes) {
  EXPECT_EQ(half(65504.0f).bits, 0x7bff);
  EXPECT_EQ(half(65519.996f).bits, 0x7bff);
  EXPECT_EQ(half(65520.0f).bits, 0x7c00);
  EXPECT_EQ(half(kInf).bits, 0x7c00);
  EXPECT_EQ(half(-kInf).bits, 0xfc00);
  EXPECT_EQ(half(std::numeric_limits<float>::max()).bits, 0x7c00);
  EXPECT_EQ(half(0x1p-25f).bits, 0);
  EXPECT_EQ(half(std::nextafter(0x1p-25f, 1.0f)).bits, 1);
  EXPECT_EQ(half(std::numeric_limits<float>::denorm_min()).bits, 0);
  EXPECT_EQ(half(-0.0f).bits, 0x8000);
}

TEST(BFloat16, EveryValueSurvivesFloat) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const float f = bfloat16::from_bits(static_cast<uint16_t>(bits));
    if (std::isnan(f)) continue;
    ASSERT_EQ(bfloat16(f).bits, bits);
  }
  EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(BFloat16, RoundsToNearestEven) {
  EXPECT_EQ(bfloat16(1.00390625f).bits, 0x3f80);  // 1 + 2^-8, the middle
  EXPECT_EQ(bfloat16(1.01171875f).bits, 0x3f82);
  EXPECT_EQ(bfloat16(std::nextafter(1.00390625f, 2.0f)).bits, 0x3f81);
  EXPECT_EQ(bfloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
}

TEST(Half, ArithmeticRoundsAfterEachOperation) {
  const half big(2048.0f);
  EXPECT_EQ(big + half(1.0f), big);
  EXPECT_EQ((half(1.0f) / half(3.0f)).bits, half(1.0f / 3.0f).bits);
  EXPECT_EQ(-half(1.0f), half(-1.0f));
  half x(1.5f);
  x += half(2.0f);
  x *= half(2.0f);
  x -= half(1.0f);
  x /= half(4.0f);
  EXPECT_EQ(x, half(1.5f));
  EXPECT_LT(half(1.0f), half(2.0f));
  EXPECT_TRUE(half(1.0f) != half(2.0f) && half(2.0f) >= half(2.0f) && half(2.0f) <= half(2.0f) && half(3.0f) > half(2.0f));
}

}  // namespace
}  // namespace weft
