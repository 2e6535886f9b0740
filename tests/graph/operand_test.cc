// Literals: the dtype a number has by itself and what it may become.
#include "weft/graph/operand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "test_ops.h"

namespace weft {
namespace {

std::string as(const Operand& operand, DType dtype) {
  const auto tensor = convert_literal(*operand.literal(), dtype);
  return tensor.ok() ? str_cat(dtype_name(tensor->dtype()), " ", tensor->to_string()) : "refused";
}

TEST(Literals, NaturalDtypes) {
  EXPECT_EQ(Operand(1).dtype(), DType::kInt32);
  EXPECT_EQ(Operand(int64_t{1}).dtype(), DType::kInt32) << "what fits, as in Python";
  EXPECT_EQ(Operand(int64_t{1} << 31).dtype(), DType::kInt64);
  EXPECT_EQ(Operand(-(int64_t{1} << 31)).dtype(), DType::kInt32);
  EXPECT_EQ(Operand(1.0f).dtype(), DType::kFloat32);
  EXPECT_EQ(Operand(1.0).dtype(), DType::kFloat64);
  EXPECT_EQ(Operand(true).dtype(), DType::kBool);
  EXPECT_EQ(Operand("text").dtype(), DType::kString);
  EXPECT_EQ(Operand(std::vector<int64_t>{1, int64_t{1} << 40}).dtype(), DType::kInt64);
  EXPECT_EQ(Operand({1, 2, 3}).shape().to_string(), "[3]");
}

TEST(Literals, BecomeWhatLosesNothing) {
  EXPECT_EQ(as(2, DType::kFloat32), "float32 2.0");
  EXPECT_EQ(as(2, DType::kHalf), "float16 2.0");
  EXPECT_EQ(as(2, DType::kComplex64), "complex64 (2+0j)");
  EXPECT_EQ(as(200, DType::kUInt8), "uint8 200");
  EXPECT_EQ(as(300, DType::kUInt8), "refused");
  EXPECT_EQ(as(-1, DType::kUInt64), "refused");
  EXPECT_EQ(as(-1, DType::kUInt8), "refused");
  EXPECT_EQ(as(2.0f, DType::kInt32), "refused") << "a float is no integer, even 2.0";
  EXPECT_EQ(as(9.3e18f, DType::kInt64), "refused");
  EXPECT_EQ(as(std::numeric_limits<float>::quiet_NaN(), DType::kInt32), "refused");
  EXPECT_EQ(as(true, DType::kFloat32), "refused");
  EXPECT_EQ(as(1, DType::kBool), "refused");
  EXPECT_EQ(as(1, DType::kString), "refused");
  EXPECT_EQ(as(0.1, DType::kFloat32), "float32 0.1");
  EXPECT_EQ(as(1e300, DType::kFloat32), "float32 inf") << "as NumPy";
  EXPECT_EQ(as({1, 300}, DType::kInt8), "refused") << "one that does not fit is enough";
}

TEST(Literals, TensorsKeepTheirDtype) {
  const Operand tensor(Tensor::from<int32_t>({1, 2}));
  EXPECT_EQ(as(tensor, DType::kInt32), "int32 [1 2]");
  EXPECT_EQ(as(tensor, DType::kFloat32), "refused");
  EXPECT_EQ(as("text", DType::kString), "string b'text'");
}

TEST(Operands, KnowTheirGraph) {
  Graph graph;
  const Output a = test::source(graph, {2});
  EXPECT_EQ(Operand(a).graph(), &graph);
  EXPECT_EQ(Operand(1).graph(), nullptr);
  EXPECT_TRUE(Operand(Output::failed(&graph)).failed());
  EXPECT_FALSE(Operand(a).failed());
  EXPECT_TRUE(Operand(Variable()).failed());
  EXPECT_EQ(Operand(Variable()).dtype(), DType::kInvalid);
}

}  // namespace
}  // namespace weft
