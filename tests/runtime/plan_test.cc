// Plans: what is kept, in which order, which slots, and what they say about it.
#include "weft/runtime/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/test_ops.h"
#include "weft/runtime/program.h"

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PlanTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<const Plan>> compile(std::vector<Output> feeds, std::vector<Output> fetches, std::vector<Operation> targets = {},
                                                      int threads = 1) {
    return Plan::compile({&graph, std::move(feeds), std::move(fetches), std::move(targets)}, {&resources, EngineKind::kAuto, threads});
  }
  static std::vector<std::string> names(const Plan& plan) {
    std::vector<std::string> list;
    for (int i = 0; i < plan.num_nodes(); ++i) list.push_back(plan.source(i).name());
    return list;
  }

  Graph graph;
  ResourceManager resources;
};

TEST_F(PlanTest, KeepsWhatIsNeededInTheOrderOfTheGraph) {
  const Output a = constant(graph, Tensor::scalar_of(1.0f), "a");
  const Output b = mix(graph, a, a, "b");
  mix(graph, b, b, "unused");
  const Output c = mix(graph, b, a, "c");
  const Operation d(add(graph, noop_op(), {}, "d", {c.op()}));
  EXPECT_EQ(names(**compile({}, {c})), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(names(**compile({}, {}, {d})), (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(names(**compile({b}, {c})), (std::vector<std::string>{"a", "c"})) << "a feed cuts what makes it";
  EXPECT_EQ(names(**compile({b}, {b})), std::vector<std::string>{});
}

TEST_F(PlanTest, ReleasesAtTheLastUse) {
  const Output x = placeholder(graph, {}, "x");
  const Output b = mix(graph, x, x, "b");
  const Output c = mix(graph, b, b, "c");
  const Output d = mix(graph, c, b, "d");
  EXPECT_EQ((*compile({x}, {d}))->to_string(),
            "0 TestMix 'b' (0 0) -> 1\n"
            "1 TestMix 'c' (1 1) -> 2\n"
            "2 TestMix 'd' (2! 1!) -> 3 releases 1 2\n");
}

TEST_F(PlanTest, OrdersAccessesOfAVariable) {
  const Output v = variable(graph, "v");
  const Output one = constant(graph, Tensor::scalar_of(1.0f), "one");
  const Output before = read(graph, v, "before");
  const Operation step = update(graph, v, one, "step");
  const Output after = read(graph, v, "after");
  const auto plan = compile({}, {before, after}, {step}, 2);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ((*plan)->diagnostics().size(), 2u);
  const Diagnostic& first = (*plan)->diagnostics()[0];
  EXPECT_EQ(first.kind, Diagnostic::Kind::kUnorderedAccess);
  EXPECT_EQ(first.places[0].node, "before");
  EXPECT_EQ(first.places[1].node, "step");
  EXPECT_TRUE(first.places[0].location.known());
  EXPECT_THAT(first.message, AllOf(HasSubstr("variable 'v'"), HasSubstr("read 'before'"), HasSubstr("write 'step'"), HasSubstr("plan_test.cc:")));
  EXPECT_EQ((*plan)->parallel().pending[4], 2) << "'after' waits for its handle and for 'step'";
  // A path orders: nothing to add, nothing to say.
  const Operation uses(add(graph, update_op(), {v, before}, "uses"));
  EXPECT_TRUE((*compile({}, {before}, {uses}))->diagnostics().empty());
  EXPECT_TRUE((*compile({}, {before, after}))->diagnostics().empty()) << "two reads need no order";
}

TEST_F(PlanTest, ManyVariablesAreOrderedQuickly) {
  Output y = constant(graph, Tensor::scalar_of(1.0f));
  std::vector<Output> handles;
  std::vector<Operation> updates;
  for (int i = 0; i < 3000; ++i) {
    handles.push_back(variable(graph, "v"));
    y = mix(graph, y, read(graph, handles.back()));
  }
  for (const Output& handle : handles) updates.push_back(update(graph, handle, y));
  const auto plan = compile({}, {}, updates, 2);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE((*plan)->diagnostics().empty());
}

TEST_F(PlanTest, NamesACycle) {
  const Output a = constant(graph, Tensor::scalar_of(1.0f), "a");
  Node* b = add(graph, mix_op(), {a, a}, "b");
  Node* c = add(graph, mix_op(), {b->output(), a}, "c");
  ASSERT_TRUE(graph.update_input(b, 1, c->output()).ok());
  const absl::Status status = compile({}, {c->output()}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(message(status)), AllOf(HasSubstr("cycle"), HasSubstr("'b'"), HasSubstr("'c'")));
}

TEST_F(PlanTest, SortsGraphsWhoseEdgesGoBack) {
  const Output a = constant(graph, Tensor::scalar_of(1.0f), "a");
  Node* early = add(graph, mix_op(), {a, a}, "early");
  const Output late = mix(graph, a, a, "late");
  ASSERT_TRUE(graph.update_input(early, 1, late).ok());
  EXPECT_EQ(names(**compile({}, {early->output()})), (std::vector<std::string>{"a", "late", "early"}));
}

TEST_F(PlanTest, RefusesLoops) {
  static const OpDef& enter = *new OpDef([] {
    OpDef o = same_op();
    o.name = "TestEnter";
    o.control = ControlRole::kEnter;
    return o;
  }());
  const Node* node = add(graph, enter, {constant(graph, Tensor::scalar_of(1.0f))}, "enter");
  const absl::Status status = compile({}, {node->output()}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(message(status)), HasSubstr("'enter'"));
}

TEST_F(PlanTest, NotesUpdatesThatNeverRun) {
  const Output x = placeholder(graph, {}, "x");
  const Output hidden = mix(graph, x, x, "hidden");
  const Output v = variable(graph, "average");
  const Operation average = update(graph, v, hidden, "average_update");
  const Operation train = update(graph, variable(graph, "w"), hidden, "train");
  graph.add_to_collection(collections::kUpdateOps, average);
  const auto plan = compile({x}, {}, {train});
  ASSERT_EQ((*plan)->diagnostics().size(), 1u);
  EXPECT_EQ((*plan)->diagnostics()[0].kind, Diagnostic::Kind::kNeverRuns);
  EXPECT_EQ((*plan)->diagnostics()[0].places[0].node, "average_update");
  EXPECT_TRUE((*compile({x}, {hidden}))->diagnostics().empty()) << "a step that writes nothing need not";
  EXPECT_TRUE((*compile({x}, {}, {train, average}))->diagnostics().empty());
}

TEST_F(PlanTest, AChainOfAMillion) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  constexpr int kNodes = 50000;
#else
  constexpr int kNodes = 1000000;
#endif
  const Output x = placeholder(graph, {}, "x");
  Output y = x;
  for (int i = 0; i < kNodes; ++i) y = add(graph, mix_op(), {y, y}, "y")->output();
  ProgramEnvironment environment;
  environment.resources = &resources;
  for (const int threads : {1, 2}) {
    const auto plan = compile({x}, {y}, {}, threads);
    ASSERT_TRUE(plan.ok()) << plan.status();
    Program program(*plan, environment);
    const std::vector<Tensor> feeds = {Tensor::scalar_of(4.0f)};
    std::vector<Tensor> fetches(1);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(program.run(feeds, fetches, {}).ok());
    EXPECT_EQ(fetches[0].scalar<float>(), 4.0f);
  }
}

}  // namespace
}  // namespace weft::test
