#include "weft/formats/import_graph_def.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/constant.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

NodeDef constant_node(std::string name, float value) {
  NodeDef node{.name = std::move(name), .op = "Const"};
  node.attrs.set("dtype", DType::kFloat32);
  node.attrs.set("value", Tensor::scalar_of(value));
  return node;
}
NodeDef float_node(std::string name, std::string op, std::vector<std::string> inputs) {
  NodeDef node{.name = std::move(name), .op = std::move(op), .inputs = std::move(inputs)};
  node.attrs.set("T", DType::kFloat32);
  return node;
}
// z = -(x + y), the nodes in an order that has inputs below their users.
GraphDef example() {
  GraphDef graph_def;
  graph_def.nodes = {float_node("z", "Neg", {"sum"}), float_node("sum", "AddV2", {"x", "y:0"}), constant_node("x", 1), constant_node("y", 2)};
  return graph_def;
}
std::string error_of(const GraphDef& graph_def, const ImportOptions& options = {}) {
  Graph graph;
  const auto imported = import_graph_def(graph, graph_def, options);
  EXPECT_FALSE(imported.ok());
  EXPECT_FALSE(graph.status().ok()) << "the graph keeps the error";
  return imported.ok() ? "" : std::string(message(imported.status()));
}

TEST(ImportGraphDef, NodesKeepTheirNamesAndCompute) {
  Graph graph;
  const auto imported = import_graph_def(graph, example(), {.return_elements = {"z:0", "sum"}});
  ASSERT_TRUE(imported.ok()) << imported.status();
  ASSERT_EQ(imported->size(), 2u);
  EXPECT_EQ((*imported)[1].operation.name(), "sum");
  EXPECT_FALSE((*imported)[1].tensor);
  EXPECT_EQ(graph.node(0)->name(), "x") << "what is ready first, in the order of the file";
  const Session session(graph);
  const auto results = session.run((*imported)[0].tensor);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0].scalar<float>(), -3);
}

TEST(ImportGraphDef, APrefixGoesBeforeNamesAndColocationGroups) {
  GraphDef graph_def = example();
  graph_def.nodes[0].attrs.set("_class", std::vector<std::string>{"loc:@x"});
  Graph graph;
  ASSERT_TRUE(import_graph_def(graph, graph_def, {.name = "import"}).ok());
  ASSERT_TRUE(import_graph_def(graph, graph_def, {.name = "import"}).ok());
  const Node* z = graph.find_node("import_1/z");
  ASSERT_NE(z, nullptr);
  EXPECT_EQ(z->attr<std::vector<std::string>>("_class"), (std::vector<std::string>{"loc:@import_1/x"}));
}

TEST(ImportGraphDef, LaterNodesAvoidTheNames) {
  Graph graph;
  ASSERT_TRUE(import_graph_def(graph, example()).ok());
  EXPECT_EQ(constant(graph, 1.0f, {.name = "x"}).op().name(), "x_1");
}

TEST(ImportGraphDef, InputsAreReplaced) {
  Graph graph;
  const Output ten = constant(graph, 10.0f, {.name = "ten"});
  const auto imported = import_graph_def(graph, example(), {.input_map = {{"y:0", ten}}, .return_elements = {"z:0"}});
  ASSERT_TRUE(imported.ok()) << imported.status();
  const Session session(graph);
  EXPECT_EQ(session.run((*imported)[0].tensor).value()[0].scalar<float>(), -11);
}

TEST(ImportGraphDef, AllMissingOpsInOneMessage) {
  GraphDef graph_def = example();
  graph_def.nodes[0].op = "NoSuchOp";
  graph_def.nodes[1].op = "NorThis";
  graph_def.nodes.push_back({.name = "w", .op = "NorThis"});
  EXPECT_THAT(error_of(graph_def), AllOf(HasSubstr("NoSuchOp (1x, first in 'z')"), HasSubstr("NorThis (2x, first in 'sum')")));
}

TEST(ImportGraphDef, WhatIsRefused) {
  GraphDef twice = example();
  twice.nodes.push_back(constant_node("x", 3));
  EXPECT_THAT(error_of(twice), HasSubstr("same name"));

  GraphDef unknown = example();
  unknown.nodes[0].inputs = {"nobody"};
  EXPECT_THAT(error_of(unknown), AllOf(HasSubstr("Node 'z'"), HasSubstr("Unknown input node 'nobody'")));

  GraphDef port = example();
  port.nodes[0].inputs = {"sum:5"};
  EXPECT_THAT(error_of(port), HasSubstr("invalid output 5 of source node sum which has 1 outputs"));

  GraphDef attr = example();
  attr.nodes[0].attrs.set("surprise", true);
  EXPECT_THAT(error_of(attr), HasSubstr("mentions attr 'surprise' not in Op<name=Neg>"));

  GraphDef type = example();
  type.nodes[0].attrs.set("T", DType::kFloat64);
  EXPECT_THAT(error_of(type), HasSubstr("'z'"));

  GraphDef name = example();
  name.nodes[0].name = "no good";
  EXPECT_THAT(error_of(name), HasSubstr("invalid characters"));

  GraphDef order = example();
  order.nodes[0].inputs = {"^x", "sum"};
  EXPECT_THAT(error_of(order), HasSubstr("Control dependencies must come after"));

  GraphDef cycle = example();
  cycle.nodes[1].inputs = {"x", "z"};
  EXPECT_THAT(error_of(cycle), AllOf(HasSubstr("cycle"), HasSubstr("'z'"), HasSubstr("'sum'")));

  EXPECT_THAT(error_of(example(), {.return_elements = {"z:3"}}), HasSubstr("'z:3' not found"));
}

TEST(ImportGraphDef, ASecondImportOfTheSameNamesIsRefused) {
  Graph graph;
  ASSERT_TRUE(import_graph_def(graph, example()).ok());
  const auto again = import_graph_def(graph, example());
  EXPECT_THAT(std::string(message(again.status())), HasSubstr("already exists"));
}

TEST(ImportGraphDef, RecordedShapesAreMerged) {
  GraphDef graph_def;
  NodeDef p{.name = "p", .op = "Placeholder"};
  p.attrs.set("dtype", DType::kFloat32);
  p.attrs.set("_output_shapes", std::vector<PartialShape>{PartialShape({2, -1})});
  graph_def.nodes = {p};
  Graph graph;
  ASSERT_TRUE(import_graph_def(graph, graph_def).ok());
  EXPECT_EQ(graph.find_node("p")->output_shape(0), PartialShape({2, -1}));
  EXPECT_FALSE(graph.find_node("p")->attrs().has("_output_shapes"));
}

TEST(ImportGraphDef, TheErrorOfAFileIsTheGraphsToo) {
  Graph graph;
  EXPECT_FALSE(import_graph_def(graph, read_graph_def("/nowhere/model.pb")).ok());
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace weft
