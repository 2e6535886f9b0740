// Learning-rate schedules against the rates TensorFlow 1.15.5 gives; their nodes are compared in golden_test.cc.
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/session/session.h"
#include "weft/train/learning_rate_decay.h"

namespace weft {
namespace {

struct GoldenSchedule {
  std::string name;
  std::string node;
  std::vector<double> rates;  // at steps 0, 1, 3, 7 and 20
};

const std::vector<GoldenSchedule>& golden() {
  static const std::vector<GoldenSchedule> all = {
#include "schedule_golden.inc"
  };
  return all;
}

double number(const Tensor& rate) { return rate.holds<double>() ? rate.scalar<double>() : static_cast<double>(rate.scalar<float>()); }

TEST(Schedules, GiveTensorFlowsRates) {
  Graph graph;
  graph.set_seed(3);
  const Output step = placeholder(graph, DType::kInt64, {.shape = {}, .name = "step"});
  const Output rate64 = constant(graph, 0.25, {.dtype = DType::kFloat64});
  const std::vector<Output> rates = {
      exponential_decay(0.1f, step, 4, 0.96f),
      exponential_decay(0.1f, step, 4, 0.96f, {.staircase = true}),
      exponential_decay(rate64, step, 5, 0.5f),
      natural_exp_decay(0.1f, step, 4, 0.5f),
      natural_exp_decay(0.1f, step, 4, 0.5f, {.staircase = true}),
      inverse_time_decay(0.1f, step, 4, 0.5f),
      inverse_time_decay(0.1f, step, 4, 0.5f, {.staircase = true}),
      inverse_time_decay(rate64, step, 4, 0.5f),
      polynomial_decay(0.1f, step, 10),
      polynomial_decay(0.1f, step, 10, {.end_learning_rate = 0.01f, .power = 0.5f}),
      polynomial_decay(rate64, step, 10, {.end_learning_rate = 0.01, .power = 2.0f}),
      cosine_decay(0.1f, step, 10),
      cosine_decay(0.1f, step, 10, {.alpha = 0.3f}),
      linear_cosine_decay(0.1f, step, 10),
      linear_cosine_decay(0.1f, step, 10, {.num_periods = 2.0f, .alpha = 0.1f, .beta = 0.02f}),
      noisy_linear_cosine_decay(0.1f, step, 10),
      noisy_linear_cosine_decay(0.1f, step, 10,
                                {.initial_variance = 0.5f, .variance_decay = 0.3f, .num_periods = 1.0f, .alpha = 0.1f, .beta = 0.02f}),
  };
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  ASSERT_EQ(rates.size(), golden().size());
  const int64_t steps[] = {0, 1, 3, 7, 20};
  for (size_t i = 0; i < rates.size(); ++i) {
    const GoldenSchedule& expected = golden()[i];
    EXPECT_EQ(rates[i].op().name(), expected.node);
    const Session session(graph);  // a noisy schedule draws the next number in each run
    for (size_t k = 0; k < expected.rates.size(); ++k) {
      const auto rate = session.run({.feeds = {{step, steps[k]}}, .fetches = {rates[i]}});
      ASSERT_TRUE(rate.ok()) << rate.status();
      // Powers, cosines and logarithms of other libraries may differ in the last digit, which sums near zero carry along.
      const double tolerance = rates[i].dtype() == DType::kFloat64 ? 1e-15 : 1e-8;
      EXPECT_NEAR(number((*rate)[0]), expected.rates[k], tolerance + 50 * tolerance * std::abs(expected.rates[k]))
          << expected.name << " at " << steps[k];
    }
  }
}

}  // namespace
}  // namespace weft
