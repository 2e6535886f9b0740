// Gradients of the neural-network ops, and gradients of those gradients, against central differences.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/nn_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct Example {
  std::vector<Shape> inputs;
  std::function<Output(const std::vector<Output>&)> build;
  DType dtype = DType::kFloat64;  // kFloat32 where there is no double kernel
  bool second_order = true;
};

// Numbers without ties, so that maxima and relu are smooth where they are tested.
Tensor numbers(DType dtype, const Shape& shape, uint32_t seed) {
  Tensor t(dtype, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    const double value = (static_cast<double>(seed >> 8) / (1 << 24) - 0.5) * 3.0;
    if (dtype == DType::kFloat64) t.data<double>()[i] = value;
    else t.data<float>()[i] = static_cast<float>(value);
  }
  return t;
}

double element(const Tensor& t, int64_t i) { return t.holds<double>() ? t.data<double>()[i] : static_cast<double>(t.data<float>()[i]); }
void set_element(Tensor& t, int64_t i, double value) {
  if (t.holds<double>()) t.data<double>()[i] = value;
  else t.data<float>()[i] = static_cast<float>(value);
}

// A scalar that depends on every element of y differently.
Output weighted_sum(const Output& y, uint32_t seed) { return reduce_sum(y * constant(*y.graph(), numbers(y.dtype(), y.shape().to_shape(), seed))); }

void compare(const std::string& what, const Session& session, const Output& loss, const std::vector<Output>& xs,
             const std::vector<Gradient>& analytic) {
  const bool wide = loss.dtype() == DType::kFloat64;
  const double step = wide ? 1e-5 : 2e-2, tolerance = wide ? 2e-6 : 3e-2;
  std::vector<Tensor> values;
  for (size_t i = 0; i < xs.size(); ++i) values.push_back(numbers(xs[i].dtype(), xs[i].shape().to_shape(), static_cast<uint32_t>(17 * i + 5)));
  const auto run = [&](const Output& fetch) {
    RunArguments arguments;
    for (size_t i = 0; i < xs.size(); ++i) arguments.feeds.emplace_back(xs[i], values[i].clone());
    arguments.fetches.emplace_back(fetch);
    absl::StatusOr<std::vector<Tensor>> out = session.run(arguments);
    EXPECT_TRUE(out.ok()) << what << ": " << out.status();
    return out.ok() ? (*out)[0] : Tensor();
  };
  for (size_t i = 0; i < xs.size(); ++i) {
    if (analytic[i].is_none()) continue;
    const Tensor gradient = run(analytic[i].dense());
    ASSERT_EQ(gradient.shape(), values[i].shape()) << what;
    for (int64_t k = 0; k < values[i].num_elements(); ++k) {
      const double x = element(values[i], k);
      set_element(values[i], k, x + step);
      const double above = element(run(loss), 0);
      set_element(values[i], k, x - step);
      const double below = element(run(loss), 0);
      set_element(values[i], k, x);
      const double numeric = (above - below) / (2 * step);
      ASSERT_NEAR(element(gradient, k), numeric, tolerance * std::max(1.0, std::abs(numeric))) << what << ": input " << i << " element " << k;
    }
  }
}

void check(const std::string& what, const Example& example) {
  Graph graph;
  std::vector<Output> xs;
  for (const Shape& shape : example.inputs) xs.push_back(placeholder(graph, example.dtype, {.shape = shape}));
  const Output loss = weighted_sum(example.build(xs), 99);
  const std::vector<Gradient> first = gradients(loss, xs);
  ASSERT_TRUE(graph.status().ok()) << what << ": " << graph.status();
  for (const Gradient& g : first) EXPECT_TRUE(g) << what << ": " << g.reason();
  Output sum;
  if (example.second_order) {
    for (size_t i = 0; i < xs.size(); ++i) {
      const Output part = weighted_sum(first[i].dense(), static_cast<uint32_t>(7 + i));
      sum = sum ? sum + part : part;
    }
  }
  const std::vector<Gradient> second = sum ? gradients(sum, xs) : std::vector<Gradient>();
  ASSERT_TRUE(graph.status().ok()) << what << ": " << graph.status();
  const Session session(graph, {.threads = 1});
  compare(what, session, loss, xs, first);
  if (sum) compare(what + ", second derivative", session, sum, xs, second);
}

