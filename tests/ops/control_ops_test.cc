#include "weft/ops/control_ops.h"

#include <gmock/gmock.h>

#include "tests/ops/op_testing.h"

namespace weft {
namespace {

using ::testing::ElementsAre;

TEST(Group, OneNodeAfterAll) {
  Graph graph;
  const Operation a = no_op(graph);
  const Operation b = no_op(graph);
  EXPECT_TRUE(group({a, b}));
  EXPECT_TRUE(group(graph, {}, "none"));
  EXPECT_THAT(nodes_of(graph), ElementsAre("NoOp = NoOp()", "NoOp_1 = NoOp()", "group_deps = NoOp(^NoOp, ^NoOp_1)", "none = NoOp()"));
}

TEST(Group, ANodeForEachDevice) {
  Graph graph;
  Operation a, b;
  {
    const Scope device = graph.device("/cpu:0");
    a = no_op(graph);
  }
  {
    const Scope device = graph.device("/cpu:1");
    b = no_op(graph);
  }
  const Operation all = group({b, a});
  EXPECT_THAT(nodes_of(graph), ElementsAre("NoOp = NoOp()", "NoOp_1 = NoOp()", "group_deps/NoOp = NoOp(^NoOp)", "group_deps/NoOp_1 = NoOp(^NoOp_1)",
                                           "group_deps = NoOp(^group_deps/NoOp, ^group_deps/NoOp_1)"));
  EXPECT_EQ(all.node()->device(), "");
}

TEST(Group, RefusesEmptyOperations) {
  Graph graph;
  EXPECT_TRUE(group({no_op(graph), Operation()}).failed());
  EXPECT_FALSE(graph.status().ok());
}

TEST(Tuple, GatesEachOutputByAll) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "x"});
  const Output y = placeholder(graph, DType::kFloat32, {.shape = {3}, .name = "y"});
  const std::vector<Output> gated = tuple({x, Output(), y, x});
  ASSERT_EQ(gated.size(), 4u);
  EXPECT_FALSE(gated[1]);
  EXPECT_FALSE(gated[1].failed());
  EXPECT_EQ(gated[2].shape(), (PartialShape{3}));
  EXPECT_THAT(nodes_of(graph),
              ElementsAre("x = Placeholder()", "y = Placeholder()", "tuple/group_deps = NoOp(^x, ^y)",
                          "tuple/control_dependency = Identity(x, ^tuple/group_deps)", "tuple/control_dependency_1 = Identity(y, ^tuple/group_deps)",
                          "tuple/control_dependency_2 = Identity(x, ^tuple/group_deps)"));
  EXPECT_THAT(gated[0].node()->attr<std::vector<std::string>>("_class"), ElementsAre("loc:@x"));
}

}  // namespace
}  // namespace weft
