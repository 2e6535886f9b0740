// What a node remembers of where it comes from.
#include "weft/graph/node.h"

#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

TEST(Node, TellsItsNameOpAndLine) {
  Graph graph;
  const uint32_t line = __LINE__ + 1;
  const Output a = test::source(graph, {}, "a");
  EXPECT_EQ(a.node()->describe(), str_cat("'a' (op: Source, tests/graph/node_test.cc:", line, ")"));
  EXPECT_EQ(a.node()->role(), NodeRole::kForward);
  EXPECT_FALSE(a.node()->call_location().known());
}

TEST(Node, KeepsTheForwardLineAndThatOfTheCall) {
  Graph graph;
  const Location forward(std::source_location::current());
  const Location call(std::source_location::current());
  Output a;
  {
    const Scope scope = graph.provenance(NodeRole::kGradient, forward, call);
    a = test::source(graph);
  }
  EXPECT_EQ(a.node()->role(), NodeRole::kGradient);
  EXPECT_EQ(a.node()->location(), forward);
  EXPECT_EQ(a.node()->call_location(), call);
  EXPECT_EQ(test::source(graph).node()->role(), NodeRole::kForward) << "the scope has ended";
}

TEST(Node, AddressesStayWhileTheGraphGrows) {
  Graph graph;
  const Output first = test::source(graph, {}, "first");
  const Node* address = first.node();
  for (int i = 0; i < 10000; ++i) test::source(graph);
  EXPECT_EQ(graph.node(0), address);
  EXPECT_EQ(first.name(), "first:0");
}

}  // namespace
}  // namespace weft
