#include "weft/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

using test::add;
using test::bundle_op;
using test::join_op;
using test::source;
using ::testing::HasSubstr;

std::string text_of(const absl::Status& status) { return std::string(message(status)); }

TEST(Graph, AddsNodesWithInferredTypesAndShapes) {
  Graph graph;
  const Output a = source(graph, {2, -1}, "a");
  const Output b = source(graph, {3}, "b");
  const auto join = add(graph, join_op(), {a, b}, "j");
  ASSERT_TRUE(join.ok()) << join.status();
  EXPECT_EQ((*join)->name(), "j");
  EXPECT_EQ((*join)->output_dtype(0), DType::kFloat32);
  EXPECT_EQ((*join)->output_shape(0).to_string(), "[2,3]");
  EXPECT_EQ((*join)->attr<DType>("T"), DType::kFloat32);
  EXPECT_EQ((*join)->attr<int64_t>("k"), 1);  // the default
  EXPECT_EQ(a.name(), "a:0");
}

TEST(Graph, InfersListAttributes) {
  Graph graph;
  const Output a = source(graph);
  const Output i = source(graph, {}, "i", DType::kInt64);
  NodeSpec spec;
  spec.op = &bundle_op();
  spec.inputs = {a, a, i};
  spec.attrs.set("N", int64_t{2});
  const auto node = graph.add_node(std::move(spec));
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ((*node)->num_outputs(), 3);
  EXPECT_EQ((*node)->output_dtype(2), DType::kInt64);
  EXPECT_EQ((*node)->attr<std::vector<DType>>("Trest"), std::vector<DType>{DType::kInt64});
}

TEST(Graph, RefusesWrongTypesInTensorFlowsWords) {
  Graph graph;
  const Output a = source(graph);
  const Output i = source(graph, {}, "i", DType::kInt64);
  EXPECT_THAT(text_of(add(graph, join_op(), {a, i}).status()),
              HasSubstr("Input 'y' of 'Join' Op has type int64 that does not match type float32 of argument 'x'."));
  const Output s = source(graph, {}, "s", DType::kString);
  EXPECT_THAT(text_of(add(graph, join_op(), {s, s}).status()),
              HasSubstr("Value passed to parameter 'x' has DataType string not in list of allowed values"));
  EXPECT_THAT(text_of(add(graph, join_op(), {a}).status()), HasSubstr("'y' that is missing"));
  EXPECT_EQ(graph.errors().size(), 3u);
  EXPECT_EQ(graph.num_nodes(), 3);  // a failed op adds no node
}

TEST(Graph, ShapeErrorsNameNodeOpAndLine) {
  Graph graph;
  const Output a = source(graph, {2, 3});
  const Output b = source(graph, {4});
  const auto join = add(graph, join_op(), {a, b}, "add");
  EXPECT_THAT(text_of(join.status()), HasSubstr("Dimensions must be equal, but are 3 and 4 for 'add' (op: 'Join') with input shapes: [2,3], [4]."));
  EXPECT_THAT(text_of(graph.status()), HasSubstr("graph_test.cc:"));
  EXPECT_EQ(graph.take_errors().size(), 1u);
  EXPECT_TRUE(graph.status().ok());
}

TEST(Graph, ChecksAttributes) {
  Graph graph;
  const Output a = source(graph);
  const auto with = [&](std::string_view name, AttrValue value) {
    NodeSpec spec;
    spec.op = &join_op();
    spec.inputs = {a, a};
    spec.attrs.set(name, std::move(value));
    return text_of(graph.add_node(std::move(spec)).status());
  };
  EXPECT_THAT(with("mode", std::string("c")), HasSubstr("is not in the list of allowed values: \"a\", \"b\""));
  EXPECT_THAT(with("k", int64_t{-1}), HasSubstr("must be at least minimum 0"));
  EXPECT_THAT(with("k", 1.0f), HasSubstr("must be a int"));
}

TEST(Graph, RefusesInputsOfAnotherGraph) {
  Graph train({.name = "train"});
  Graph serve({.name = "serve"});
  const Output a = source(train);
  const Output b = source(serve);
  const std::string text = text_of(add(train, join_op(), {a, b}).status());
  EXPECT_THAT(text, HasSubstr("graph 'train'"));
  EXPECT_THAT(text, HasSubstr("graph 'serve'"));
}

TEST(Graph, FailedInputsAreQuiet) {
  Graph graph;
  const Output a = source(graph);
  const auto failed = add(graph, join_op(), {a, Output::failed(&graph)});
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(graph.errors().empty());
}

TEST(Graph, FinalizedGraphNamesBothPlaces) {
  Graph graph;
  source(graph);
  graph.finalize();
  const std::string text = text_of(add(graph, join_op(), {}).status());
  EXPECT_THAT(text, HasSubstr("Graph is finalized and cannot be modified"));
  EXPECT_THAT(text, HasSubstr("graph_test.cc:"));
}

TEST(GraphNames, UniquifiesWithoutCaseAsTensorFlow) {
  Graph graph;
  EXPECT_EQ(source(graph, {}, "x").op().name(), "x");
  EXPECT_EQ(source(graph, {}, "x").op().name(), "x_1");
  EXPECT_EQ(source(graph, {}, "X").op().name(), "X_2");
  EXPECT_EQ(source(graph, {}, "x_1").op().name(), "x_1_1");
  EXPECT_EQ(source(graph, {}, "x").op().name(), "x_3");
  {
    const Scope a = graph.name_scope("a");
    EXPECT_EQ(a.name(), "a/");
    EXPECT_EQ(source(graph, {}, "x").op().name(), "a/x");
    const Scope inner = graph.name_scope("b");
    EXPECT_EQ(source(graph, {}, "x").op().name(), "a/b/x");
    const Scope again = graph.name_scope("a/");
    EXPECT_EQ(source(graph, {}, "x").op().name(), "a/x_1");
    const Scope root = graph.name_scope("");
    EXPECT_EQ(source(graph, {}, "x").op().name(), "x_4");
  }
  const Scope second = graph.name_scope("a");
  EXPECT_EQ(source(graph, {}, "x").op().name(), "a_1/x");
  EXPECT_TRUE(graph.status().ok());
}