const std::map<std::string, Example>& examples() {
  using Xs = const std::vector<Output>&;
  static const auto& all = *new std::map<std::string, Example>{
      {"Relu", {{{7}}, [](Xs x) { return relu(x[0]); }}},
      {"Relu6", {{{7}}, [](Xs x) { return relu6(x[0] * 5.0); }}},
      {"Elu", {{{7}}, [](Xs x) { return elu(x[0]); }}},
      {"Selu", {{{7}}, [](Xs x) { return selu(x[0]); }}},
      {"LeakyRelu", {{{7}}, [](Xs x) { return leaky_relu(x[0]); }}},
      {"Softplus", {{{7}}, [](Xs x) { return softplus(x[0]); }}},
      {"Softsign", {{{7}}, [](Xs x) { return softsign(x[0]); }, DType::kFloat64, false}},
      {"Softmax", {{{2, 4}}, [](Xs x) { return softmax(x[0]); }}},
      {"SoftmaxAxis0", {{{3, 2}}, [](Xs x) { return softmax(x[0], {.axis = 0}); }}},
      {"LogSoftmax", {{{2, 4}}, [](Xs x) { return log_softmax(x[0]); }}},
      // The op's gradient takes labels that sum to 1, and its second derivative is that of the logits alone.
      {"CrossEntropy",
       {{{2, 3}, {2, 3}},
        [](Xs x) { return softmax_cross_entropy_with_logits_v2({.labels = softmax(x[1]), .logits = x[0]}); },
        DType::kFloat64,
        false}},
      {"CrossEntropyAxis1",
       {{{2, 3, 2}, {2, 3, 2}},
        [](Xs x) { return softmax_cross_entropy_with_logits_v2({.labels = softmax(x[1], {.axis = 1}), .logits = x[0], .axis = 1}); },
        DType::kFloat64,
        false}},
      {"CrossEntropyOfLogits",
       {{{2, 3}},
        [](Xs x) {
          return softmax_cross_entropy_with_logits({.labels = Tensor::from<double>({{0.2, 0.3, 0.5}, {0.7, 0.1, 0.2}}), .logits = x[0]});
        }}},
      {"SparseCrossEntropy",
       {{{2, 3}},
        [](Xs x) {
          return sparse_softmax_cross_entropy_with_logits({.labels = Tensor::from<int32_t>({2, 0}), .logits = x[0]});
        },
        DType::kFloat64,
        false}},
      {"SigmoidCrossEntropy", {{{4}, {4}}, [](Xs x) { return sigmoid_cross_entropy_with_logits({.labels = x[1], .logits = x[0]}); }}},
      {"WeightedCrossEntropy",
       {{{4}, {4}}, [](Xs x) { return weighted_cross_entropy_with_logits({.labels = x[1], .logits = x[0], .pos_weight = 3.0}); }}},
      {"L2Loss", {{{5}}, [](Xs x) { return l2_loss(x[0]); }}},
      {"L2Normalize", {{{2, 3}}, [](Xs x) { return l2_normalize(x[0], {1}); }}},
      {"BiasAdd", {{{2, 3}, {3}}, [](Xs x) { return square(bias_add(x[0], x[1])); }}},
      {"BiasAddNchw", {{{2, 3, 2}, {3}}, [](Xs x) { return square(bias_add(x[0], x[1], {.data_format = "NCHW"})); }}},
      {"Conv2D",
       {{{2, 4, 3, 2}, {2, 3, 2, 2}},
        [](Xs x) {
          return conv2d(x[0], x[1], {2, 1}, "SAME");
        }}},
      {"Conv2DDilated",
       {{{1, 5, 5, 1}, {2, 2, 1, 2}},
        [](Xs x) {
          return conv2d(x[0], x[1], {1}, "VALID", {.dilations = {2, 3}});
        }}},
      {"Conv2DExplicit",
       {{{1, 3, 3, 1}, {2, 2, 1, 1}},
        [](Xs x) {
          return conv2d(x[0], x[1], {1}, {{0, 0}, {1, 0}, {0, 2}, {0, 0}});
        }}},
      {"Conv2DPointwise", {{{2, 2, 3, 2}, {1, 1, 2, 3}}, [](Xs x) { return conv2d(x[0], x[1], {1}, "VALID"); }}},
      {"Conv2DTranspose",
       {{{1, 2, 2, 2}, {3, 3, 1, 2}},
        [](Xs x) {
          return conv2d_transpose(x[0], x[1], {1, 4, 4, 1}, {2});
        }}},
      {"DepthwiseConv2D", {{{1, 4, 3, 2}, {2, 2, 2, 2}}, [](Xs x) { return depthwise_conv2d(x[0], x[1], {1}, "SAME"); }}},
      {"MaxPool", {{{1, 4, 4, 2}}, [](Xs x) { return square(max_pool(x[0], {2}, {2}, "SAME")); }}},
      {"AvgPool", {{{1, 4, 3, 2}}, [](Xs x) { return square(avg_pool(x[0], {2}, {1}, "SAME")); }}},
      {"Dilation2D", {{{1, 3, 3, 2}, {2, 2, 2}}, [](Xs x) { return dilation2d(x[0], x[1], {1}, {1}, "SAME"); }, DType::kFloat64, false}},
      {"TopK", {{{2, 5}}, [](Xs x) { return square(top_k(x[0], 2).values); }, DType::kFloat64, false}},
      {"NthElement", {{{2, 5}}, [](Xs x) { return nth_element(x[0], 1); }, DType::kFloat64, false}},
      {"Moments",
       {{{3, 2}},
        [](Xs x) {
          const Moments m = moments(x[0], {0});
          return m.mean * m.variance;
        },
        DType::kFloat64,
        false}},
      {"BatchNormalization",
       {{{3, 2}, {2}, {2}},
        [](Xs x) { return batch_normalization(x[0], x[1], 2.0 + square(x[2]), std::nullopt, Operand(x[1]), 1e-3); },
        DType::kFloat64,
        false}},
      {"LRN", {{{1, 1, 2, 4}}, [](Xs x) { return lrn(x[0], {.depth_radius = 1, .bias = 2.0f}); }, DType::kFloat32, false}},
      {"FusedBatchNorm", {{{2, 2, 2, 2}, {2}, {2}}, [](Xs x) { return fused_batch_norm(x[0], x[1], x[2]).y; }, DType::kFloat32}},
      {"FusedBatchNormInference",
       {{{2, 2, 1, 2}, {2}, {2}},
        [](Xs x) {
          return fused_batch_norm(x[0], x[1], x[2],
                                  {.mean = Tensor::from<float>({0.1f, -0.2f}), .variance = Tensor::from<float>({1.5f, 0.7f}), .is_training = false})
              .y;
        },
        DType::kFloat32}},
  };
  return all;
}

class NnNumeric : public testing::TestWithParam<std::string> {};

TEST_P(NnNumeric, GradientsAreSlopes) { check(GetParam(), examples().at(GetParam())); }

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, example] : examples()) all.push_back(name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, NnNumeric, testing::ValuesIn(names()), [](const auto& param) { return param.param; });

}  // namespace
}  // namespace weft
