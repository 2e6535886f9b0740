#include "weft/build/variable_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/constant.h"
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

TEST(VariableScope, NewInsideAutoInheritsAuto) {
  Graph graph;
  const auto outer = variable_scope(graph, "m", {.reuse = Reuse::kAuto});
  const auto inner = variable_scope(graph, "n", {.reuse = Reuse::kNew});
  const Variable w = get_variable(graph, "w", {.shape = {}});
  EXPECT_EQ(get_variable(graph, "w", {.shape = {}}), w);
  EXPECT_EQ(w.shape(), PartialShape::scalar()) << "an empty list is a scalar's shape";
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

// TensorFlow counts default names anew whenever the scope around them is left.
TEST(VariableScope, DefaultNamesCountAnewInAScopeThatWasLeft) {
  Graph graph;
  std::vector<std::string> names;
  for (const char* around : {"m0", "m1", "m0"}) {
    const auto outer = variable_scope(graph, around);
    for (int i = 0; i < 2; ++i) {
      const auto scope = default_variable_scope(graph, "d");
      names.push_back(current_variable_scope(graph) + " " + std::string(graph.current_name_scope()));
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"m0/d m0/d", "m0/d_1 m0/d_1", "m1/d m1/d", "m1/d_1 m1/d_1", "m0/d m0_1/d", "m0/d_1 m0_1/d_1"}));
}

TEST(VariableScope, AnInitialValueInPlaceOfAShape) {
  Graph graph;
  const Output value = constant(graph, {1.0, 2.0});
  const Variable w = get_variable(graph, "w", {.initial_value = value});
  EXPECT_EQ(w.initial_value(), value);
  EXPECT_EQ(w.dtype(), DType::kFloat64);
  EXPECT_FALSE(get_variable(graph, "v", {.shape = {2}, .initial_value = value}));
  EXPECT_THAT(first_error(graph), HasSubstr("If initializer is a constant, do not specify shape."));
}

TEST(VariableScope, AShapeMustBeKnown) {
  Graph graph;
  EXPECT_FALSE(get_variable(graph, "w"));
  EXPECT_THAT(first_error(graph), HasSubstr("Shape of a new variable (w) must be fully defined, but instead was <unknown>"));
  graph.take_errors();
  EXPECT_FALSE(get_variable(graph, "w", {.shape = {-1, 2}}));
  EXPECT_THAT(first_error(graph), HasSubstr("must be fully defined, but instead was [?,2]"));
}

}  // namespace
}  // namespace weft
