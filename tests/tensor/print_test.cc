#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "weft/tensor/tensor.h"

namespace weft {
namespace {

struct Golden {
  Tensor tensor;
  const char* text;
};

template <typename T> Tensor ramp(const Shape& shape, double scale) {
  Tensor t(dtype_of<T>, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<T>()[i] = static_cast<T>(static_cast<double>(i) * scale);
  return t;
}

const std::vector<Golden>& golden() {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  static const std::vector<Golden> cases = {
#include "print_golden.inc"
  };
  return cases;
}

TEST(Print, EqualsNumPy) {
  for (const Golden& g : golden()) EXPECT_EQ(g.tensor.to_string(), g.text) << g.tensor.describe();
}

TEST(Print, ThresholdIsAChoice) {
  const Tensor t = Tensor::from<int32_t>({1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(t.to_string(7), "[1 2 3 ... 6 7 8]");
  EXPECT_EQ(t.to_string(8), "[1 2 3 4 5 6 7 8]");
  EXPECT_EQ(ramp<int32_t>({2000}, 0).to_string(0).find("..."), std::string::npos);
}

TEST(Print, EveryHalfReadsBack) {
  for (int bits = 0; bits < 0x7c00; ++bits) {
    const half h = half::from_bits(static_cast<uint16_t>(bits));
    const half read(std::stof(Tensor::scalar_of(h).to_string()));
    ASSERT_EQ(read.bits, h.bits);
  }
}

TEST(Print, BFloat16UsesItsOwnShortestDigits) {
  EXPECT_EQ(Tensor::from<bfloat16>({bfloat16(0.1f), bfloat16(1.0f), bfloat16(-2.5f)}).to_string(), "[ 0.1  1.  -2.5]");
  EXPECT_EQ(Tensor::scalar_of(bfloat16(1.0f / 3)).to_string(), "0.334");
}

TEST(Print, OtherTypes) {
  EXPECT_EQ(Tensor().to_string(), "<no tensor>");
  EXPECT_EQ(Tensor::from<QInt8>({QInt8{-3}, QInt8{12}}).to_string(), "[-3 12]");
  ResourceHandle handle;
  handle.name = "w";
  handle.type_name = "Var";
  EXPECT_EQ(Tensor::scalar_of(handle).to_string(), "<Var w>");
  EXPECT_EQ(Tensor(DType::kVariant, {2}).to_string(), "[<variant> <variant>]");
}

}  // namespace
}  // namespace weft
