// Whole programs against the graphs and numbers of TensorFlow 1.15.5: linear regression, embeddings with sparse updates, schedules.
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "golden_graph.h"
#include "weft/build/variable_scope.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/optimizers.h"

namespace weft {
namespace {

using testing::digits;
using testing::expect_graph;

TEST(Golden, LinearRegression) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "x"});
  const Output y = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "y"});
  const Variable w = variable(graph, 0.0f, {.name = "w"});
  const Variable b = variable(graph, 0.0f, {.name = "b"});
  const Output pred = w * x + b;
  const Output loss = reduce_mean(square(pred - y), {.name = "loss"});
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  const Operation train = optimizer.minimize(loss);
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "linear_regression_resource/graph.pbtxt");
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const std::vector<Feed> feeds = {{x, Tensor::from<float>({0, 1, 2, 3})}, {y, Tensor::from<float>({1, 3, 5, 7})}};
  const std::vector<std::array<std::string, 3>> steps = {
      {"21", "1.70000005", "0.800000012"}, {"0.534999609", "1.96999991", "0.929999948"}, {"0.0143500417", "2.01200008", "0.952999949"}};
  for (const auto& [before, w_after, b_after] : steps) {
    const auto value = session.run({.feeds = feeds, .fetches = {loss}, .targets = {}});
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(digits((*value)[0].scalar<float>()), before);
    ASSERT_TRUE(session.run({.feeds = feeds, .fetches = {}, .targets = {train}}).ok());
    EXPECT_EQ(digits((*session.run(w))[0].scalar<float>()), w_after);
    EXPECT_EQ(digits((*session.run(b))[0].scalar<float>()), b_after);
  }
}

// The rows of an embedding are updated by IndexedSlices in which one row stands twice.
void embedding(Optimizer& optimizer, const std::string& name, const std::vector<std::pair<std::string, std::string>>& steps) {
  SCOPED_TRACE(name);
  Graph graph;
  const Output ids = placeholder(graph, DType::kInt32, {.shape = {-1}, .name = "ids"});
  const Output y = placeholder(graph, DType::kFloat32, {.shape = {-1, 2}, .name = "y"});
  const Tensor start = Tensor::from<float>({0.0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f}, {5, 2});
  const Variable table = variable(graph, [&](Graph& g) { return constant(g, start); }, {.name = "table"});
  const Output z = embedding_lookup(table, ids);
  const Output loss = reduce_sum(square(z - y), {.name = "loss"});
  const Operation train = optimizer.minimize(loss);
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, name + "/graph.pbtxt");
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const std::vector<Feed> feeds = {{ids, Tensor::from<int32_t>({1, 3, 1})}, {y, Tensor::from<float>({1, 1, 1, 1, 1, 1}, {3, 2})}};
  for (const auto& [before, sum_after] : steps) {
    const auto value = session.run({.feeds = feeds, .fetches = {loss}, .targets = {}});
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(digits((*value)[0].scalar<float>()), before);
    ASSERT_TRUE(session.run({.feeds = feeds, .fetches = {}, .targets = {train}}).ok());
    const auto rows = session.run(table);
    ASSERT_TRUE(rows.ok());
    const std::vector<float> values = (*rows)[0].to_vector<float>();
    EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), std::stod(sum_after), 2e-6);  // NumPy adds in another order
  }
}

TEST(Golden, SparseUpdates) {
  GradientDescentOptimizer descent({.learning_rate = 0.1f});
  embedding(descent, "embedding_sparse_sgd_resource", {{"2.50999999", "5.24000002"}, {"0.97359997", "5.71200002"}, {"0.395295948", "6.01759995"}});
  MomentumOptimizer momentum({.learning_rate = 0.1f, .momentum = 0.9f});
  embedding(momentum, "embedding_sparse_momentum_resource",
            {{"2.50999999", "5.24000008"}, {"0.973599851", "6.37799997"}, {"0.0529000089", "7.46659995"}});
  AdagradOptimizer adagrad({.learning_rate = 0.1f});
  embedding(adagrad, "embedding_sparse_adagrad_resource", {{"2.50999999", "4.88034681"}, {"1.84187174", "5.12194384"}, {"1.46708548", "5.30268476"}});
  AdamOptimizer adam({.learning_rate = 0.1f});
  embedding(adam, "embedding_sparse_adam_resource", {{"2.50999999", "4.89999995"}, {"1.83000004", "5.2940285"}, {"1.27405787", "5.67434836"}});
}

