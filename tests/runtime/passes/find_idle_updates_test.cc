// Updates of the collection "update_ops" that a training step forgets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/runtime/draft.h"
#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

class IdleUpdates : public ::testing::Test {
 protected:
  std::vector<std::string> idle(std::vector<Operation> targets) {
    const PlanRequest request{&graph, {x}, {}, std::move(targets)};
    Draft draft = *prune(request);
    find_idle_updates(request, draft);
    std::vector<std::string> names;
    for (const Diagnostic& d : draft.diagnostics) names.push_back(d.places[0].node);
    return names;
  }
  using Names = std::vector<std::string>;

  Graph graph;
  Output x = placeholder(graph, {}, "x");
  Output hidden = mix(graph, x, x, "hidden");
  Operation train = update(graph, variable(graph, "w"), hidden, "train");
};

TEST_F(IdleUpdates, ThatTakeWhatTheStepComputes) {
  const Operation average = update(graph, variable(graph, "average"), mix(graph, hidden, hidden), "average_update");
  graph.add_to_collection(collections::kUpdateOps, average);
  EXPECT_EQ(idle({train}), Names{"average_update"});
  EXPECT_EQ(idle({train, average}), Names{});
}

TEST_F(IdleUpdates, NotThoseOfAnotherPartOfTheModel) {
  const Output other = mix(graph, constant(graph, Tensor::scalar_of(1.0f)), constant(graph, Tensor::scalar_of(1.0f)), "other");
  graph.add_to_collection(collections::kUpdateOps, update(graph, variable(graph, "v"), other, "unrelated"));
  graph.add_to_collection(collections::kUpdateOps, update(graph, variable(graph, "u"), x, "of_the_feed"));
  EXPECT_EQ(idle({train}), Names{});
}

TEST_F(IdleUpdates, OnlyInStepsThatWrite) {
  graph.add_to_collection(collections::kUpdateOps, update(graph, variable(graph, "average"), hidden, "average_update"));
  EXPECT_EQ(idle({hidden.op()}), Names{});
}

TEST_F(IdleUpdates, ItemsOfOtherKindsArePassedOver) {
  graph.add_to_collection(collections::kUpdateOps, std::string("text"));
  graph.add_to_collection(collections::kUpdateOps, Operation());
  graph.add_to_collection(collections::kUpdateOps, mix(graph, hidden, hidden, "a_value"));
  EXPECT_EQ(idle({train}), Names{"a_value"});
}

}  // namespace
}  // namespace weft::test
