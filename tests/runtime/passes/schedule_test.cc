// An order in which nodes can run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "src/runtime/draft.h"
#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

using ::testing::HasSubstr;

TEST(Schedule, PutsEveryNodeAfterWhatItNeeds) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    Graph graph;
    const Output one = constant(graph, Tensor::scalar_of(1.0f), "one");
    std::vector<Node*> nodes;
    for (int i = 0; i < 40; ++i) nodes.push_back(add(graph, mix_op(), {one, one}, str_cat("n", i)));
    // Edges that follow a random order rather than that of building.
    std::vector<size_t> rank(nodes.size());
    for (size_t i = 0; i < rank.size(); ++i) rank[i] = i;
    std::shuffle(rank.begin(), rank.end(), random);
    std::vector<Operation> targets;
    for (size_t i = 0; i < nodes.size(); ++i) {
      targets.emplace_back(nodes[i]);
      for (int k = 0; k < 2; ++k) {
        const size_t from = random() % nodes.size();
        if (rank[from] >= rank[i]) continue;
        if (random() % 2 == 0) ASSERT_TRUE(graph.update_input(nodes[i], k, nodes[from]->output()).ok());
        else ASSERT_TRUE(graph.add_control_input(nodes[i], Operation(nodes[from])).ok());
      }
    }
    Draft draft = *prune({&graph, {}, {nodes[0]->output()}, targets});
    ASSERT_TRUE(schedule(draft).ok());
    EXPECT_EQ(draft.nodes.size(), 41u);
    for (size_t i = 0; i < draft.nodes.size(); ++i) {
      const Node& node = *draft.nodes[i].source;
      const auto inputs = draft.inputs_of(draft.nodes[i]);
      for (size_t k = 0; k < inputs.size(); ++k) {
        ASSERT_LT(static_cast<size_t>(inputs[k].node), i);
        EXPECT_EQ(draft.nodes[static_cast<size_t>(inputs[k].node)].source, node.input(static_cast<int>(k)).node()) << "renumbered wrongly";
      }
      for (const int32_t control : draft.controls_of(draft.nodes[i])) ASSERT_LT(static_cast<size_t>(control), i);
    }
    EXPECT_EQ(draft.nodes[static_cast<size_t>(draft.fetches[0].node)].source, nodes[0]);
  }
}

TEST(Schedule, ACycleThroughControlEdgesIsNamed) {
  Graph graph;
  Node* a = add(graph, noop_op(), {}, "a");
  Node* b = add(graph, noop_op(), {}, "b", {Operation(a)});
  const Node* beside = add(graph, noop_op(), {}, "beside");
  ASSERT_TRUE(graph.add_control_input(a, Operation(b)).ok());
  Draft draft = *prune({&graph, {}, {}, {Operation(b), Operation(const_cast<Node*>(beside))}});
  const absl::Status status = schedule(draft);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(message(status)), HasSubstr("'a'"));
  EXPECT_THAT(std::string(message(status)), ::testing::Not(HasSubstr("'beside'")));
}

TEST(Schedule, ANodeThatNeedsItself) {
  Graph graph;
  const Output one = constant(graph, Tensor::scalar_of(1.0f), "one");
  Node* loop = add(graph, mix_op(), {one, one}, "loop");
  ASSERT_TRUE(graph.update_input(loop, 0, loop->output()).ok());
  Draft draft = *prune({&graph, {}, {loop->output()}, {}});
  EXPECT_THAT(std::string(message(schedule(draft))), HasSubstr("'loop'"));
}

}  // namespace
}  // namespace weft::test
