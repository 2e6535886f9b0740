// Switch and Merge on both engines, against a plain evaluation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

Operation add(Graph& graph, std::string_view op, std::vector<Output> inputs, std::vector<Operation> controls = {}) {
  const auto node = graph.add_node({.op = OpRegistry::standard().find(op), .inputs = std::move(inputs), .control_inputs = std::move(controls)});
  EXPECT_TRUE(node.ok()) << node.status();
  return node.ok() ? Operation(*node) : Operation();
}

class Conditions : public ::testing::TestWithParam<SessionOptions> {
 protected:
  Graph graph;
  Output p = placeholder(graph, DType::kBool, {.shape = {}, .name = "p"});
  Output x = constant(graph, 3.0f, {.name = "x"});
};

TEST_P(Conditions, OneBranchRuns) {
  const Operation sw = add(graph, "Switch", {x, p});
  const Output opposite = negative(sw.output(0));
  const Output square_of = square(sw.output(1));
  const Operation merge = add(graph, "Merge", {opposite, square_of});
  const Session session(graph, GetParam());
  const Callable callable = session.make_callable({.feeds = {p}, .fetches = {merge.output(0), merge.output(1)}});
  for (int round = 0; round < 3; ++round) {
    const auto yes = callable.run({Tensor::scalar_of(true)});
    ASSERT_TRUE(yes.ok()) << yes.status();
    EXPECT_EQ((*yes)[0].scalar<float>(), 9);
    EXPECT_EQ((*yes)[1].scalar<int32_t>(), 1);
    const auto no = callable.run({Tensor::scalar_of(false)});
    ASSERT_TRUE(no.ok()) << no.status();
    EXPECT_EQ((*no)[0].scalar<float>(), -3);
    EXPECT_EQ((*no)[1].scalar<int32_t>(), 0);
  }
}

