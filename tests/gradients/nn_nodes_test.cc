// The calls of tf.nn, and their gradients, make the nodes that TensorFlow 1.15.5's Python makes (nn_nodes_golden.inc).
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/ops/op_testing.h"
#include "weft/gradients/gradients.h"
#include "weft/ops/nn_ops.h"

namespace weft {
namespace {

const std::map<std::string, std::vector<std::string>>& golden() {
  static const auto& all = *[] {
    auto* lines = new std::map<std::string, std::vector<std::string>>;
    const std::vector<std::pair<const char*, const char*>> pairs = {
#include "nn_nodes_golden.inc"
    };
    for (const auto& [program, line] : pairs) (*lines)[program].push_back(line);
    return lines;
  }();
  return all;
}

Output p(Graph& g, std::string name, PartialShape shape, DType dtype = DType::kFloat32) {
  PlaceholderOptions options;
  options.shape = DeclaredShape(shape);
  options.name = std::move(name);
  return placeholder(g, dtype, options);
}

Output second(const Output& y, const Output& x) {
  const std::vector<Gradient> first = gradients(y, x);
  (void)gradients(first[0].dense(), x);
  return first[0].dense();
}

using Program = std::function<void(Graph&)>;
const std::map<std::string, Program>& programs() {
  static const auto& all = *new std::map<std::string, Program>{
      {"xent",
       [](Graph& g) {
         const Output x = p(g, "logits", {-1, 3}), z = p(g, "labels", {-1, 3});
         (void)gradients(softmax_cross_entropy_with_logits({.labels = z, .logits = x}), x);
       }},
      {"xent_v2",
       [](Graph& g) {
         const Output x = p(g, "logits", {4, 3}), z = p(g, "labels", {4, 3});
         (void)gradients(softmax_cross_entropy_with_logits_v2({.labels = z, .logits = x, .name = "loss"}), {x, z});
       }},
      {"sparse",
       [](Graph& g) {
         const Output x = p(g, "logits", {-1, 3}), z = p(g, "labels", {-1}, DType::kInt32);
         (void)gradients(sparse_softmax_cross_entropy_with_logits({.labels = z, .logits = x}), x);
       }},
      {"sparse_3",
       [](Graph& g) {
         const Output z = p(g, "labels", {2, 4}, DType::kInt64), x = p(g, "logits", {2, 4, 3});
         sparse_softmax_cross_entropy_with_logits({.labels = z, .logits = x, .name = "s"});
       }},
      {"sigmoid",
       [](Graph& g) {
         const Output x = p(g, "logits", {-1, 3}), z = p(g, "labels", {-1, 3});
         sigmoid_cross_entropy_with_logits({.labels = z, .logits = x});
       }},
      {"weighted",
       [](Graph& g) {
         const Output x = p(g, "logits", {-1, 3}), z = p(g, "labels", {-1, 3});
         weighted_cross_entropy_with_logits({.labels = z, .logits = x, .pos_weight = 2.0f});
       }},
      {"softmax",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 3});
         (void)gradients(softmax(x), x);
       }},
      {"softmax_axis",
       [](Graph& g) {
         softmax(p(g, "x", {2, 3, 4}), {.axis = 1});
       }},
      {"log_softmax",
       [](Graph& g) {
         const Output x = p(g, "x", {2, 3});
         (void)gradients(log_softmax(x), x);
       }},
      {"dropout",
       [](Graph& g) {
         g.set_seed(1);
         dropout(p(g, "x", {-1, 3}), 0.25f, {.seed = 3});
       }},
      {"moments",
       [](Graph& g) {
         moments(p(g, "x", {-1, 3}), {0});
       }},
      {"batch_normalization",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 3}), m = p(g, "m", {3}), v = p(g, "v", {3}), o = p(g, "o", {3}), s = p(g, "s", {3});
         batch_normalization(x, m, v, Operand(o), Operand(s), 1e-3f);
       }},
      {"fused_batch_norm",
       [](Graph& g) {
         const Output x = p(g, "x", {2, 3, 3, 2}), s = p(g, "s", {2}), o = p(g, "o", {2});
         (void)gradients(fused_batch_norm(x, s, o).y, {x, s, o});
       }},
      {"l2_normalize",
       [](Graph& g) {
         l2_normalize(p(g, "x", {-1, 3}), {1});
       }},
      {"xw_plus_b",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 3}), w = p(g, "w", {3, 2}), b = p(g, "b", {2});
         xw_plus_b(x, w, b, "logits");
       }},
      {"bias",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 3}), b = p(g, "b", {3});
         (void)gradients(bias_add(x, b), {x, b});
       }},
      {"conv",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 5, 5, 2}), k = p(g, "k", {3, 3, 2, 4});
         (void)gradients(conv2d(x, k, {1, 1, 1, 1}, "SAME"), {x, k});
       }},
      {"conv_transpose",
       [](Graph& g) {
         const Output x = p(g, "x", {2, 2, 2, 2}), k = p(g, "k", {3, 3, 3, 2});
         (void)gradients(conv2d_transpose(x, k, {2, 4, 4, 3}, {1, 2, 2, 1}), {x, k});
       }},
      {"max_pool",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 4, 4, 1});
         (void)gradients(max_pool(x, {2}, {2}, "VALID", {.name = "pool"}), x);
       }},
      {"avg_pool",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 4, 4, 1});
         (void)gradients(avg_pool(x, {2}, {2}, "SAME"), x);
       }},
      {"lrn",
       [](Graph& g) {
         const Output x = p(g, "x", {1, 2, 2, 4});
         (void)gradients(lrn(x), x);
       }},
      {"depthwise",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 4, 4, 2}), k = p(g, "k", {2, 2, 2, 1});
         (void)gradients(depthwise_conv2d(x, k, {1, 1, 1, 1}, "SAME"), {x, k});
       }},
      {"top_k",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 4});
         (void)gradients(top_k(x, 2).values, x);
       }},
      {"in_top_k",
       [](Graph& g) {
         const Output x = p(g, "x", {-1, 4}), t = p(g, "t", {-1}, DType::kInt32);
         in_top_k(x, t, 2);
       }},
      {"softplus",
       [](Graph& g) {
         const Output x = p(g, "x", {3});
         second(softplus(x), x);
       }},
      {"elu",
       [](Graph& g) {
         const Output x = p(g, "x", {3});
         second(elu(x), x);
       }},
      {"relu",
       [](Graph& g) {
         const Output x = p(g, "x", {3});
         second(relu(x), x);
       }},
      {"leaky_relu",
       [](Graph& g) {
         const Output x = p(g, "x", {-1});
         (void)gradients(leaky_relu(x, {.alpha = 0.3f}), x);
       }},
      {"crelu",
       [](Graph& g) {
         crelu(p(g, "x", {-1, 3}));
       }},
      {"l2_loss",
       [](Graph& g) {
         const Output x = p(g, "x", {3});
         (void)gradients(l2_loss(x), x);
       }},
  };
  return all;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) str_append(text, line, "\n");
  return text;
}

class NnNodes : public testing::TestWithParam<std::string> {};

TEST_P(NnNodes, AreTensorFlows) {
  Graph graph;
  programs().at(GetParam())(graph);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(joined(nodes_of(graph)), joined(golden().at(GetParam())));
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, program] : programs()) all.push_back(name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, NnNodes, testing::ValuesIn(names()), [](const auto& param) { return param.param; });

}  // namespace
}  // namespace weft
