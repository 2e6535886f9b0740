#include "weft/ops/matrix_ops.h"

#include <gtest/gtest.h>

#include "tests/ops/op_testing.h"
#include "tests/ops/serial_evaluator.h"
#include "weft/ops/constant.h"

namespace weft {
namespace {

Tensor counting(const Shape& shape) {
  Tensor t(DType::kInt32, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<int32_t>()[i] = static_cast<int32_t>(i);
  return t;
}

std::string error_of(Graph& graph, const Output& node) {
  EXPECT_TRUE(graph.status().ok()) << graph.status();
  return std::string(message(SerialEvaluator(graph).run({node}).status()));
}

#define EXPECT_ERROR(node, text) EXPECT_NE(error_of(graph, node).find(text), std::string::npos) << error_of(graph, node)

TEST(MatrixDiag, ThereAndBack) {
  Graph graph;
  const Output d = constant(graph, {{1, 2}, {3, 4}});
  EXPECT_EQ(text_of(matrix_diag(d)), "[[[1 0]\n  [0 2]]\n\n [[3 0]\n  [0 4]]]");
  EXPECT_EQ(text_of(matrix_diag_part(matrix_diag(d))), text_of(d));
  EXPECT_EQ(text_of(matrix_diag_part(constant(graph, counting(Shape{2, 3})))), "[0 4]");
  EXPECT_EQ(text_of(matrix_set_diag(constant(graph, counting(Shape{2, 3})), {7, 8})), "[[7 1 2]\n [3 8 5]]");
  EXPECT_EQ(text_of(diag(constant(graph, {5, 6}))), "[[5 0]\n [0 6]]");
  EXPECT_EQ(text_of(diag_part(diag(d))), text_of(d));
}

TEST(MatrixBandPart, KeepsTheBand) {
  Graph graph;
  const Output x = constant(graph, counting(Shape{3, 4}));
  EXPECT_EQ(text_of(matrix_band_part(x, 0, -1)), "[[ 0  1  2  3]\n [ 0  5  6  7]\n [ 0  0 10 11]]");
  EXPECT_EQ(text_of(matrix_band_part(x, 1, 0)), "[[ 0  0  0  0]\n [ 4  5  0  0]\n [ 0  9 10  0]]");
  EXPECT_ERROR(matrix_band_part(x, 4, 0), "num_lower must be negative or less or equal to number of rows (3) got: 4");
}

TEST(SpaceToBatch, ThereAndBack) {
  Graph graph;
  const Output x = constant(graph, counting(Shape{1, 2, 2, 1}));
  EXPECT_EQ(value_of(space_to_batch_nd(x, {2, 2}, Tensor::from<int32_t>({{0, 0}, {0, 0}}))).to_vector<int32_t>(), (std::vector<int32_t>{0, 1, 2, 3}));
  const Output wide = constant(graph, counting(Shape{2, 3, 5, 2}));
  const Tensor pads = Tensor::from<int32_t>({{1, 0}, {2, 2}});
  const Output blocks = space_to_batch_nd(wide, {2, 3}, pads);
  EXPECT_EQ(value_of(blocks).shape().to_string(), "[12,2,3,2]");
  EXPECT_EQ(text_of(batch_to_space_nd(blocks, {2, 3}, pads)), text_of(wide));
  EXPECT_TRUE(space_to_batch_nd(wide, {2, 3}, Tensor::from<int32_t>({{0, 0}, {0, 0}})).failed());
}

TEST(SpaceToDepth, ThereAndBack) {
  Graph graph;
  const Output x = constant(graph, counting(Shape{1, 4, 4, 1}));
  EXPECT_EQ(value_of(space_to_depth(x, 2)).to_vector<int32_t>(), (std::vector<int32_t>{0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15}));
  EXPECT_EQ(text_of(depth_to_space(space_to_depth(x, 2), 2)), text_of(x));
}

TEST(Roll, AlongAxes) {
  Graph graph;
  EXPECT_EQ(text_of(roll(constant(graph, {0, 1, 2, 3, 4}), 2, 0)), "[3 4 0 1 2]");
  const Output x = constant(graph, counting(Shape{2, 3}));
  EXPECT_EQ(text_of(roll(x, {1, -4}, {0, 1})), "[[4 5 3]\n [1 2 0]]");
  EXPECT_EQ(text_of(roll(x, 1, 0)), "[[3 4 5]\n [0 1 2]]");
}

TEST(Bincount, CountsAndWeights) {
  Graph graph;
  EXPECT_EQ(text_of(bincount(constant(graph, {1, 1, 3, 9}), 4, Tensor(DType::kInt32, Shape{0}))), "[0 2 0 1]");
  EXPECT_EQ(text_of(bincount(constant(graph, {1, 1}), 2, Tensor::from<float>({0.5f, 2}))), "[0.  2.5]");
  EXPECT_EQ(text_of(bincount(constant(graph, {1}), 2, Tensor::from<float>({0.5f, 2}))), "[0.  0.5]");  // weights may be left over
}

}  // namespace
}  // namespace weft
