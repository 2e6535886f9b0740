#include <gmock/gmock.h>

#include "tests/ops/op_testing.h"

namespace weft {
namespace {

TEST(Placeholder, ShapeAndDType) {
  Graph graph;
  const Output any = placeholder(graph, DType::kInt64);
  const Output scalar = placeholder(graph, DType::kFloat32, {.shape = {}});
  const Output images = placeholder(graph, DType::kFloat32, {.shape = {-1, 64}, .name = "images"});
  EXPECT_EQ(any.shape().to_string(), "<unknown>");
  EXPECT_EQ(scalar.shape().to_string(), "[]");
  EXPECT_EQ(images.shape().to_string(), "[?,64]");
  EXPECT_THAT(nodes_of(graph), ::testing::ElementsAre("Placeholder = Placeholder()", "Placeholder_1 = Placeholder()", "images = Placeholder()"));
}

}  // namespace
}  // namespace weft