TEST(GraphNames, RefusesBadNames) {
  Graph graph;
  EXPECT_FALSE(source(graph, {}, "1 bad name"));
  EXPECT_THAT(text_of(graph.status()), HasSubstr("'1 bad name' is not a valid node name"));
  graph.take_errors();
  const Scope bad = graph.name_scope("-bad");
  EXPECT_THAT(text_of(graph.status()), HasSubstr("'-bad' is not a valid scope name"));
}

TEST(GraphNames, LookUps) {
  Graph graph;
  source(graph, {}, "weights");
  EXPECT_TRUE(graph.get_operation_by_name("weights").ok());
  EXPECT_EQ(graph.get_tensor_by_name("weights:0")->name(), "weights:0");
  EXPECT_THAT(text_of(graph.get_operation_by_name("weight").status()), HasSubstr("Did you mean 'weights'?"));
  EXPECT_THAT(text_of(graph.get_tensor_by_name("weights:7").status()), HasSubstr("exists but only has 1 outputs"));
  EXPECT_THAT(text_of(graph.get_tensor_by_name("weights").status()), HasSubstr("refers to an Operation, not a Tensor"));
  EXPECT_THAT(text_of(graph.get_tensor_by_name("nope:0").status()),
              HasSubstr("refers to a Tensor which does not exist. The operation, 'nope', does not exist in the graph."));
  EXPECT_FALSE(graph.get_tensor_by_name("weights:x").ok());
}

TEST(GraphScopes, ControlDependencies) {
  Graph graph;
  const Output a = source(graph, {}, "a");
  const Output b = source(graph, {}, "b");
  const Scope deps = graph.control_dependencies({a.op()});
  const auto direct = add(graph, join_op(), {a, b});
  EXPECT_TRUE((*direct)->control_inputs().empty());  // a is its input already
  const auto other = add(graph, join_op(), {b, b});
  ASSERT_EQ((*other)->control_inputs().size(), 1u);
  EXPECT_EQ((*other)->control_inputs()[0], a.node());
  const auto dominated = add(graph, join_op(), {other.value()->output(), b});
  EXPECT_TRUE((*dominated)->control_inputs().empty());  // waits through its input
  const Scope none = graph.clear_control_dependencies();
  EXPECT_TRUE((*add(graph, join_op(), {b, b}))->control_inputs().empty());
}

TEST(GraphScopes, ColocationAndDevice) {
  Graph graph;
  const Output a = source(graph, {}, "a");
  const Scope device = graph.device("/cpu:0");
  const Output b = source(graph, {}, "b");
  EXPECT_EQ(b.node()->device(), "/device:CPU:0");
  const Scope with_a = graph.colocate_with(a.op());
  const auto c = add(graph, join_op(), {b, b});
  EXPECT_EQ((*c)->attr<std::vector<std::string>>("_class"), std::vector<std::string>{"loc:@a"});
  EXPECT_EQ((*c)->device(), "");
  const Scope with_c = graph.colocate_with(Operation(*c));
  EXPECT_EQ((*add(graph, join_op(), {b, b}))->attr<std::vector<std::string>>("_class"), std::vector<std::string>{"loc:@a"});
}

TEST(GraphScopes, LocationScopeWins) {
  Graph graph;
  const auto where = std::source_location::current();
  const Scope scope = graph.location_scope(where);
  EXPECT_EQ(source(graph).op().location().line, where.line());
}

TEST(Graph, SeedsFollowTensorFlowsRule) {
  Graph graph;
  EXPECT_EQ(graph.seeds_for({}), (std::pair<int64_t, int64_t>(0, 0)));
  EXPECT_EQ(graph.seeds_for(5), (std::pair<int64_t, int64_t>(87654321, 5)));
  graph.set_seed(7);
  source(graph);
  source(graph);
  EXPECT_EQ(graph.seeds_for({}), (std::pair<int64_t, int64_t>(7, 2)));
  EXPECT_EQ(graph.seeds_for(9), (std::pair<int64_t, int64_t>(7, 9)));
  graph.set_seed(0);
  EXPECT_EQ(graph.seeds_for(0), (std::pair<int64_t, int64_t>(0, 2147483647)));
}

TEST(Graph, SetShapeMergesAndReportsContradictions) {
  Graph graph;
  Output a = source(graph, {2, -1});
  a.set_shape({-1, 3});
  EXPECT_EQ(a.shape().to_string(), "[2,3]");
  a.set_shape({5, 3});
  EXPECT_FALSE(graph.status().ok());
}

TEST(Graph, TextDump) {
  Graph graph;
  const Output a = source(graph, {2}, "a");
  ASSERT_TRUE(add(graph, join_op(), {a, a}, "j").ok());
  EXPECT_EQ(to_text(graph),
            "a = Source[T=float32, shape=[2]]() : float32 [2]\n"
            "j = Join[T=float32, k=1, mode=\"a\"](a:0, a:0) : float32 [2]\n");
}

TEST(Graph, GrowsInLinearTime) {
  Graph graph;
  Output x = source(graph, {2}, "a");
  for (int i = 0; i < 200000; ++i) x = (*add(graph, join_op(), {x, x}))->output();
  EXPECT_EQ(x.op().name(), "Join_199999");
}

}  // namespace
}  // namespace weft
