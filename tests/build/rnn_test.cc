#include "weft/build/rnn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "weft/build/variable_scope.h"
#include "weft/ops/ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

float sigmoid_of(float x) { return 1 / (1 + std::exp(-x)); }

std::vector<Tensor> evaluate(Graph& graph, const std::vector<Output>& fetches) {
  Operation init = global_variables_initializer(graph);
  Session session(graph);
  EXPECT_TRUE(session.run(init).ok());
  RunArguments arguments;
  for (const Output& fetch : fetches) arguments.fetches.push_back(fetch);
  auto r = session.run(arguments);
  EXPECT_TRUE(r.ok()) << r.status();
  return r.ok() ? *std::move(r) : std::vector<Tensor>(fetches.size());
}

TEST(Rnn, LSTMFollowsItsFormula) {
  Graph graph;
  auto scope = variable_scope(graph, "s", {.initializer = constant_initializer(0.5)});
  std::vector<Output> inputs = {constant(graph, {{1.0f}}), constant(graph, {{-2.0f}})};
  BasicLSTMCell cell(1);
  RnnResult r = static_rnn(cell, inputs);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_NE(graph.find_node("s/rnn/basic_lstm_cell/kernel"), nullptr);
  float c = 0, h = 0;
  for (const float x : {1.0f, -2.0f}) {
    const float z = 0.5f * x + 0.5f * h;
    c = c * sigmoid_of(z + 1) + sigmoid_of(z) * std::tanh(z);
    h = std::tanh(c) * sigmoid_of(z);
  }
  const auto values = evaluate(graph, {r.outputs[1], r.state[0]});
  EXPECT_NEAR(values[0].scalar<float>(), h, 1e-6);
  EXPECT_NEAR(values[1].scalar<float>(), c, 1e-6);
}

TEST(Rnn, GRUFollowsItsFormula) {
  Graph graph;
  auto scope = variable_scope(graph, "s", {.initializer = constant_initializer(0.5)});
  std::vector<Output> inputs = {constant(graph, {{1.0f}}), constant(graph, {{-2.0f}})};
  GRUCell cell(1);
  RnnResult r = static_rnn(cell, inputs);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  float h = 0;
  for (const float x : {1.0f, -2.0f}) {
    const float gate = sigmoid_of(0.5f * x + 0.5f * h + 1);
    const float candidate = std::tanh(0.5f * x + 0.5f * gate * h);
    h = gate * h + (1 - gate) * candidate;
  }
  EXPECT_NEAR(evaluate(graph, {r.outputs[1]})[0].scalar<float>(), h, 1e-6);
}

TEST(Rnn, SequenceLengthFreezesTheState) {
  Graph graph;
  std::vector<Output> inputs(3, constant(graph, {{1.0f}, {1.0f}}));
  BasicRNNCell cell(2);
  StaticRnnOptions options;
  options.sequence_length = constant(graph, {1, 3});
  RnnResult r = static_rnn(cell, inputs, options);
  const auto v = evaluate(graph, {r.outputs[0], r.outputs[2], r.state[0]});
  EXPECT_FLOAT_EQ(v[1].at<float>({0, 0}), 0);
  EXPECT_FLOAT_EQ(v[2].at<float>({0, 0}), v[0].at<float>({0, 0}));
  EXPECT_FLOAT_EQ(v[2].at<float>({1, 1}), v[1].at<float>({1, 1}));
}

TEST(Rnn, StackedCellsShareNothing) {
  Graph graph;
  MultiRNNCell cell({std::make_shared<BasicLSTMCell>(3), std::make_shared<BasicLSTMCell>(2)});
  RnnResult r = static_rnn(cell, std::vector<Output>{constant(graph, {{1.0f, 2.0f}})});
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(r.state.size(), 4u);
  EXPECT_EQ(r.outputs[0].shape().to_string(), "[1,2]");
  EXPECT_EQ(graph.trainable_variables().size(), 4u);
}

}  // namespace
}  // namespace weft
