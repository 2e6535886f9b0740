#include "weft/build/losses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "weft/ops/ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

float value_of(const Output& output) {
  if (!output) return NAN;
  Session session(*output.graph());
  const auto r = session.run({.fetches = {output}});
  EXPECT_TRUE(r.ok()) << r.status();
  return r.ok() ? (*r)[0].scalar<float>() : NAN;
}

TEST(Losses, MeanSquaredError) {
  Graph graph;
  Output y = constant(graph, {1.0f, 2.0f});
  Output p = constant(graph, {2.0f, 4.0f});
  Output loss = losses::mean_squared_error(y, p);
  EXPECT_FLOAT_EQ(value_of(loss), 2.5f);
  EXPECT_EQ(losses::get_losses(graph), std::vector<Output>{loss});
  EXPECT_FLOAT_EQ(value_of(losses::mean_squared_error(y, p, {.weights = 2.0f, .reduction = losses::Reduction::kSum})), 10.0f);
}

TEST(Losses, WeightsOfZeroDoNotCount) {
  Graph graph;
  Output y = constant(graph, {1.0f, 2.0f, 3.0f});
  Output p = constant(graph, {2.0f, 4.0f, 9.0f});
  Output weights = constant(graph, {1.0f, 1.0f, 0.0f});
  EXPECT_FLOAT_EQ(value_of(losses::mean_squared_error(y, p, {.weights = weights})), 2.5f);
  EXPECT_FLOAT_EQ(value_of(losses::mean_squared_error(y, p, {.weights = 0.0f})), 0.0f);
}

TEST(Losses, WeightsMustFit) {
  Graph graph;
  Output y = constant(graph, {1.0f, 2.0f, 3.0f});
  EXPECT_TRUE(losses::absolute_difference(y, y, {.weights = constant(graph, {1.0f, 2.0f})}).failed());
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr("weights can not be broadcast to values"));
}

TEST(Losses, Elements) {
  Graph graph;
  Output y = constant(graph, {1.0f, 0.0f});
  Output p = constant(graph, {0.25f, 0.5f});
  EXPECT_FLOAT_EQ(value_of(losses::absolute_difference(y, p)), 0.625f);
  EXPECT_FLOAT_EQ(value_of(losses::huber_loss(y, constant(graph, {4.0f, 0.5f}))), (2.5f + 0.125f) / 2);
  EXPECT_NEAR(value_of(losses::log_loss(y, p)), -(std::log(0.25f) + std::log(0.5f)) / 2, 1e-5);
  EXPECT_FLOAT_EQ(value_of(losses::hinge_loss(y, p)), (0.75f + 1.5f) / 2);
}

TEST(Losses, CrossEntropies) {
  Graph graph;
  Output logits = constant(graph, {{0.0f, 0.0f}, {0.0f, 0.0f}});
  const float log2 = std::log(2.0f);
  EXPECT_NEAR(value_of(losses::softmax_cross_entropy(constant(graph, {{1.0f, 0.0f}, {0.0f, 1.0f}}), logits)), log2, 1e-6);
  EXPECT_NEAR(value_of(losses::softmax_cross_entropy(constant(graph, {{1.0f, 0.0f}, {0.0f, 1.0f}}), logits, 0.2f)), log2, 1e-6);
  EXPECT_NEAR(value_of(losses::sparse_softmax_cross_entropy(constant(graph, {0, 1}), logits)), log2, 1e-6);
  EXPECT_NEAR(value_of(losses::sigmoid_cross_entropy(constant(graph, {{1.0f, 0.0f}, {0.0f, 1.0f}}), logits)), log2, 1e-6);
  EXPECT_NEAR(value_of(losses::get_total_loss(graph)), 4 * log2, 1e-5);
}

}  // namespace
}  // namespace weft
