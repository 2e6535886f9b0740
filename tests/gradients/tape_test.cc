// Tapes: what they follow and what they forget. The numbers are those TensorFlow 1.15.5 gave for the same programs with x = 2, v = 3,
// w = 4, u = 5.
#include "weft/gradients/tape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

class Tape : public ::testing::Test {
 protected:
  // The gradients as numbers; "none", or "error" with the text of the graph's first error.
  std::vector<std::string> values(const std::vector<Gradient>& gradients) {
    if (!graph.status().ok()) return {std::string(message(graph.status()))};
    const Session session(graph);
    EXPECT_TRUE(session.run(global_variables_initializer(graph)).ok());
    std::vector<std::string> texts;
    for (const Gradient& g : gradients) {
      if (g.is_none()) {
        texts.push_back(g.reason().empty() ? "none without a reason" : "none");
        continue;
      }
      const auto got = session.run({.feeds = {{x, 2.0f}, {i, 3}}, .fetches = {g.dense()}});
      texts.push_back(got.ok() ? (*got)[0].to_string() : std::string(got.status().ToString()));
    }
    return texts;
  }
  using Texts = std::vector<std::string>;

  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {}, .name = "x"});
  Output i = placeholder(graph, DType::kInt32, {.shape = {}, .name = "i"});
};

TEST_F(Tape, FollowsWhatIsBuiltFromWatchedTensors) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  const Output z = y * x;
  EXPECT_EQ(values(tape.gradient({y, z}, {x, y})), (Texts{"16.0", "3.0"}));
}

TEST_F(Tape, FollowsNothingElse) {
  const Output before = x * x;
  GradientTape unwatched(graph);
  EXPECT_EQ(values(unwatched.gradient(x * x, x)), Texts{"none"});
  GradientTape late(graph);
  const Output z = x * x;
  late.watch(x);
  EXPECT_EQ(values(late.gradient(x * z, x)), Texts{"4.0"}) << "z was built before x was watched";
  GradientTape after(graph);
  after.watch(x);
  EXPECT_EQ(values(after.gradient(before * x, x)), Texts{"4.0"}) << "and `before` before the tape was made";
}

TEST_F(Tape, OfASourceByItself) {
  GradientTape tape(graph);
  tape.watch(x);
  EXPECT_EQ(values(tape.gradient(x, x)), Texts{"1.0"});
}

TEST_F(Tape, IntegersCarryNothing) {
  GradientTape target(graph);
  target.watch(x);
  const auto by_integer = target.gradient(cast(x * x, DType::kInt32), x);
  EXPECT_EQ(values(by_integer), Texts{"none"});
  EXPECT_EQ(by_integer[0].absent(), AbsentGradient::kIntegerDType);
  GradientTape source(graph);
  source.watch(i);
  EXPECT_EQ(values(source.gradient(cast(i, DType::kFloat32) * 2.0f, i)), Texts{"none"});
}

TEST_F(Tape, StopGradientIsAWall) {
  GradientTape tape(graph);
  tape.watch(x);
  const auto g = tape.gradient(stop_gradient(x * x) * x, x);
  EXPECT_EQ(values(g), Texts{"4.0"});
}

TEST_F(Tape, ResetForgetsEverything) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  tape.reset();
  tape.watch(x);
  EXPECT_EQ(values(tape.gradient(y * x, x)), Texts{"4.0"});
  tape.reset();
  tape.watch(x);
  EXPECT_EQ(values(tape.gradient(x * x, x)), Texts{"4.0"}) << "also that it was used";
}

TEST_F(Tape, NodesOfAPauseAreConstants) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  Output z;
  {
    const Scope pause = tape.stop_recording();
    z = y * y;
  }
  EXPECT_EQ(values(tape.gradient(z * x + y, x)), Texts{"20.0"});
}

TEST_F(Tape, APauseInAPauseIsAnError) {
  GradientTape tape(graph);
  const Scope pause = tape.stop_recording();
  const Scope again = tape.stop_recording();
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("tape_test.cc:"));
}

