#include "weft/build/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/build/variable_scope.h"
#include "weft/ops/dropout_ops.h"
#include "weft/ops/ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

// Initialises the graph's variables and fetches `fetches`.
std::vector<Tensor> evaluate(Graph& graph, std::vector<Output> fetches, std::vector<Operation> targets = {}) {
  Operation init = global_variables_initializer(graph);
  Session session(graph);
  const auto started = session.run(init);
  EXPECT_TRUE(started.ok()) << started.status();
  RunArguments arguments;
  for (const Output& fetch : fetches) arguments.fetches.push_back(fetch);
  for (const Operation& target : targets) arguments.targets.push_back(target);
  auto r = session.run(arguments);
  EXPECT_TRUE(r.ok()) << r.status();
  return r.ok() ? *std::move(r) : std::vector<Tensor>(fetches.size());
}

TEST(Layers, DenseIsProductPlusBias) {
  Graph graph;
  Output x = constant(graph, {{1.0f, 2.0f}});
  Output y = layers::dense(x, 3, {.kernel_initializer = constant_initializer(2.0), .bias_initializer = constant_initializer(1.0)});
  EXPECT_NE(graph.find_node("dense/kernel"), nullptr);
  EXPECT_NE(graph.find_node("dense/bias"), nullptr);
  EXPECT_NE(graph.find_node("dense/MatMul"), nullptr);
  EXPECT_NE(graph.find_node("dense/BiasAdd"), nullptr);
  EXPECT_TRUE(equal(evaluate(graph, {y})[0], Tensor::from<float>({{7, 7, 7}})));
}

TEST(Layers, DenseTakesActivationsAndHigherRanks) {
  Graph graph;
  Output x = constant(graph, Tensor::from<float>(std::vector<float>{-1, 2, 3, -4}, Shape{2, 1, 2}));
  Output y = layers::dense(x, 1, {.activation = relu, .use_bias = false, .kernel_initializer = ones_initializer(), .name = "d"});
  EXPECT_EQ(y.shape().to_string(), "[2,1,1]");
  EXPECT_TRUE(equal(evaluate(graph, {y})[0], Tensor::from<float>(std::vector<float>{1, 0}, Shape{2, 1, 1})));
}

TEST(Layers, DenseNeedsAKnownLastDimension) {
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
  EXPECT_TRUE(layers::dense(x, 3).failed());
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("The last dimension of the inputs to dense should be defined"));
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("layers_test.cc:"));
}

TEST(Layers, Conv2DAndPooling) {
  Graph graph;
  Output x = ones(graph, {1, 4, 4, 1});
  Output y = layers::conv2d(x, 2, {3, 3}, {.padding = "SAME", .kernel_initializer = ones_initializer(), .name = "c"});
  Output p = layers::max_pooling2d(y, {2, 2}, {2, 2});
  const auto r = evaluate(graph, {y, p});
  EXPECT_EQ(r[0].shape().to_string(), "[1,4,4,2]");
  EXPECT_FLOAT_EQ(r[0].at<float>({0, 0, 0, 0}), 4);
  EXPECT_FLOAT_EQ(r[0].at<float>({0, 1, 1, 1}), 9);
  EXPECT_EQ(r[1].shape().to_string(), "[1,2,2,2]");
  EXPECT_FLOAT_EQ(r[1].at<float>({0, 0, 0, 0}), 9);
}

TEST(Layers, DropoutScalesWhatItKeeps) {
  Graph graph;
  Output x = ones(graph, {1000});
  Output y = layers::dropout(x, 0.25f, true, {.seed = 3});
  Output same = layers::dropout(x, 0.25f, false);
  const auto r = evaluate(graph, {y, same});
  int kept = 0;
  for (const float v : r[0].flat<float>()) {
    EXPECT_TRUE(v == 0 || std::abs(v - 4.0f / 3) < 1e-6f) << v;
    kept += v != 0 ? 1 : 0;
  }
  EXPECT_NEAR(kept, 750, 60);
  EXPECT_TRUE(equal(r[1], Tensor::from<float>(std::vector<float>(1000, 1.0f), Shape{1000})));
}

TEST(Layers, DropoutRefusesRatesThatAreNone) {
  Graph graph;
  Output x = ones(graph, {2});
  EXPECT_TRUE(dropout(x, 1.5f).failed());
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("range [0, 1)"));
}

TEST(Layers, BatchNormalizationNormalisesAndUpdatesItsAverages) {
  Graph graph;
  Output x = constant(graph, {{1.0f, 10.0f}, {3.0f, 30.0f}});
  Output y = layers::batch_normalization(x, true, {.momentum = 0.5f, .epsilon = 0.0f, .name = "bn"});
  const auto updates = graph.collection<Operation>(collections::kUpdateOps);
  ASSERT_EQ(updates.size(), 2u);
  Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const auto r = session.run({.fetches = {y}, .targets = {updates[0], updates[1]}});
  ASSERT_TRUE(r.ok()) << r.status();
  EXPECT_NEAR((*r)[0].at<float>({0, 0}), -1, 1e-5);
  EXPECT_NEAR((*r)[0].at<float>({1, 1}), 1, 1e-5);
  Output mean = graph.get_tensor_by_name("bn/moving_mean/Read/ReadVariableOp:0").value();
  const auto m = session.run({.fetches = {mean}});
  ASSERT_TRUE(m.ok()) << m.status();
  EXPECT_NEAR((*m)[0].at<float>({1}), 10, 1e-4);  // halfway from 0 to 20
}

TEST(Layers, Flatten) {
  Graph graph;
  EXPECT_EQ(layers::flatten(placeholder(graph, DType::kFloat32, {.shape = {-1, 2, 3}})).shape().to_string(), "[?,6]");
}

}  // namespace
}  // namespace weft
