#include "src/tensor/float_text.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

std::string join(const NumberText& n) { return n.integer + "." + n.fraction + (n.exponent.empty() ? "" : "e" + n.exponent); }

TEST(FloatText, Positional) {
  EXPECT_EQ(join(shortest_positional(0.0f, 8)), "0.");
  EXPECT_EQ(join(shortest_positional(-0.0f, 8)), "-0.");
  EXPECT_EQ(join(shortest_positional(1.5f, 8)), "1.5");
  EXPECT_EQ(join(shortest_positional(-0.015625, 8)), "-0.015625");
  EXPECT_EQ(join(shortest_positional(123456789.0f, 8)), "123456790.");  // the digits a float has, then zeros
  EXPECT_EQ(join(shortest_positional(1.0 / 3, 8)), "0.33333333");
  EXPECT_EQ(join(shortest_positional(0.1999999999, 8)), "0.2");
  EXPECT_EQ(join(shortest_positional(1.0 / 3, kAllDigits)), "0.3333333333333333");
}

TEST(FloatText, Scientific) {
  EXPECT_EQ(join(shortest_scientific(0.1f, 8)), "1.e-01");
  EXPECT_EQ(join(shortest_scientific(-1.25e100, 8)), "-1.25e+100");
  EXPECT_EQ(join(shortest_scientific(1.0 / 3, 8)), "3.33333333e-01");
  EXPECT_EQ(join(rounded_scientific(static_cast<double>(0.1f), 8)), "1.00000001e-01");
  EXPECT_EQ(join(rounded_scientific(1e-5, 0)), "1.e-05");
}

// Above a power of two the next decimal up may read back where the nearest, below, does not.
TEST(FloatText, SixteenBitTypes) {
  EXPECT_EQ(join(shortest_positional(half(0.015625f), 8)), "0.01563");
  EXPECT_EQ(join(shortest_positional(half(0.1f), 8)), "0.1");
  EXPECT_EQ(join(shortest_scientific(half::from_bits(1), 8)), "6.e-08");
  EXPECT_EQ(join(shortest_positional(bfloat16(3.14159f), 8)), "3.14");
}

TEST(FloatText, Scalars) {
  EXPECT_EQ(scalar_text(1.0f), "1.0");
  EXPECT_EQ(scalar_text(1e16), "1e+16");
  EXPECT_EQ(complex_scalar_text(1.0f, -2.5f), "(1-2.5j)");
  EXPECT_EQ(complex_scalar_text(0.0, 2.0), "2j");
}

}  // namespace
}  // namespace weft
