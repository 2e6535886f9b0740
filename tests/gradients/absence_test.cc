// Why there is no gradient: each reason, and what it names.
#include "src/gradients/absence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/gradients/tape.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

class Absence : public ::testing::Test {
 protected:
  Gradient of(const Output& y, const Output& x, std::vector<Output> stops = {}) {
    const auto g = gradients(y, x, {.stop_gradients = std::move(stops)});
    EXPECT_TRUE(graph.status().ok()) << graph.status();
    return g[0];
  }
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {3}, .name = "x"});
};

TEST_F(Absence, NoPath) {
  const Output other = placeholder(graph, DType::kFloat32, {.shape = {3}, .name = "other"});
  const Gradient g = of(tanh(other), x);
  EXPECT_EQ(g.absent(), AbsentGradient::kNoPath);
  EXPECT_THAT(g.reason(), HasSubstr("no path leads from 'x' (tests/gradients/absence_test.cc:"));
  EXPECT_THAT(g.reason(), HasSubstr("'Tanh:0'"));
}

TEST_F(Absence, AControlEdgeIsNoPath) {
  Output y;
  {
    const Scope after = graph.control_dependencies({x.op()});
    y = ones(graph, {3});
  }
  EXPECT_EQ(of(y, x).absent(), AbsentGradient::kNoPath);
}

TEST_F(Absence, AnotherOutputOfTheSameNode) {
  const std::vector<Output> parts = unstack(x);
  const Gradient g = of(tanh(parts[0]), parts[1]);
  EXPECT_EQ(g.absent(), AbsentGradient::kNoPath);
  EXPECT_THAT(g.reason(), HasSubstr("Unpack 'unstack'"));
}

TEST_F(Absence, TheNearestWallToYIsNamed) {
  const Output near = stop_gradient(tanh(stop_gradient(x, "far")), "near");
  const Gradient g = of(near * 2.0f, x);
  EXPECT_EQ(g.absent(), AbsentGradient::kNotDifferentiable);
  EXPECT_THAT(g.reason(), HasSubstr("StopGradient 'near'"));
}

TEST_F(Absence, OneOpenPathIsEnough) {
  EXPECT_FALSE(of(stop_gradient(x) * tanh(x), x).is_none());
  const Output both = argmax(x);
  EXPECT_FALSE(of(cast(both, DType::kFloat32) * reduce_sum(x), x).is_none());
}

TEST_F(Absence, AnInputThatTheOpDoesNotDifferentiate) {
  const Output groups = cast(x, DType::kInt32);
  const Output picked = where(greater(x, 0.0f), ones(graph, {3}), zeros(graph, {3}));
  const Gradient through_condition = of(picked, x);
  EXPECT_TRUE(through_condition.is_none());
  EXPECT_THAT(through_condition.reason(), HasSubstr("Greater"));
  const Gradient by_groups = of(ones(graph, {3}) * cast(groups, DType::kFloat32), x);
  EXPECT_EQ(by_groups.absent(), AbsentGradient::kIntegerDType);
  EXPECT_THAT(by_groups.reason(), HasSubstr("is int32"));
}

TEST_F(Absence, AnIntegerItself) {
  const Output i = placeholder(graph, DType::kInt64, {.shape = {3}, .name = "i"});
  const Gradient g = of(cast(i, DType::kFloat32), i);
  EXPECT_EQ(g.absent(), AbsentGradient::kIntegerDType);
  EXPECT_THAT(g.reason(), HasSubstr("'i:0' (int64 [3]"));
}

TEST_F(Absence, WhereTheCallerStops) {
  const Output a = tanh(x, "a");
  const Gradient g = of(exp(a), x, {a});
  EXPECT_EQ(g.absent(), AbsentGradient::kNotDifferentiable);
  EXPECT_THAT(g.reason(), HasSubstr("gradients stop at Tanh 'a'"));
}

TEST_F(Absence, WhatATapeDidNotRecord) {
  const Output before = tanh(x, "before");
  GradientTape tape(graph);
  tape.watch(x);
  const Gradient g = tape.gradient(exp(before), x)[0];
  EXPECT_TRUE(g.is_none());
  EXPECT_THAT(g.reason(), HasSubstr("the tape did not record it"));
}

}  // namespace
}  // namespace weft
