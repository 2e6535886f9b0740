// The walk from ys to xs, step by step: its order, what it keeps, what it refuses.
#include "src/gradients/reverse_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Walk : public ::testing::Test {
 protected:
  // Ops whose gradients were asked for, in order, when d(ys)/d(xs) is built.
  std::vector<std::string> order(const std::vector<Output>& ys, const std::vector<Output>& xs, std::vector<Output> stops = {}) {
    called.clear();
    gradients(ys, xs, {.stop_gradients = std::move(stops)});
    return called;
  }
  // y = f(inputs…), whose gradient notes that it was called and passes dy on to every input.
  Output node(const std::string& name, const Output& a) {
    const Scope map = overriding();
    return tanh(a, name);
  }
  Output node(const std::string& name, const Output& a, const Output& b) {
    const Scope map = overriding();
    return maximum(a, b, name);
  }
  Scope overriding() {
    graph.register_gradient("Noting", [this](GradientContext& g) {
      called.emplace_back(g.node().name());
      return Gradients(static_cast<size_t>(g.num_inputs()), g.dy());
    });
    return graph.gradient_override_map({{"Tanh", "Noting"}, {"Maximum", "Noting"}});
  }

  Graph graph;
  std::vector<std::string> called;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "x"});
};

TEST_F(Walk, ANodeWaitsForAllItsConsumers) {
  const Output a = node("a", x);
  const Output far = node("far", node("middle", a));
  const Output y = node("y", a, far);
  EXPECT_THAT(order({y}, {x}), ElementsAre("y", "far", "middle", "a"));
}

TEST_F(Walk, AYAboveAnotherWaitsForIt) {
  const Output a = node("a", x);
  const Output b = node("b", a);
  EXPECT_THAT(order({a, b}, {x}), ElementsAre("b", "a"));
  EXPECT_THAT(order({b, a}, {x}), ElementsAre("b", "a"));
}

TEST_F(Walk, EndsAtTheUppermostXs) {
  const Output a = node("a", x);
  const Output b = node("b", a);
  const Output c = node("c", b);
  EXPECT_THAT(order({c}, {b}), ElementsAre("c"));
  EXPECT_THAT(order({c}, {b, x}), ElementsAre("c", "b", "a")) << "b is passed on the way to x";
  EXPECT_THAT(order({c}, {b, x}, {a}), ElementsAre("c", "b"));
}

TEST_F(Walk, ASingleGradientFunctionIsCalledOnceForManyUses) {
  const Output a = node("a", x);
  const Output y = node("y", node("b", a, a), a);
  EXPECT_THAT(order({y, y}, {x, a, x}), ElementsAre("y", "b", "a"));
}

TEST_F(Walk, TheNumberOfGradientsMustFit) {
  graph.register_gradient("Short", [](GradientContext& g) { return Gradients{g.dy()}; });
  Output y;
  {
    const Scope map = graph.gradient_override_map({{"Maximum", "Short"}});
    y = maximum(x, x, "y");
  }
  EXPECT_EQ(gradients(y, x)[0].absent(), AbsentGradient::kFailed);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("Num gradients 1 generated for op 'y'"));
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("do not match num inputs 2"));
}

TEST_F(Walk, AnOverrideThatWasNeverRegistered) {
  Output y;
  {
    const Scope map = graph.gradient_override_map({{"Tanh", "Nobody"}});
    y = tanh(x, "y");
  }
  EXPECT_EQ(gradients(y, x)[0].absent(), AbsentGradient::kFailed);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("names 'Nobody', which register_gradient never got"));
}

TEST_F(Walk, AnErrorInsideAGradientFunctionEndsIt) {
  graph.register_gradient("Fails", [](GradientContext& g) { return g.fail(invalid_argument("no good")); });
  Output y;
  {
    const Scope map = graph.gradient_override_map({{"Tanh", "Fails"}});
    y = tanh(x, "y");
  }
  const auto g = gradients(node("z", y), x);
  EXPECT_EQ(g[0].absent(), AbsentGradient::kFailed);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("gradient of 'y' (op: Tanh"));
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("no good"));
}

TEST_F(Walk, ChainsOfSecondDerivativesStayExact) {
  // d2/dx2 of x^6 built as ((x^2) x) ((x^2) x): many paths that share nodes.
  const Output square = x * x;
  const Output cube = square * x;
  const Output y = cube * cube;
  const Output first = gradients(y, x)[0].dense();
  const Output second = gradients(first, x)[0].dense();
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  const Session session(graph, {.threads = 1});
  const auto got = session.run({.feeds = {{x, Tensor::from<float>({2.0f, -1.0f})}}, .fetches = {y, first, second}});
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)[0].to_string(), "[64.  1.]");
  EXPECT_EQ((*got)[1].to_string(), "[192.  -6.]");
  EXPECT_EQ((*got)[2].to_string(), "[480.  30.]");
}

}  // namespace
}  // namespace weft
