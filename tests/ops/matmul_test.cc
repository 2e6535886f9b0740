#include "weft/ops/matmul_ops.h"

#include <gtest/gtest.h>

#include "tests/ops/op_testing.h"
#include "tests/ops/serial_evaluator.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"

namespace weft {
namespace {

template <typename T> Tensor counting(const Shape& shape) {
  Tensor t(dtype_of<T>, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<T>()[i] = T(static_cast<float>(i % 11) - 5.0f);
  return t;
}
template <> Tensor counting<complex64>(const Shape& shape) {
  Tensor t(DType::kComplex64, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<complex64>()[i] = complex64(static_cast<float>(i % 11) - 5, static_cast<float>(i % 7));
  return t;
}

TEST(MatMul, AllDtypesAndTransposes) {
  const auto check = [](auto example) {
    using T = decltype(example);
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        Graph graph;
        const Tensor a = counting<T>(ta ? Shape{3, 2} : Shape{2, 3}), b = counting<T>(tb ? Shape{4, 3} : Shape{3, 4});
        const Tensor c = value_of(matmul(constant(graph, a), constant(graph, b), {.transpose_a = ta, .transpose_b = tb}));
        for (int64_t i = 0; i < 2; ++i) {
          for (int64_t j = 0; j < 4; ++j) {
            T sum = T(0);
            for (int64_t p = 0; p < 3; ++p)
              sum = static_cast<T>(sum + a.data<T>()[ta ? p * 2 + i : i * 3 + p] * b.data<T>()[tb ? j * 3 + p : p * 4 + j]);
            EXPECT_EQ(c.data<T>()[i * 4 + j], sum);
          }
        }
      }
    }
  };
  check(float());
  check(double());
  check(int32_t());
  check(int64_t());
  check(half());
  check(bfloat16());
  check(complex64());
}

TEST(MatMul, AdjointsConjugate) {
  Graph graph;
  const Output a = constant(graph, Tensor::from<complex64>({complex64(1, 2)}, Shape{1, 1})),
               b = constant(graph, Tensor::from<complex64>({complex64(3, 4)}, Shape{1, 1}));
  EXPECT_EQ(value_of(matmul(a, b, {.adjoint_a = true})).at<complex64>({0, 0}), complex64(11, -2));
  EXPECT_EQ(value_of(matmul(a, b, {.transpose_a = true})).at<complex64>({0, 0}), complex64(-5, 10));
}

TEST(MatMul, BatchesBroadcast) {
  Graph graph;
  const Tensor a = counting<float>(Shape{2, 1, 3, 4}), b = counting<float>(Shape{5, 4, 2});
  const Output product = matmul(constant(graph, a), constant(graph, b));
  EXPECT_EQ(product.op().type(), "BatchMatMulV2");
  const Tensor c = value_of(product);
  ASSERT_EQ(c.shape().to_string(), "[2,5,3,2]");
  for (int64_t x = 0; x < 2; ++x) {
    for (int64_t y = 0; y < 5; ++y) {
      for (int64_t i = 0; i < 3; ++i) {
        for (int64_t j = 0; j < 2; ++j) {
          float sum = 0;
          for (int64_t p = 0; p < 4; ++p) sum += a.data<float>()[(x * 3 + i) * 4 + p] * b.data<float>()[(y * 4 + p) * 2 + j];
          EXPECT_EQ(c.at<float>({x, y, i, j}), sum);
        }
      }
    }
  }
  // A stack of matrices times one matrix is one long product.
  const Tensor stack = counting<float>(Shape{5, 2, 4}), one = counting<float>(Shape{3, 4});
  EXPECT_TRUE(
      equal(value_of(matmul(constant(graph, stack), constant(graph, one), {.transpose_b = true})),
            value_of(matmul(constant(graph, stack.reshaped(Shape{10, 4})), constant(graph, one), {.transpose_b = true})).reshaped(Shape{5, 2, 3})));
}

TEST(MatMul, EmptyInnerDimensionGivesZeros) {
  Graph graph;
  EXPECT_EQ(text_of(matmul(constant(graph, Tensor(DType::kFloat32, Shape{2, 0})), constant(graph, Tensor(DType::kFloat32, Shape{0, 2})))),
            "[[0. 0.]\n [0. 0.]]");
}

TEST(MatMul, Errors) {
  Graph graph;
  const Output x = constant(graph, {{1.0f, 2.0f}});
  EXPECT_TRUE(matmul(x, x).failed());
  EXPECT_NE(message(graph.take_errors().at(0)).find("Dimensions must be equal, but are 2 and 1"), std::string::npos);
  EXPECT_TRUE(matmul(x, x, {.transpose_a = true, .adjoint_a = true}).failed());
  graph.take_errors();
  EXPECT_TRUE(matmul(Output::failed(&graph), x).failed());
  EXPECT_TRUE(graph.take_errors().empty());
}

TEST(MatMul, NamesAndShapes) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3}, .name = "x"});
  const Output y = matmul(x, constant(graph, Tensor(DType::kFloat32, Shape{3, 5})), {.name = "logits"});
  EXPECT_EQ(y.name(), "logits:0");
  EXPECT_EQ(y.shape().to_string(), "[?,5]");
  EXPECT_EQ(matmul(placeholder(graph, DType::kFloat32), x).op().type(), "BatchMatMulV2");
}

}  // namespace
}  // namespace weft
