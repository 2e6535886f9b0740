// The article's last table, rows about tapes: what weft answers to each mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/gradients/tape.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

// Row: tape_gradient_twice
TEST(TapeMisuse, GradientTwice) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph);
  const Output loss = x * x;
  tape.gradient(loss, x);
  const auto again = tape.gradient(loss, x);
  EXPECT_EQ(again[0].absent(), AbsentGradient::kFailed);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("GradientTape.gradient can only be called once on non-persistent tapes."));
}

// Row: tape_gradient_of_none_watched
TEST(TapeMisuse, NothingWatched) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph, {.watch_accessed_variables = false});
  const Output loss = x * x;
  const auto g = tape.gradient(loss, x);
  EXPECT_TRUE(g[0].is_none());
  EXPECT_THAT(g[0].reason(), HasSubstr("the tape did not record it"));
  EXPECT_TRUE(tape.watched_variables().empty());
}

// Row: tape_gradient_int_target
TEST(TapeMisuse, IntegerTarget) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph);
  const Output whole = cast(x * x, DType::kInt32);
  EXPECT_TRUE(tape.gradient(whole, x)[0].is_none());
}

// Row: tape_persistent_twice
TEST(TapeMisuse, PersistentTapesMayBeAskedTwice) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph, {.persistent = true});
  const Output loss = x * x;
  EXPECT_EQ(tape.gradient(loss, x)[0].dense().name(), "AddN:0");
  EXPECT_EQ(tape.gradient(loss, x)[0].dense().name(), "AddN_1:0");
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

// Row: tape_stopped_source_list
TEST(TapeMisuse, WhatIsBuiltWhileStoppedIsNotRecorded) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  const Variable y = variable(graph, 3.0f, {.name = "y"});
  GradientTape tape(graph);
  const Output a = x * x;
  Output b;
  {
    const Scope stopped = tape.stop_recording();
    b = y * y;
  }
  const auto g = tape.gradient(a + b, {x, y});
  EXPECT_EQ(g[0].dense().name(), "AddN:0");
  EXPECT_TRUE(g[1].is_none());
  ASSERT_EQ(tape.watched_variables().size(), 1u);
  EXPECT_EQ(tape.watched_variables()[0].name(), "x");
}

// Row: watch_ref_tensor_value
TEST(TapeMisuse, AReadOfAVariableMayBeWatched) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph);
  const Output value = x.value();
  tape.watch(value);
  const Output loss = value * value;
  EXPECT_EQ(tape.gradient(loss, value)[0].dense().name(), "AddN:0");
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(TapeMisuse, ResetForgets) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  GradientTape tape(graph);
  const Output a = x * x;
  tape.reset();
  const Output b = a + x;
  EXPECT_EQ(tape.gradient(b, x)[0].dense().op().type(), "Const") << "only the sum was recorded: its derivative by x is 1";
}

}  // namespace
}  // namespace weft