TEST_P(Conditions, AFetchOnTheOtherBranchIsAnError) {
  const Operation sw = add(graph, "Switch", {x, p});
  const Output doubled = add_v2(sw.output(0), sw.output(0));
  const Session session(graph, GetParam());
  const auto results = session.run({.feeds = {{p, Tensor::scalar_of(true)}}, .fetches = {doubled}});
  EXPECT_EQ(results.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(results.status().ToString(), HasSubstr("Retval[0] does not have value"));
  EXPECT_TRUE(session.run({.feeds = {{p, Tensor::scalar_of(false)}}, .fetches = {doubled}}).ok());
}

// Control edges skip too; a ControlTrigger runs all the same.
TEST_P(Conditions, ControlEdgesSkip) {
  const Operation sw = add(graph, "Switch", {x, p});
  const Output on_true = square(sw.output(1));
  const Operation after = add(graph, "Identity", {x}, {on_true.op()});
  const Operation trigger = add(graph, "ControlTrigger", {}, {on_true.op()});
  const Operation anyway = add(graph, "Identity", {x}, {trigger});
  const Session session(graph, GetParam());
  const Tensor no = Tensor::scalar_of(false);
  EXPECT_FALSE(session.run({.feeds = {{p, no}}, .fetches = {after.output(0)}}).ok());
  EXPECT_TRUE(session.run({.feeds = {{p, no}}, .fetches = {anyway.output(0)}}).ok());
  EXPECT_TRUE(session.run({.feeds = {{p, no}}, .targets = {after}}).ok()) << "a target that is skipped is no error";
}

TEST_P(Conditions, ThePredicateMustBeAScalar) {
  const Output q = placeholder(graph, DType::kBool, {.name = "q"});
  const Operation sw = add(graph, "Switch", {x, q});
  const Session session(graph, GetParam());
  const auto results = session.run({.feeds = {{q, Tensor::from<bool>({true, false})}}, .fetches = {sw.output(0)}});
  EXPECT_THAT(results.status().ToString(), HasSubstr("must be a scalar, but it has shape [2]"));
}

// A value as the plain evaluation has it: none where it was skipped.
struct Value {
  Output output;
  std::optional<float> value;
};
struct Made {
  Operation operation;
  bool skipped = false;
};

// A random graph, evaluated while it is built.
class RandomGraph {
 public:
  RandomGraph(Graph& graph, unsigned seed) : graph_(graph), random_(seed) {
    for (int i = 0; i < 3; ++i) {
      const bool truth = random_() % 2 == 0;
      predicates_.push_back({constant(graph, Tensor::scalar_of(truth)), truth ? 1.0f : 0.0f});
      values_.push_back({constant(graph, static_cast<float>(i + 1)), static_cast<float>(i + 1)});
    }
    for (int i = 0; i < 40; ++i) add_node();
  }

  const std::vector<Value>& values() const { return values_; }

 private:
  const Value& any() { return values_[random_() % values_.size()]; }

  void add_node() {
    std::vector<Operation> controls;
    bool control_skipped = false;
    if (!made_.empty() && random_() % 4 == 0) {
      const Made& m = made_[random_() % made_.size()];
      controls.push_back(m.operation);
      control_skipped = m.skipped;
    }
    switch (random_() % 4) {
      case 0: {
        const Value data = any();
        const Value& predicate = predicates_[random_() % predicates_.size()];
        const Operation op = add(graph_, "Switch", {data.output, predicate.output}, controls);
        const bool skipped = control_skipped || !data.value;
        made_.push_back({op, skipped});
        values_.push_back({op.output(0), skipped || *predicate.value == 1 ? std::nullopt : data.value});
        values_.push_back({op.output(1), skipped || *predicate.value == 0 ? std::nullopt : data.value});
        break;
      }
      case 1: {
        const Value a = any();
        const Value b = any();
        const Operation op = add(graph_, "Merge", {a.output, b.output}, controls);
        made_.push_back({op, !a.value && !b.value});
        values_.push_back({op.output(0), a.value ? a.value : b.value});
        break;
      }
      default: {
        const Value a = any();
        const Value b = any();
        const Operation op = add(graph_, "AddV2", {a.output, b.output}, controls);
        const bool skipped = control_skipped || !a.value || !b.value;
        made_.push_back({op, skipped});
        values_.push_back({op.output(0), skipped ? std::nullopt : std::optional<float>(*a.value + *b.value)});
      }
    }
  }

  Graph& graph_;
  std::mt19937 random_;
  std::vector<Value> predicates_;
  std::vector<Value> values_;
  std::vector<Made> made_;
};

TEST_P(Conditions, AgreesWithPlainEvaluationOnRandomGraphs) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    Graph random_graph;
    const RandomGraph random(random_graph, seed);
    ASSERT_TRUE(random_graph.status().ok()) << random_graph.status();
    std::vector<Fetch> fetches;
    std::vector<float> expected;
    for (const Value& v : random.values()) {
      if (!v.value) continue;
      fetches.emplace_back(v.output);
      expected.push_back(*v.value);
    }
    const Session session(random_graph, GetParam());
    const auto results = session.run(fetches);
    ASSERT_TRUE(results.ok()) << seed << " " << results.status();
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ((*results)[i].scalar<float>(), expected[i]) << seed;
    for (const Value& v : random.values()) {
      if (v.value) continue;
      EXPECT_FALSE(session.run(v.output).ok()) << seed << " " << v.output.name();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Conditions,
                         ::testing::Values(SessionOptions{.threads = 1, .engine = EngineKind::kSerial},
                                           SessionOptions{.threads = 1, .engine = EngineKind::kPool},
                                           SessionOptions{.threads = 4, .engine = EngineKind::kPool}),
                         [](const auto& info) { return str_cat(info.param.engine == EngineKind::kSerial ? "Serial" : "Pool", info.param.threads); });

}  // namespace
}  // namespace weft
