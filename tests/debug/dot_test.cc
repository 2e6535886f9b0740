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
