// The article's programs: the same graph as TensorFlow 1.15.5, node by node, and the same numbers, digit by digit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "json.h"
#include "pbtxt_graph.h"
#include "weft/gradients/tape.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/adadelta.h"
#include "weft/train/adagrad.h"
#include "weft/train/adagrad_da.h"
#include "weft/train/adam.h"
#include "weft/train/ftrl.h"
#include "weft/train/gradient_descent.h"
#include "weft/train/momentum.h"
#include "weft/train/proximal_adagrad.h"
#include "weft/train/proximal_gradient_descent.h"
#include "weft/train/rms_prop.h"

namespace weft {
namespace {

using testing::Json;
using testing::JsonReader;

const std::string kArticle = std::string(WEFT_TEST_DATA) + "/article/";

const Json& results() {
  static const Json json = JsonReader::read_file(kArticle + "results_resource.json");
  return json;
}

std::string digits(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string digits(const Tensor& tensor) {
  return tensor.holds<int64_t>() ? digits(static_cast<double>(tensor.scalar<int64_t>())) : digits(tensor.scalar<float>());
}

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(const Variable& global_step)>;

struct Program {
  std::string name;  // in results_resource.json
  float start;
  MakeOptimizer optimizer;
  bool global_step = false;
  bool multiply = false;      // x * x, else x ** 2
  bool tf_gradients = false;  // gradients(), else a tape
};

template <typename T, typename Options> MakeOptimizer make(Options options) {
  return [options](const Variable&) { return std::make_unique<T>(options); };
}

std::vector<Program> programs() {
  const MakeOptimizer descent = make<GradientDescentOptimizer>(GradientDescentOptions{.learning_rate = 0.1f});
  const MakeOptimizer adam = make<AdamOptimizer>(AdamOptions{.learning_rate = 0.1f});
  return {
      {.name = "ex1_listing_verbatim_gd_x0_0", .start = 0, .optimizer = descent},
      {.name = "ex1_gd_x0_5", .start = 5, .optimizer = descent},
      {.name = "ex1_gd_x0_5_global_step", .start = 5, .optimizer = descent, .global_step = true},
      {.name = "ex1_gd_x0_5_mul", .start = 5, .optimizer = descent, .multiply = true},
      {.name = "ex1_gd_x0_5_tf_gradients", .start = 5, .optimizer = descent, .tf_gradients = true},
      {.name = "ex1_adam_x0_0", .start = 0, .optimizer = adam},
      {.name = "ex1_adam_x0_5", .start = 5, .optimizer = adam},
      {.name = "ex1_adam_x0_5_global_step", .start = 5, .optimizer = adam, .global_step = true},
      {.name = "momentum_x0_5", .start = 5, .optimizer = make<MomentumOptimizer>(MomentumOptions{.learning_rate = 0.1f, .momentum = 0.9f})},
      {.name = "rmsprop_x0_5", .start = 5, .optimizer = make<RMSPropOptimizer>(RMSPropOptions{.learning_rate = 0.1f})},
      {.name = "adagrad_x0_5", .start = 5, .optimizer = make<AdagradOptimizer>(AdagradOptions{.learning_rate = 0.1f})},
      {.name = "adadelta_x0_5", .start = 5, .optimizer = make<AdadeltaOptimizer>(AdadeltaOptions{.learning_rate = 0.1f})},
      {.name = "ftrl_x0_5", .start = 5, .optimizer = make<FtrlOptimizer>(FtrlOptions{.learning_rate = 0.1f})},
      {.name = "adagrad_da_x0_5",
       .start = 5,
       .optimizer =
           [](const Variable& step) { return std::make_unique<AdagradDAOptimizer>(AdagradDAOptions{.learning_rate = 0.1f, .global_step = step}); },
       .global_step = true},
      {.name = "proximal_gd_x0_5",
       .start = 5,
       .optimizer = make<ProximalGradientDescentOptimizer>(
           ProximalGradientDescentOptions{.learning_rate = 0.1f, .l1_regularization_strength = 0.01f, .l2_regularization_strength = 0.02f})},
      {.name = "proximal_adagrad_x0_5",
       .start = 5,
       .optimizer = make<ProximalAdagradOptimizer>(ProximalAdagradOptions{.learning_rate = 0.1f, .l1_regularization_strength = 0.01f})},
  };
}

struct Built {
  Variable x;
  Output loss;
  std::vector<Gradient> gradients;
  Operation train_op;
  Operation init;
};

Built build(Graph& graph, const Program& program) {
  Built built;
  built.x = variable(graph, program.start, {.name = "x"});
  const Variable& x = built.x;
  Variable step;
  if (program.global_step) step = get_or_create_global_step(graph);
  GradientTape tape(graph);
  built.loss = program.multiply ? x * x : pow(x, 2);
  built.gradients = program.tf_gradients ? gradients(built.loss, {x}) : tape.gradient(built.loss, {x});
  const auto optimizer = program.optimizer(step);
  built.train_op = optimizer->apply_gradients(zip(built.gradients, {x}), {.global_step = step});
  built.init = global_variables_initializer(graph);
  return built;
}

class Article : public ::testing::TestWithParam<Program> {};

TEST_P(Article, BuildsTensorFlowsGraph) {
  const Program& program = GetParam();
  const Json& expected = results()[program.name];
  Graph graph;
  const Built built = build(graph, program);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(built.loss.name(), expected["loss_name"].text);
  EXPECT_EQ(built.gradients[0].dense().name(), expected["grad_name"].text);
  EXPECT_EQ(built.train_op.name(), expected["train_op_name"].text);
  EXPECT_EQ(built.train_op.type(), expected["train_op_type"].text);
  if (expected["graph"].text.empty()) return;
  const auto file = testing::read_pbtxt(kArticle + expected["graph"].text);
  ASSERT_FALSE(file.empty()) << expected["graph"].text;
  EXPECT_EQ(testing::differences(file, testing::graph_text(graph)), "");
}

TEST_P(Article, ComputesTensorFlowsNumbers) {
  const Program& program = GetParam();
  const Json& expected = results()[program.name];
  Graph graph;
  const Built built = build(graph, program);
  Session session(graph);
  ASSERT_TRUE(session.run(built.init).ok()) << session.run(built.init).status();
  const auto check_variables = [&](const Json& values) {
    for (const auto& [name, value] : values.members) {
      const auto read = session.run(graph.variable_of(graph.find_node(name)->output()).snapshot());
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(digits((*read)[0]), value.text) << name;
    }
  };
  check_variables(expected["after_init"]);
  ASSERT_EQ(expected["steps"].items.size(), 10u);
  for (const Json& step : expected["steps"].items) {
    SCOPED_TRACE("step " + step["step"].text);
    const auto before = session.run(built.loss);
    ASSERT_TRUE(before.ok()) << before.status();
    EXPECT_EQ(digits((*before)[0]), step["loss_before"].text);
    const auto with_update = session.run({.fetches = {built.loss}, .targets = {built.train_op}});
    ASSERT_TRUE(with_update.ok()) << with_update.status();
    EXPECT_EQ(digits((*with_update)[0]), step["loss_fetched_with_train_op"].text);
    check_variables(step["vars_after"]);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Article, ::testing::ValuesIn(programs()), [](const auto& info) { return info.param.name; });

// Listing 3: the update written by hand.
TEST(ArticleListing3, UpdateByHand) {
  const Json& expected = results()["listing3_manual_update_that_works"];
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  const Output loss = pow(x, 2);
  const Output gradient = gradients(loss, x)[0].dense();
  const Operation update = x.assign_sub(gradient * 0.1f);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(testing::differences(testing::read_pbtxt(kArticle + expected["graph"].text), testing::graph_text(graph)), "");
  const Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  ASSERT_EQ(expected["steps"].items.size(), 10u);
  for (const Json& step : expected["steps"].items) {
    const auto before = session.run(loss);
    ASSERT_TRUE(before.ok()) << before.status();
    EXPECT_EQ(digits((*before)[0]), step["loss_before"].text);
    ASSERT_TRUE(session.run(update).ok());
    EXPECT_EQ(digits((*session.run(x.snapshot()))[0]), step["x_after"].text);
  }
}

}  // namespace
}  // namespace weft
