#include "weft/ops/gather_ops.h"

#include <gtest/gtest.h>

#include "tests/ops/op_testing.h"
#include "tests/ops/serial_evaluator.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"

namespace weft {
namespace {

// The error of running `node`; messages are TensorFlow 1.15.5's.
std::string error_of(Graph& graph, const Output& node) {
  EXPECT_TRUE(graph.status().ok()) << graph.status();
  const absl::Status status = SerialEvaluator(graph).run({node}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(message(status));
}

#define EXPECT_ERROR(node, text) EXPECT_NE(error_of(graph, node).find(text), std::string::npos) << error_of(graph, node)

Tensor matrix() { return Tensor::from<float>({{0, 1, 2}, {10, 11, 12}}); }

TEST(Gather, AxesAndBatches) {
  Graph graph;
  const Output params = constant(graph, matrix());
  EXPECT_EQ(text_of(gather(params, {1, 0, 1})), "[[10. 11. 12.]\n [ 0.  1.  2.]\n [10. 11. 12.]]");
  EXPECT_EQ(text_of(gather(params, 1)), "[10. 11. 12.]");
  EXPECT_EQ(text_of(gather(params, {2, 0}, {.axis = 1})), "[[ 2.  0.]\n [12. 10.]]");
  EXPECT_EQ(text_of(gather(params, {2}, {.axis = -1})), "[[ 2.]\n [12.]]");
  EXPECT_EQ(text_of(gather(params, Tensor::from<int64_t>({{2, 2}, {0, 1}}), {.axis = 1, .batch_dims = 1})), "[[ 2.  2.]\n [10. 11.]]");
  EXPECT_EQ(text_of(gather(constant(graph, Tensor::from<std::string>({"a", "b"})), {1, 1})), "[b'b' b'b']");
  EXPECT_EQ(text_of(gather(constant(graph, {true, false}), Tensor(DType::kInt32, Shape{0}))), "[]");
}

TEST(Gather, Errors) {
  Graph graph;
  const Output x = constant(graph, {1.0f, 2.0f});
  EXPECT_ERROR(gather(x, 5), "indices = 5 is not in [0, 2)");
  EXPECT_ERROR(gather(x, Tensor::from<int32_t>({{0, 5}})), "indices[0,1] = 5 is not in [0, 2)");
  EXPECT_ERROR(gather(x, Tensor::from<int64_t>({-1})), "indices[0] = -1 is not in [0, 2)");
  EXPECT_ERROR(gather(constant(graph, Tensor(DType::kFloat32, Shape{3, 0})), {7}), "indices[0] = 7 is not in [0, 3)");
  EXPECT_TRUE(gather(x, 0, {.axis = 2}).failed());
  EXPECT_NE(message(graph.take_errors().at(0)).find("Shape must be at least rank 3 but is rank 1"), std::string::npos);
}

TEST(Gather, Shapes) {
  Graph graph;
  const Output params = placeholder(graph, DType::kFloat32, {.shape = {-1, 5, 7}}), ids = placeholder(graph, DType::kInt32, {.shape = {2, -1}});
  EXPECT_EQ(gather(params, ids).shape().to_string(), "[2,?,5,7]");
  EXPECT_EQ(gather(params, ids, {.axis = -1}).shape().to_string(), "[?,5,2,?]");
  EXPECT_EQ(gather(params, placeholder(graph, DType::kInt32)).shape().to_string(), "<unknown>");
}

TEST(GatherNd, PositionsAndSlices) {
  Graph graph;
  const Output params = constant(graph, matrix());
  EXPECT_EQ(text_of(gather_nd(params, Tensor::from<int32_t>({{0, 2}, {1, 0}}))), "[ 2. 10.]");
  EXPECT_EQ(text_of(gather_nd(params, Tensor::from<int32_t>({{1}, {1}}))), "[[10. 11. 12.]\n [10. 11. 12.]]");
  EXPECT_EQ(text_of(gather_nd(params, Tensor(DType::kInt32, Shape{2, 0}))),
            "[[[ 0.  1.  2.]\n  [10. 11. 12.]]\n\n [[ 0.  1.  2.]\n  [10. 11. 12.]]]");
  EXPECT_ERROR(gather_nd(params, Tensor::from<int32_t>({{0, 3}})), "indices[0] = [0, 3] does not index into param shape [2,3]");
}

TEST(ScatterNd, AddsRepeatedPositions) {
  Graph graph;
  const Output at = constant(graph, Tensor::from<int32_t>({{3}, {1}, {3}}));
  EXPECT_EQ(text_of(scatter_nd(at, Tensor::from<float>({1, 2, 3}), {5})), "[0. 2. 0. 4. 0.]");
  const Output updates = constant(graph, Tensor::from<int32_t>({{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_EQ(text_of(scatter_nd(at, updates, {4, 2})), "[[0 0]\n [3 4]\n [0 0]\n [6 8]]");
}

TEST(ScatterNd, Errors) {
  Graph graph;
  const Output one = constant(graph, {1.0f});
  const Output outside = constant(graph, Tensor::from<int32_t>({{5}}));
  EXPECT_ERROR(scatter_nd(outside, one, {3}), "indices[0] = [5] does not index into shape [3]");
  EXPECT_TRUE(scatter_nd(Tensor::from<int32_t>({{1, 2}}), one, {3}).failed());
  EXPECT_TRUE(scatter_nd(Tensor::from<int32_t>({{1}}), one, {-3}).failed());
  EXPECT_TRUE(scatter_nd(Tensor::from<int32_t>({{1}, {2}}), one, {3}).failed());
}

TEST(TensorScatter, SetsAddsSubtracts) {
  Graph graph;
  const Output x = constant(graph, {1.0f, 2.0f, 3.0f});
  const Tensor at = Tensor::from<int64_t>({{2}, {0}, {2}}), updates = Tensor::from<float>({10, 20, 30});
  EXPECT_EQ(text_of(tensor_scatter_update(x, at, updates)), "[20.  2. 30.]");
  EXPECT_EQ(text_of(tensor_scatter_add(x, at, updates)), "[21.  2. 43.]");
  EXPECT_EQ(text_of(tensor_scatter_sub(x, at, updates)), "[-19.   2. -37.]");
  EXPECT_EQ(text_of(x), "[1. 2. 3.]");
}

TEST(Where, PositionsInOrder) {
  Graph graph;
  EXPECT_EQ(text_of(where(constant(graph, {{true, false}, {true, true}}))), "[[0 0]\n [1 0]\n [1 1]]");
  EXPECT_EQ(text_of(where(constant(graph, {0.0f, -2.0f}))), "[[1]]");
  EXPECT_EQ(value_of(where(constant(graph, true))).shape().to_string(), "[1,0]");
  EXPECT_EQ(where(placeholder(graph, DType::kBool, {.shape = {3, -1}})).shape().to_string(), "[?,2]");
}

TEST(BooleanMask, KeepsTheOtherDimensions) {
  Graph graph;
  const Output x = constant(graph, matrix());
  EXPECT_EQ(text_of(boolean_mask(x, constant(graph, {false, true}))), "[[10. 11. 12.]]");
  EXPECT_EQ(text_of(boolean_mask(x, constant(graph, {true, false, true}), {.axis = 1})), "[[ 0.  2.]\n [10. 12.]]");
  EXPECT_EQ(text_of(boolean_mask(x, greater(x, 1.5f))), "[ 2. 10. 11. 12.]");
  EXPECT_TRUE(boolean_mask(x, constant(graph, {true, true, true})).failed());
  EXPECT_TRUE(boolean_mask(x, placeholder(graph, DType::kBool)).failed());
}

TEST(EmbeddingLookup, PartsOfATable) {
  Graph graph;
  const auto table = [&](std::initializer_list<float> firsts) {
    Tensor t(DType::kFloat32, Shape{static_cast<int64_t>(firsts.size()), 2});
    float* out = t.data<float>();
    for (const float first : firsts) *out++ = first, *out++ = -first;
    return constant(graph, t);
  };
  const Tensor ids = Tensor::from<int32_t>({{4, 0}, {1, 3}});
  const std::string expected = "[[[ 4. -4.]\n  [ 0. -0.]]\n\n [[ 1. -1.]\n  [ 3. -3.]]]";
  EXPECT_EQ(text_of(embedding_lookup(table({0, 1, 2, 3, 4}), ids)), expected);
  EXPECT_EQ(text_of(embedding_lookup({table({0, 2, 4}), table({1, 3})}, ids)), expected);
  EXPECT_EQ(text_of(embedding_lookup({table({0, 1, 2}), table({3, 4})}, ids, {.partition_strategy = "div"})), expected);
  EXPECT_EQ(text_of(embedding_lookup(table({0, 1}), {1}, {.max_norm = Operand(1.0f)})), "[[ 0.70710677 -0.70710677]]");
  EXPECT_TRUE(embedding_lookup({table({0}), table({1})}, ids, {.partition_strategy = "odd"}).failed());
}

}  // namespace
}  // namespace weft