TEST_F(Tape, NestedTapesGiveSecondDerivatives) {
  GradientTape outer(graph);
  outer.watch(x);
  GradientTape inner(graph);
  inner.watch(x);
  const Output first = inner.gradient(x * x * x, x)[0].dense();
  EXPECT_EQ(values({first, outer.gradient(first, x)[0]}), (Texts{"12.0", "12.0"}));
}

TEST_F(Tape, APersistentTapeIsUsedSeveralTimes) {
  GradientTape tape(graph, {.persistent = true});
  tape.watch(x);
  const Output y = x * x * x;
  const Output first = tape.gradient(y, x)[0].dense();
  EXPECT_EQ(values({first, tape.gradient(first, x)[0], tape.gradient(y, x)[0]}), (Texts{"12.0", "12.0", "12.0"}));
}

TEST_F(Tape, AnotherTapeIsUsedOnce) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  tape.gradient(y, x);
  const auto g = tape.gradient(y, x);
  EXPECT_EQ(g[0].absent(), AbsentGradient::kFailed);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("GradientTape.gradient can only be called once on non-persistent tapes."));
}

TEST_F(Tape, ZerosAndGivenGradients) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  const Output five = constant(graph, 5.0f);
  const auto g = tape.gradient(y, {x, i}, {.output_gradients = {five}, .unconnected_gradients = UnconnectedGradients::kZero});
  EXPECT_EQ(values(g), (Texts{"20.0", "0"}));
}

TEST_F(Tape, AsManyOutputGradientsAsTargets) {
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * x;
  EXPECT_EQ(tape.gradient({y, y}, x, {.output_gradients = {y}})[0].absent(), AbsentGradient::kFailed);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("Passed 1 output_gradients for 2 targets"));
}

class TapeOfVariables : public Tape {
 protected:
  Variable v = variable(graph, 3.0f, {.name = "v"});
  Variable w = variable(graph, 4.0f, {.name = "w"});
  Variable u = variable(graph, 5.0f, {.name = "u", .trainable = false});
  static Texts names(const std::vector<Variable>& variables) {
    Texts texts;
    for (const Variable& each : variables) texts.emplace_back(each.name());
    return texts;
  }
};

TEST_F(TapeOfVariables, ReadsOfTrainableOnesAreWatched) {
  GradientTape tape(graph);
  const Output y = w * v * u;
  EXPECT_EQ(names(tape.watched_variables()), (Texts{"v", "w"})) << "in the order in which they were made";
  EXPECT_EQ(values(tape.gradient(y, {v, w, u})), (Texts{"20.0", "15.0", "none"}));
}

TEST_F(TapeOfVariables, UnlessToldNotTo) {
  GradientTape tape(graph, {.watch_accessed_variables = false});
  tape.watch(v);
  const Output y = w * v;
  EXPECT_EQ(names(tape.watched_variables()), Texts{"v"});
  EXPECT_EQ(values(tape.gradient(y, {v, w})), (Texts{"4.0", "none"}));
}

TEST_F(TapeOfVariables, AVariableAsTarget) {
  GradientTape tape(graph);
  (void)(v * v);
  EXPECT_EQ(values(tape.gradient(v, v)), Texts{"1.0"});
}

TEST_F(Tape, OpsWithoutGradientAreNamed) {
  GradientTape tape(graph);
  tape.watch(x);
  tape.gradient(truncatemod(x, x, "rest"), x);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("'rest' (op type: TruncateMod)"));
}

TEST_F(Tape, BuildsOnlyWhatSomebodyNeeds) {
  const Output wall = placeholder(graph, DType::kFloat32, {.shape = {}, .name = "wall"});
  GradientTape tape(graph);
  tape.watch(x);
  const Output y = x * wall;
  const int before = graph.num_nodes();
  tape.gradient(y, x);
  std::string added;
  for (int id = before; id < graph.num_nodes(); ++id) str_append(added, graph.node(id)->op().name, " ");
  EXPECT_EQ(added, "Const Mul ") << "no gradient of `wall`";
}

}  // namespace
}  // namespace weft
