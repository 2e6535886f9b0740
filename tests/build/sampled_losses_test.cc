// Sampled losses against TensorFlow's values and gradients.
#include "weft/build/sampled_losses.h"

#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/ops/constant.h"
#include "weft/ops/gather_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct LossAndGradient {
  std::vector<float> loss;
  std::vector<float> gradient;
};

const std::map<std::string, LossAndGradient>& golden() {
  static const std::map<std::string, LossAndGradient> all = {
#include "sampled_losses_golden.inc"
  };
  return all;
}

Tensor linspace(double from, double to, int n, const Shape& shape) {
  std::vector<float> values;
  for (int i = 0; i < n; ++i) values.push_back(static_cast<float>(from + (to - from) * i / (n - 1)));
  return Tensor::from<float>(values, shape);
}

struct Variation {
  int num_true = 1;
  bool given = false;
  bool parts = false;
  bool remove_accidental_hits = false;
  std::optional<int64_t> seed = {};
};

void expect_golden(const std::string& name, Output (*loss)(const SampledLossArguments&, Loc), const Variation& v) {
  SCOPED_TRACE(name);
  ASSERT_TRUE(golden().contains(name));
  Graph graph;
  graph.set_seed(11);
  const Output w = constant(graph, linspace(-1, 1, 21, {7, 3}));
  const Output b = constant(graph, linspace(0.5, -0.5, 7, {7}));
  const Output x = constant(graph, linspace(-0.8, 0.9, 6, {2, 3}));
  const Output labels = constant(graph, v.num_true == 1 ? Tensor::from<int64_t>({{1}, {4}}) : Tensor::from<int64_t>({{1, 3}, {4, 0}}));
  SampledLossArguments arguments{.weights = {w},
                                 .biases = b,
                                 .labels = labels,
                                 .inputs = x,
                                 .num_sampled = 3,
                                 .num_classes = 7,
                                 .num_true = v.num_true,
                                 .remove_accidental_hits = v.remove_accidental_hits,
                                 .seed = v.seed};
  if (v.given) {
    arguments.sampled_values = SampledCandidates{constant(graph, Tensor::from<int64_t>({2, 1, 4})),
                                                 constant(graph, 0.3f, {.shape = Shape{2, v.num_true}}), constant(graph, {0.2f, 0.4f, 0.1f})};
  }
  if (v.parts) arguments.weights = {gather(w, {0, 2, 4, 6}), gather(w, {1, 3, 5})};
  const Output y = loss(arguments, Loc::current());
  const Gradient dx = gradients(y, x)[0];
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  ASSERT_TRUE(dx.is_dense());
  const auto got = Session(graph).run({.fetches = {y, dx.dense()}});
  ASSERT_TRUE(got.ok()) << got.status();
  const LossAndGradient& expected = golden().at(name);
  ASSERT_EQ((*got)[0].shape(), Shape({2}));
  for (size_t i = 0; i < 2; ++i) EXPECT_NEAR((*got)[0].flat<float>()[i], expected.loss[i], 2e-6f * std::abs(expected.loss[i]));
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR((*got)[1].flat<float>()[i], expected.gradient[i], 2e-6f);
}

TEST(SampledLosses, Nce) {
  expect_golden("nce", nce_loss, {});
  expect_golden("nce_two", nce_loss, {.num_true = 2, .remove_accidental_hits = true});
  expect_golden("nce_given", nce_loss, {.given = true, .remove_accidental_hits = true});
  expect_golden("nce_parts", nce_loss, {.given = true, .parts = true});
}

TEST(SampledLosses, SampledSoftmax) {
  expect_golden("softmax", sampled_softmax_loss, {.remove_accidental_hits = true, .seed = 4});
  expect_golden("softmax_two", sampled_softmax_loss, {.num_true = 2, .remove_accidental_hits = true, .seed = 4});
  expect_golden("softmax_given", sampled_softmax_loss, {.given = true, .remove_accidental_hits = true});
  expect_golden("softmax_keeps_hits", sampled_softmax_loss, {.given = true});
}

}  // namespace
}  // namespace weft
