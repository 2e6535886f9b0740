#include "weft/debug/dot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "weft/ops/array_ops.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"

namespace weft {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string dot_of(const Graph& graph, DotOptions options = {}) {
  std::ostringstream out;
  write_dot(graph, options, out);
  return out.str();
}

// (x + 2) * w inside a scope, and a control edge.
void build(Graph& graph) {
  Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3}, .name = "x"});
  Variable w = variable(graph, 1.0f, {.name = "w"});
  auto scope = graph.name_scope("model");
  Output sum = x + 2.0f;
  auto inner = graph.name_scope("inner");
  auto after = graph.control_dependencies({x.op()});
  Output product = w * sum;
  (void)product;
}

// The text equals tests/data/dot/NAME; set WEFT_UPDATE_GOLDEN to write it anew.
void expect_golden(const std::string& text, const std::string& name) {
  const std::string path = std::string(WEFT_TEST_DATA "/dot/") + name;
  if (std::getenv("WEFT_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  ASSERT_TRUE(file.is_open()) << path;
  const std::string golden((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // Lines of this file in tooltips move when it is edited; they are left out of the comparison.
  const auto without_tooltips = [](const std::string& dot) {
    std::string kept;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) kept += line.substr(0, line.find(", tooltip=")) + "\n";
    return kept;
  };
  EXPECT_EQ(without_tooltips(text), without_tooltips(golden));
}

TEST(Dot, WholeGraph) {
  Graph graph({.name = "golden"});
  build(graph);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  expect_golden(dot_of(graph), "whole.dot");
}

TEST(Dot, FoldedScopes) {
  Graph graph({.name = "golden"});
  build(graph);
  expect_golden(dot_of(graph, {.max_depth = 1}), "folded.dot");
}

TEST(Dot, ShowsDTypesShapesAndControlEdges) {
  Graph graph;
  build(graph);
  const std::string text = dot_of(graph);
  EXPECT_THAT(text, HasSubstr("\"x\" -> \"model/add\" [label=\"float32 [?,3]\"]"));
  EXPECT_THAT(text, HasSubstr("\"x\" -> \"model/inner/ReadVariableOp\" [style=dashed"));
  EXPECT_THAT(text, HasSubstr("subgraph \"cluster model/inner\""));
  EXPECT_THAT(dot_of(graph, {.show_control_edges = false}), Not(HasSubstr("style=dashed")));
}

TEST(Dot, CapsNodesVisibly) {
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
  for (int i = 0; i < 50; ++i) x = sqrt(x);
  const std::string text = dot_of(graph, {.max_nodes = 10});
  EXPECT_THAT(text, HasSubstr("label=\"+41 nodes\""));
  EXPECT_THAT(text, Not(HasSubstr("\"Sqrt_20\"")));
}

TEST(Dot, QuotesWhatUsersWrite) {
  Graph graph;
  constant(graph, Tensor::scalar_of<std::string>("say \"hi\"\\\n"), {.name = "c"});
  const std::string text = dot_of(graph, {.title = "a \"title\""});
  EXPECT_THAT(text, HasSubstr("label=\"a \\\"title\\\"\""));
  EXPECT_EQ(text.find("say \"hi\""), std::string::npos);
}

TEST(Dot, CutsLongValuesBetweenCharacters) {
  static const OpDef& op =
      *new OpDef{.name = "Labelled", .attrs = {attribute("text", AttrType::kString)}, .shape = no_outputs_shape, .gradient = NoGradientDefined{}};
  for (size_t padding = 0; padding < 3; ++padding) {
    Graph graph;
    NodeSpec spec{.op = &op, .name = "n"};
    std::string value(padding, 'a');
    for (int i = 0; i < 50; ++i) value += "\xe2\x82\xac";  // the euro sign, three bytes
    spec.attrs.set("text", value);
    ASSERT_TRUE(graph.add_node(std::move(spec)).ok());
    const std::string text = dot_of(graph);
    const size_t cut = text.find("...");
    ASSERT_NE(cut, std::string::npos);
    EXPECT_EQ(text.substr(cut - 3, 3), "\xe2\x82\xac");
  }
}

// The nodes under a cap, with edges to and from the box of the others, each once.
TEST(Dot, TheRestIsOneBoxWithItsEdges) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
  Output y = sqrt(x);
  for (int i = 0; i < 5; ++i) y = y * x;
  const std::string text = dot_of(graph, {.max_nodes = 2});
  EXPECT_THAT(text, HasSubstr("label=\"+5 nodes\""));
  const auto count = [&](const std::string& what) {
    size_t n = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("\"x\" -> \"+more\""), 1u);
  EXPECT_EQ(count("\"+more\" -> \"+more\""), 0u);
}

TEST(Dot, AnEmptyGraphIsAPictureToo) {
  Graph graph;
  EXPECT_THAT(dot_of(graph), HasSubstr("digraph weft {"));
  EXPECT_THAT(dot_of(graph, {.max_depth = 0, .max_nodes = 0}), Not(HasSubstr("nodes")));
}

TEST(Dot, RolesHaveTheirOwnColours) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
  const NodeRole roles[] = {NodeRole::kForward, NodeRole::kGradient, NodeRole::kUpdate, NodeRole::kInitializer};
  for (const NodeRole role : roles) {
    const Scope scope = graph.provenance(role, {}, {});
    sqrt(x);
  }
  const std::string text = dot_of(graph);
  for (const char* colour : {"#dcecf9", "#fbe3cf", "#f6d3dd", "#dff0d8"}) EXPECT_THAT(text, HasSubstr(str_cat("fillcolor=\"", colour, "\"")));
}

TEST(Dot, OnlyWhatTargetsNeed) {
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
  Output y = sqrt(x);
  Output z = exp(x);
  std::ostringstream out;
  write_dot(graph, {y.op()}, {}, out);
  EXPECT_THAT(out.str(), HasSubstr("\"Sqrt\""));
  EXPECT_THAT(out.str(), Not(HasSubstr("\"Exp\"")));
  EXPECT_TRUE(z);
}

TEST(Dot, GraphvizReadsIt) {
  if (std::system("command -v dot > /dev/null") != 0) GTEST_SKIP() << "Graphviz is not installed";
  Graph graph;
  build(graph);
  const std::string path = ::testing::TempDir() + "weft_dot_test.dot";
  std::ofstream(path) << dot_of(graph);
  EXPECT_EQ(std::system(("dot -Tcanon " + path + " > /dev/null").c_str()), 0);
}

}  // namespace
}  // namespace weft
