// Collections, variables by handle, seeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

using test::source;
using ::testing::ElementsAre;

TEST(Collections, KeepItemsOfAllKindsInOrder) {
  Graph graph;
  const Output a = source(graph, {}, "a");
  graph.add_to_collection("c", a);
  graph.add_to_collection("c", std::string("proto"));
  graph.add_to_collection("c", a.op());
  graph.add_to_collection("c", a);
  graph.add_to_collection("d", int64_t{3});
  EXPECT_EQ(graph.get_collection("c").size(), 4u);
  EXPECT_THAT(graph.collection<Output>("c"), ElementsAre(a, a)) << "twice is twice";
  EXPECT_THAT(graph.collection<std::string>("c"), ElementsAre("proto"));
  EXPECT_TRUE(graph.get_collection("nothing").empty());
  EXPECT_THAT(graph.collection_names(), ElementsAre("c", "d"));
}

TEST(Collections, FindAVariableByItsHandle) {
  Graph graph;
  const Output handle = source(graph, {}, "v");
  auto state = std::make_shared<VariableState>();
  state->handle = handle;
  const Variable v(state);
  EXPECT_FALSE(graph.variable_of(handle));
  graph.register_variable(v);
  graph.register_variable(Variable());
  EXPECT_EQ(graph.variable_of(handle), v);
  EXPECT_FALSE(graph.variable_of(source(graph)));
  EXPECT_FALSE(graph.variable_of(Output()));
}

// tf.random_seed.get_seed in graphs of no and one node.
TEST(Seeds, AsTensorFlows) {
  using Seeds = std::pair<int64_t, int64_t>;
  constexpr int64_t kMax = 2147483647;
  Graph graph;
  EXPECT_EQ(graph.seeds_for({}), Seeds(0, 0));
  EXPECT_EQ(graph.seeds_for(-1), Seeds(87654321, kMax - 1));
  EXPECT_EQ(graph.seeds_for(0), Seeds(87654321, 0));
  graph.set_seed(-5);
  EXPECT_EQ(graph.seeds_for({}), Seeds(kMax - 5, 0));
  EXPECT_EQ(graph.seeds_for((int64_t{1} << 31) + 5), Seeds(kMax - 5, 6));
  source(graph);
  EXPECT_EQ(graph.seeds_for({}), Seeds(kMax - 5, 1)) << "the number of nodes so far";
  graph.set_seed(0);
  EXPECT_EQ(graph.seeds_for(0), Seeds(0, kMax));
  EXPECT_EQ(graph.seeds_for(kMax), Seeds(0, kMax)) << "0 after the remainder";
  graph.set_seed({});
  EXPECT_EQ(graph.seeds_for({}), Seeds(0, 0));
}

TEST(Finalize, RefusesNodesAndNamesBothLines) {
  Graph graph;
  const Output a = source(graph);
  const uint32_t line = __LINE__ + 1;
  graph.finalize();
  graph.finalize();
  EXPECT_TRUE(graph.finalized());
  EXPECT_FALSE(test::add(graph, test::join_op(), {a, a}).ok());
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(message(graph.status())), ::testing::StartsWith("Graph is finalized and cannot be modified"));
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr(str_cat("graph_collections_test.cc:", line)));
  EXPECT_EQ(graph.num_nodes(), 1);
}

}  // namespace
}  // namespace weft