TEST(Golden, Schedules) {
  Graph graph;
  const Variable step = get_or_create_global_step(graph);
  const std::vector<Output> rates = {exponential_decay(0.2f, step, 2, 0.5f, {.staircase = true}),
                                     natural_exp_decay(0.1f, step, 1, 0.5f),
                                     inverse_time_decay(0.1f, step, 1, 0.5f),
                                     polynomial_decay(0.1f, step, 10, {.end_learning_rate = 0.01f, .power = 2.0f}),
                                     cosine_decay(0.1f, step, 10, {.alpha = 0.25f}),
                                     linear_cosine_decay(0.1f, step, 10),
                                     noisy_linear_cosine_decay(0.1f, step, 10)};
  expect_graph(graph, "schedules.pbtxt");
  const std::vector<std::vector<std::string>> expected = {
      {"0.200000003", "0.100000001", "0.100000001", "0.100000001", "0.100000001", "0.100100003"},
      {"0.200000003", "0.0606530681", "0.0666666701", "0.0828999951", "0.098164618", "0.0878975466"},
      {"0.100000001", "0.0367879458", "0.0500000007", "0.0676000044", "0.0928381309", "0.0724606737"},
      {"0.100000001", "0.0223130174", "0.0399999991", "0.0540999994", "0.0845419466", "0.0556724779"}};
  const Operation next = step.assign_add(1);
  const Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  for (const std::vector<std::string>& row : expected) {
    for (size_t i = 0; i < row.size(); ++i) {
      const auto value = session.run(rates[i]);
      ASSERT_TRUE(value.ok()) << value.status();
      // Powers and cosines of other libraries may differ in the last digit.
      EXPECT_FLOAT_EQ((*value)[0].scalar<float>(), std::stof(row[i])) << rates[i].name();
    }
    ASSERT_TRUE(session.run(next).ok());
  }
}

// w goes 1, 0.8, 0.64 …; the numbers are TensorFlow's (golden graph moving_average).
TEST(MovingAverage, FollowsTheVariables) {
  Graph graph;
  const Variable w = variable(graph, {1.0f, 2.0f}, {.name = "w"});
  const Variable step = get_or_create_global_step(graph);
  const Output loss = reduce_sum(square(w));
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  const Operation train = optimizer.minimize(loss, {.global_step = step});
  ExponentialMovingAverage ema({.decay = 0.9f, .num_updates = Operand(step)});
  Operation follow;
  {
    const Scope after = graph.control_dependencies({train});
    follow = ema.apply({w});
  }
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(ema.average_name(w), "w/ExponentialMovingAverage");
  EXPECT_EQ(follow.name(), "ExponentialMovingAverage");
  EXPECT_EQ(ema.variables_to_restore(graph).count("w/ExponentialMovingAverage"), 1u);
  EXPECT_EQ(ema.variables_to_restore(graph).count("global_step"), 1u);
  const Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"0.836363673", "1.67272735"}, {"0.689090908", "1.37818182"}, {"0.566489458", "1.13297892"}};
  for (const auto& [first, second] : expected) {
    ASSERT_TRUE(session.run(follow).ok()) << session.run(follow).status();
    const auto average = session.run(ema.average(w));
    ASSERT_TRUE(average.ok());
    EXPECT_EQ(digits((*average)[0].at<float>({0})), first);
    EXPECT_EQ(digits((*average)[0].at<float>({1})), second);
  }
}

TEST(MovingAverage, OfTensors) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "x"});
  const Output step = placeholder(graph, DType::kFloat32, {.shape = {}, .name = "step"});
  const Output y = x * 2.0f;
  const Output z = x + 1.0f;
  ExponentialMovingAverage average({.decay = 0.9f, .zero_debias = true});
  Operation follow = average.apply({y, z});
  ExponentialMovingAverage plain({.decay = 0.9f, .num_updates = Operand(step)});
  {
    const auto scope = variable_scope(graph, "plain");
    follow = group(graph, {follow, plain.apply(y)});
  }
  reduce_sum(y);
  EXPECT_EQ(average.average_name(y), "mul/ExponentialMovingAverage");
  EXPECT_EQ(plain.average_name(y), "plain/mul/ExponentialMovingAverage");
  EXPECT_EQ(plain.average_name(z), "add/ExponentialMovingAverage_1") << "the name it would get";
  EXPECT_TRUE(graph.collection<Variable>(collections::kMovingAverageVariables).empty());
  const std::vector<Fetch> averages = {average.average(y), average.average(z), plain.average(y)};
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "moving_average_of_tensors_resource/graph.pbtxt");
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const std::vector<std::vector<std::string>> expected = {{"2", "4", "2", "3", "1.63636363", "3.27272725"},
                                                          {"1.99999988", "3.99999976", "1.99999988", "2.99999976", "1.93388426", "3.86776853"},
                                                          {"1.99999976", "3.99999952", "1.99999976", "2.99999952", "1.98797894", "3.97595787"}};
  for (const std::vector<std::string>& row : expected) {
    ASSERT_TRUE(session.run({.feeds = {{x, Tensor::from<float>({1, 2})}, {step, 1.0f}}, .targets = {follow}}).ok());
    const auto got = session.run(averages);
    ASSERT_TRUE(got.ok()) << got.status();
    for (size_t i = 0; i < row.size(); ++i) EXPECT_EQ(digits((*got)[i / 2].flat<float>()[i % 2]), row[i]);
  }
}

}  // namespace
}  // namespace weft
