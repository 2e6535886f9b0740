#include "weft/build/variable_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

std::string first_error(Graph& graph) { return std::string(message(graph.status())); }

TEST(VariableScope, NamesVariablesAndNodes) {
  Graph graph;
  auto outer = variable_scope(graph, "outer");
  auto inner = variable_scope(graph, "inner");
  Variable w = get_variable(graph, "w", {.shape = Shape{2, 3}});
  EXPECT_EQ(w.name(), "outer/inner/w");
  EXPECT_EQ(current_variable_scope(graph), "outer/inner");
  EXPECT_EQ(graph.current_name_scope(), "outer/inner");
  EXPECT_NE(graph.find_node("outer/inner/w/Initializer/random_uniform"), nullptr);  // glorot by default
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(VariableScope, ASecondVariableOfANameIsAnError) {
  Graph graph;
  get_variable(graph, "w", {.shape = Shape{2}});
  EXPECT_FALSE(get_variable(graph, "w", {.shape = Shape{2}}));
  EXPECT_THAT(first_error(graph),
              HasSubstr("Variable w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?"));
  EXPECT_THAT(first_error(graph), HasSubstr("variable_scope_test.cc:"));
}

TEST(VariableScope, Reuse) {
  Graph graph;
  Variable first, second;
  {
    auto scope = variable_scope(graph, "s");
    first = get_variable(graph, "w", {.shape = Shape{1}});
  }
  {
    auto scope = variable_scope(graph, "s", {.reuse = Reuse::kReuse});
    second = get_variable(graph, "w", {.shape = Shape{1}});
    EXPECT_EQ(first, second);
    EXPECT_EQ(graph.current_name_scope(), "s_1");  // nodes get a scope of their own
    EXPECT_FALSE(get_variable(graph, "v", {.shape = Shape{1}}));
    EXPECT_THAT(first_error(graph), HasSubstr("Variable s/v does not exist, or was not created with tf.get_variable()."));
    graph.take_errors();
    EXPECT_FALSE(get_variable(graph, "w", {.shape = Shape{2}}));
    EXPECT_THAT(first_error(graph), HasSubstr("Trying to share variable s/w, but specified shape [2] and found shape [1]."));
    graph.take_errors();
  }
  auto scope = variable_scope(graph, "s", {.reuse = Reuse::kAuto});
  EXPECT_EQ(get_variable(graph, "w", {.shape = Shape{1}}), first);
  EXPECT_TRUE(get_variable(graph, "v", {.shape = Shape{1}}));
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(VariableScope, DefaultNamesAreUnique) {
  Graph graph;
  {
    auto a = default_variable_scope(graph, "dense");
    EXPECT_EQ(current_variable_scope(graph), "dense");
  }
  {
    auto b = default_variable_scope(graph, "dense");
    EXPECT_EQ(current_variable_scope(graph), "dense_1");
  }
}

TEST(VariableScope, InheritsInitializerAndRegularizer) {
  Graph graph;
  auto scope = variable_scope(graph, "s", {.initializer = constant_initializer(2.0), .regularizer = l2_regularizer(0.5)});
  Variable w = get_variable(graph, "w", {.shape = Shape{3}});
  const auto losses = graph.collection<Output>(collections::kRegularizationLosses);
  ASSERT_EQ(losses.size(), 1u);
  Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const auto r = session.run({.fetches = {w, losses[0]}});
  ASSERT_TRUE(r.ok()) << r.status();
  EXPECT_TRUE(equal((*r)[0], Tensor::from<float>({2, 2, 2})));
  EXPECT_FLOAT_EQ((*r)[1].scalar<float>(), 3.0f);  // 0.5 * 12 / 2
}

TEST(Initializers, GlorotStaysInItsRange) {
  Graph graph;
  Variable w = get_variable(graph, "w", {.shape = Shape{100, 50}, .initializer = glorot_uniform_initializer(7)});
  Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  const auto r = session.run({.fetches = {w}});
  ASSERT_TRUE(r.ok()) << r.status();
  const float limit = std::sqrt(6.0f / 150);
  float largest = 0;
  for (const float x : (*r)[0].flat<float>()) largest = std::max(largest, std::abs(x));
  EXPECT_LE(largest, limit);
  EXPECT_GT(largest, 0.98f * limit);
}

}  // namespace
}  // namespace weft
