// What a request needs of its graph.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/runtime/draft.h"
#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Prune : public ::testing::Test {
 protected:
  std::string kept(std::vector<Output> feeds, std::vector<Output> fetches, std::vector<Operation> targets = {}) {
    const auto draft = prune({&graph, std::move(feeds), std::move(fetches), std::move(targets)});
    if (!draft.ok()) return std::string(message(draft.status()));
    std::string text;
    for (const DraftNode& node : draft->nodes) str_append(text, text.empty() ? "" : " ", node.source->name());
    return text;
  }
  Graph graph;
};

TEST_F(Prune, AFeedOfOneOutputLeavesTheOther) {
  static const OpDef& two = *new OpDef(plain_op("TestTwo", {{"x", DType::kFloat32}}, {{"a", DType::kFloat32}, {"b", DType::kFloat32}},
                                                kernel([](KernelContext&) { return absl::OkStatus(); })));
  const Output x = constant(graph, Tensor::scalar_of(1.0f), "x");
  const Node* both = add(graph, two, {x}, "both");
  const Output a = mix(graph, both->output(0), both->output(0), "a");
  const Output b = mix(graph, both->output(1), a, "b");
  EXPECT_EQ(kept({both->output(0)}, {a}), "a");
  EXPECT_EQ(kept({both->output(0)}, {b}), "x both a b") << "its other output is still needed";
  EXPECT_EQ(kept({both->output(0), both->output(1)}, {b}), "a b");
}

TEST_F(Prune, ControlInputsAreNeeded) {
  const Operation first(add(graph, noop_op(), {}, "first"));
  const Operation second(add(graph, noop_op(), {}, "second", {first}));
  EXPECT_EQ(kept({}, {}, {second}), "first second");
}

TEST_F(Prune, AControlEdgeFromAFedPlaceholderHolds) {
  const Output p = placeholder(graph, {}, "p");
  const Operation after(add(graph, noop_op(), {}, "after", {p.op()}));
  EXPECT_EQ(kept({p}, {}, {after}), "after");
  EXPECT_THAT(kept({}, {}, {after}), HasSubstr("placeholder tensor 'p'"));
}

TEST_F(Prune, AControlEdgeFromAnotherFedNodeStillRunsIt) {  // as in TensorFlow: only placeholders are replaced
  const Output c = constant(graph, Tensor::scalar_of(1.0f), "c");
  const Operation after(add(graph, noop_op(), {}, "after", {c.op()}));
  EXPECT_EQ(kept({c}, {}, {after}), "c after");
}

TEST_F(Prune, AllMissingPlaceholdersWithAPathEach) {
  const Output p = placeholder(graph, {2, -1}, "p");
  const Output q = placeholder(graph, {}, "q", DType::kInt32);
  const Output unused = placeholder(graph, {}, "unused");
  const Output y = mix(graph, mix(graph, p, p, "h"), p, "y");
  const Operation target(add(graph, noop_op(), {}, "target", {q.op()}));
  mix(graph, unused, unused);
  EXPECT_THAT(kept({}, {y}, {target}),
              AllOf(HasSubstr("placeholder tensor 'p' with dtype float and shape [2,?]"), HasSubstr("fetch 'y:0': y <- p"),
                    HasSubstr("placeholder tensor 'q' with dtype int32"), HasSubstr("target 'target': target <- q"), Not(HasSubstr("unused"))));
}

TEST_F(Prune, LongPathsAndManyPlaceholdersAreCutShort) {
  Output y = placeholder(graph, {}, "deep");
  for (int i = 0; i < 100; ++i) y = mix(graph, y, y, str_cat("n", i));
  for (int i = 0; i < 50; ++i) y = mix(graph, y, placeholder(graph, {}, str_cat("p", i)), "y");
  const std::string text = kept({}, {y});
  EXPECT_THAT(text, AllOf(HasSubstr("… and 31 more placeholders"), HasSubstr("… <- "), HasSubstr("n0 <- deep")));
  EXPECT_LT(text.size(), 10000u);
}

TEST_F(Prune, ADeepGraphNeedsNoStack) {
  const Output x = placeholder(graph, {}, "x");
  Output y = x;
  for (int i = 0; i < 200000; ++i) y = mix(graph, y, y, "y");
  const auto draft = prune({&graph, {x}, {y}, {}});
  ASSERT_TRUE(draft.ok());
  EXPECT_EQ(draft->nodes.size(), 200000u);
}

}  // namespace
}  // namespace weft::test
