#include "src/ops/vector_math.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace weft {
namespace {

// The greatest error in units in the last place over floats of all magnitudes; infinite where special values or signs differ.
double worst_error(float (*f)(float), double (*exact)(double)) {
  double worst = 0;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 4999) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    const float y = f(x);
    const double z = exact(x);
    const float nearest = static_cast<float>(z);
    if (std::isnan(nearest) || std::isinf(nearest) || std::isnan(y) || std::isinf(y)) {
      if (!(std::isnan(nearest) && std::isnan(y)) && nearest != y) return std::numeric_limits<double>::infinity();
      continue;
    }
    if (std::signbit(nearest) != std::signbit(y)) return std::numeric_limits<double>::infinity();
    int exponent;
    std::frexp(nearest, &exponent);
    worst = std::max(worst, std::abs(y - z) / std::ldexp(1.0, std::max(exponent - 24, -149)));
  }
  return worst;
}

TEST(VectorMath, ErrorsStayBelowTwoAndAHalfUnits) {
  EXPECT_LT(worst_error([](float x) { return vector_math::exp(x); }, [](double x) { return std::exp(x); }), 1.1);
  EXPECT_LT(worst_error([](float x) { return vector_math::expm1(x); }, [](double x) { return std::expm1(x); }), 1.7);
  EXPECT_LT(worst_error([](float x) { return vector_math::log(x); }, [](double x) { return std::log(x); }), 1.0);
  EXPECT_LT(worst_error([](float x) { return vector_math::log1p(x); }, [](double x) { return std::log1p(x); }), 2.5);
  EXPECT_LT(worst_error([](float x) { return vector_math::tanh(x); }, [](double x) { return std::tanh(x); }), 1.5);
  EXPECT_LT(worst_error([](float x) { return vector_math::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }), 2.5);
}

// A loop's vector body and its tail agree to the bit.
TEST(VectorMath, BitsDoNotDependOnThePlace) {
  std::vector<float> x(1000), together(1000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = 0.037f * static_cast<float>(i) - 18.0f;
  for (size_t i = 0; i < x.size(); ++i) together[i] = vector_math::tanh(x[i]);
  for (size_t i = 0; i < x.size(); ++i) {
    volatile float one = x[i];
    EXPECT_EQ(vector_math::tanh(one), together[i]);
  }
}

}  // namespace
}  // namespace weft
