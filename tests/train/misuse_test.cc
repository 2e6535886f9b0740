// The article's last table: what weft answers to each mistake in the use of optimizers. Mistakes that do not compile here stand in
// tests/must_not_compile, the others in misuse_tape_test.cc, misuse_graph_test.cc and misuse_session_test.cc. A line "Row:" names the
// row of the table that the test below it answers; tests/repository/misuse_rows_test.py sees to it that each row has one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/adagrad.h"
#include "weft/train/gradient_descent.h"

namespace weft {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

#define HERE(line_offset) str_cat("tests/train/misuse_test.cc:", __LINE__ + (line_offset))

class Misuse : public ::testing::Test {
 protected:
  std::string error() { return std::string(message(graph.status())); }
  absl::StatusCode code() { return graph.status().code(); }

  Graph graph{{.name = "model"}};
  Variable x = variable(graph, 5.0f, {.name = "x"});
  std::string x_line = x.location().to_string();
  Output loss = pow(x, 2);
  GradientDescentOptimizer optimizer{{.learning_rate = 0.1f}};
};

// Row: empty_list
TEST_F(Misuse, EmptyList) {
  const Operation op = optimizer.apply_gradients({});
  EXPECT_FALSE(op);
  EXPECT_EQ(optimizer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(message(optimizer.status())), HasSubstr("No variables provided: apply_gradients of 'GradientDescent' got 0 pairs"));
  Session session(graph);
  EXPECT_FALSE(session.run(op).ok()) << "an empty Operation is refused";
}

TEST_F(Misuse, EmptyListAfterTheGraphIsKnownIsKeptByTheGraph) {
  std::vector<GradientAndVariable> pairs = optimizer.compute_gradients(loss);
  pairs.clear();
  EXPECT_TRUE(optimizer.apply_gradients(pairs).failed());
  EXPECT_THAT(error(), HasSubstr("got 0 pairs"));
}

// Row: all_none
TEST_F(Misuse, AllAbsent) {
  EXPECT_TRUE(optimizer.apply_gradients(zip({Gradient()}, {x})).failed());
  EXPECT_THAT(error(), AllOf(HasSubstr("No gradients provided for any variable"), HasSubstr("'x' (float32 []"), HasSubstr(x_line),
                             HasSubstr("no gradient was given")));
}

// Row: all_none_two
TEST_F(Misuse, AllAbsentNamesEachVariable) {
  const Variable y = variable(graph, 1.0f, {.name = "y"});
  optimizer.apply_gradients(zip({Gradient(), Gradient()}, {x, y}));
  EXPECT_THAT(error(), AllOf(HasSubstr("'x'"), HasSubstr("'y'")));
}

// Row: one_none_one_grad
TEST_F(Misuse, OneAbsentIsLeftOut) {
  const Variable y = variable(graph, 1.0f, {.name = "y"});
  const Operation op = optimizer.apply_gradients(zip({gradients(loss, x)[0], Gradient()}, {x, y}));
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  ASSERT_EQ(op.node()->control_inputs().size(), 1u);
  EXPECT_EQ(op.node()->control_inputs()[0]->name(), "GradientDescent/update_x/ResourceApplyGradientDescent");
}

// Row: grad_not_tensor
TEST_F(Misuse, GradientOfStrings) {
  optimizer.apply_gradients(zip({constant(graph, Operand("g"))}, {x}));
  EXPECT_THAT(error(), AllOf(HasSubstr("is string, its variable 'x'"), HasSubstr("is float32")));
}

// Row: grad_wrong_shape
TEST_F(Misuse, GradientOfWrongShape) {
  const std::string line = HERE(1);
  optimizer.apply_gradients(zip({constant(graph, {1.0f, 2.0f}, {.name = "g"})}, {x}));
  EXPECT_THAT(error(), AllOf(HasSubstr("the gradient 'g:0'"), HasSubstr("has shape [2]"), HasSubstr("does not fit its variable 'x'"),
                             HasSubstr(x_line), HasSubstr(line)));
}

// Row: grad_wrong_dtype
TEST_F(Misuse, GradientOfWrongDType) {
  const std::string line = HERE(1);
  optimizer.apply_gradients(zip({constant(graph, 1.0, {.name = "g"})}, {x}));
  EXPECT_THAT(error(), AllOf(HasSubstr("the gradient 'g:0'"), HasSubstr("is float64"), HasSubstr("'x' (float32"), HasSubstr("Cast the gradient"),
                             HasSubstr(line)));
}

// Row: integer_variable
TEST_F(Misuse, IntegerVariable) {
  const Variable n = variable(graph, 3, {.name = "n"});
  optimizer.minimize(n * n, {.var_list = {n}});
  EXPECT_THAT(error(), AllOf(HasSubstr("Invalid type int32 for the loss 'mul:0'"), HasSubstr("expected: half, bfloat16, float32, float64")));
}

// Row: string_variable_loss
TEST_F(Misuse, StringVariableGetsNoGradientAndSaysWhy) {
  const Variable s = variable(graph, Operand("text"), {.name = "s"});
  const auto pairs = optimizer.compute_gradients(loss, {.var_list = {s}});
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_TRUE(pairs[0].gradient.is_none());
  EXPECT_THAT(pairs[0].gradient.reason(), HasSubstr("no path leads from 's'"));
  EXPECT_TRUE(graph.status().ok());
}

// Row: no_variables
TEST_F(Misuse, NoVariables) {
  Graph bare({.name = "bare"});
  const Output c = constant(bare, 1.0f, {.name = "c"});
  EXPECT_TRUE(optimizer.minimize(c).failed());
  EXPECT_THAT(std::string(message(bare.status())), AllOf(HasSubstr("No variables to optimize"), HasSubstr("graph 'bare'"), HasSubstr("'c:0'")));
}

// Row: unrelated_loss
TEST_F(Misuse, LossWithoutPathToTheVariables) {
  const Output other = constant(graph, 1.0f, {.name = "other"});
  const std::string line = HERE(1);
  EXPECT_TRUE(optimizer.minimize(other).failed());
  EXPECT_THAT(error(), AllOf(HasSubstr("No gradients provided for any variable"), HasSubstr("the loss 'other:0'"), HasSubstr(x_line),
                             HasSubstr("no path leads from 'x'"), HasSubstr(line)));
}

TEST_F(Misuse, LossBehindARoundingNamesTheOpThatBlocks) {
  const std::string line = HERE(1);
  const Output rounded = cast(cast(loss, DType::kInt32, "whole"), DType::kFloat32, "pred");
  optimizer.minimize(rounded);
  EXPECT_THAT(error(), AllOf(HasSubstr("'whole:0'"), HasSubstr("is int32"), HasSubstr(line), HasSubstr("'x'")));
}

TEST_F(Misuse, LossBehindStopGradient) {
  const std::string line = HERE(1);
  optimizer.minimize(exp(stop_gradient(loss, "wall")));
  EXPECT_THAT(error(), AllOf(HasSubstr(str_cat("StopGradient 'wall' (", line, ") has no gradient")), HasSubstr("'x'")));
}

TEST_F(Misuse, EmptyLoss) {
  EXPECT_FALSE(optimizer.minimize(Output()));
  EXPECT_THAT(std::string(message(optimizer.status())), HasSubstr("the loss is an empty Output"));
}

// Row: var_from_other_graph
TEST_F(Misuse, VariableOfAnotherGraph) {
  Graph other({.name = "other"});
  const std::string z_line = HERE(1);
  const Variable z = variable(other, 1.0f, {.name = "z"});
  optimizer.apply_gradients({{gradients(loss, x)[0], x}, {gradients(loss, x)[0], z}});
  EXPECT_THAT(error(), AllOf(HasSubstr("'z'"), HasSubstr(z_line), HasSubstr("graph 'other'"), HasSubstr("graph 'model'")));
}

// Row: lr_string
TEST_F(Misuse, LearningRateOfStringsFailsWhenItRuns) {
  GradientDescentOptimizer wrong({.learning_rate = Operand("fast")});
  const Operation train = wrong.minimize(loss);
  Session session(graph);
  EXPECT_FALSE(session.run(train).ok());
}

// Row: lr_none
TEST_F(Misuse, LearningRateThatWasNotGiven) {
  GradientDescentOptimizer without({.learning_rate = {}});
  EXPECT_TRUE(without.minimize(loss).failed());
  EXPECT_THAT(error(), HasSubstr("the optimizer's learning_rate must be one number or a scalar tensor; it has 0 elements"));
}

// Row: global_step_float_var
TEST_F(Misuse, GlobalStepMayBeAFloat) {
  const Variable step = variable(graph, 0.0f, {.name = "step", .trainable = false});
  EXPECT_EQ(optimizer.minimize(loss, {.global_step = step}).name(), "GradientDescent");
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST_F(Misuse, GlobalStepOfAnotherGraph) {
  Graph other({.name = "other"});
  const Variable step = variable(other, 0.0f, {.name = "step"});
  EXPECT_TRUE(optimizer.minimize(loss, {.global_step = step}).failed());
  EXPECT_THAT(error(), AllOf(HasSubstr("global_step 'step'"), HasSubstr("graph 'other'")));
}

TEST_F(Misuse, NumbersOutOfRangeAreReportedWhenUsed) {
  AdagradOptimizer adagrad({.learning_rate = 0.1f, .initial_accumulator_value = 0});
  EXPECT_EQ(adagrad.status().code(), absl::StatusCode::kInvalidArgument);
  adagrad.minimize(loss);
  EXPECT_THAT(error(), HasSubstr("optimizer 'Adagrad': initial_accumulator_value must be positive: 0"));
}

TEST_F(Misuse, OptimizerWithoutName) {
  GradientDescentOptimizer nameless({.learning_rate = 0.1f, .name = ""});
  EXPECT_EQ(message(nameless.status()), "Must specify the optimizer name");
}

TEST_F(Misuse, ConstraintOnASparseVariable) {
  const Variable table = variable(graph, {{1.0f}, {2.0f}}, {.name = "table", .constraint = [](const Output& v) { return v; }});
  const IndexedSlices rows{constant(graph, {{1.0f}}), constant(graph, {0}), constant(graph, {2, 1})};
  EXPECT_TRUE(optimizer.apply_gradients({{rows, table}}).failed());
  EXPECT_THAT(error(), AllOf(HasSubstr("Cannot use a constraint function on a sparse variable"), HasSubstr("'table'")));
}

// An optimizer of one's own that forgot the sparse update.
class DenseOnly : public Optimizer {
 public:
  DenseOnly() : Optimizer("DenseOnly", false) {}

 protected:
  Operation resource_apply_dense(const Output& gradient, const Variable& variable) override { return variable.assign_sub(gradient); }
};

TEST_F(Misuse, OptimizersOfOnesOwnWork) {
  DenseOnly own;
  const Operation train = own.minimize(loss);
  const Operation init = global_variables_initializer(graph);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  ASSERT_TRUE(session.run(train).ok()) << session.run(train).status();
  EXPECT_EQ((*session.run(x))[0].scalar<float>(), -5.0f);
}

}  // namespace
}  // namespace weft
