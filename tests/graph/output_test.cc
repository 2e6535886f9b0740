// Handles that name nothing, that failed, and those of nodes.
#include "weft/graph/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

TEST(Handles, EmptyAndFailedAreTold) {
  Graph graph;
  const Output empty;
  const Output failed = Output::failed(&graph);
  EXPECT_FALSE(empty);
  EXPECT_FALSE(failed);
  EXPECT_FALSE(empty.failed());
  EXPECT_TRUE(failed.failed());
  EXPECT_NE(empty, failed);
  for (const Output& output : {empty, failed}) {
    EXPECT_EQ(output.dtype(), DType::kInvalid);
    EXPECT_FALSE(output.shape().known_rank());
    EXPECT_EQ(output.name(), "");
    EXPECT_EQ(output.op().num_outputs(), 0);
    EXPECT_FALSE(output.op().output(0));
  }
  EXPECT_EQ(empty.describe(), "an empty Output");
  EXPECT_EQ(failed.describe(), "a failed Output");
  EXPECT_EQ(Operation().describe(), "an empty Operation");
  EXPECT_EQ(Operation::failed(&graph).describe(), "a failed Operation");
  EXPECT_TRUE(failed.op().failed());
}

TEST(Handles, OfANode) {
  Graph graph;
  const Output a = test::source(graph, {2, -1}, "a");
  EXPECT_EQ(a.name(), "a:0");
  EXPECT_THAT(a.describe(), HasSubstr("'a:0' (float32 [2,?], op: Source, "));
  EXPECT_THAT(a.describe(), HasSubstr("output_test.cc:"));
  EXPECT_EQ(a.op().type(), "Source");
  EXPECT_EQ(a.op().output(0), a);
  EXPECT_TRUE(a.op().output(1).failed());
  EXPECT_TRUE(a.op().output(-1).failed());
}

TEST(SetShape, AddsWhatIsKnown) {
  Graph graph;
  Output a = test::source(graph, PartialShape(), "a");
  a.set_shape({2, -1});
  a.set_shape({-1, 3});
  a.set_shape(PartialShape());
  EXPECT_EQ(a.shape().to_string(), "[2,3]");
  EXPECT_TRUE(graph.status().ok());
  a.set_shape({2, 3, 1});
  EXPECT_EQ(a.shape().to_string(), "[2,3]") << "a contradiction changes nothing";
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("set_shape on 'a:0'"));
  Output failed = Output::failed(&graph);
  failed.set_shape({1});
  EXPECT_EQ(graph.errors().size(), 1u);
}

}  // namespace
}  // namespace weft
