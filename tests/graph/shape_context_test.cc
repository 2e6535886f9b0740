// Shape arithmetic that shape functions share, in TensorFlow's words.
#include "weft/graph/shape_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

std::string text(const absl::StatusOr<PartialShape>& shape) { return shape.ok() ? shape->to_string() : std::string(message(shape.status())); }

// As TensorFlow's BroadcastBinaryOpOutputShapeFn.
TEST(Broadcast, OfPartialShapes) {
  EXPECT_EQ(text(broadcast({2, 1}, {3})), "[2,3]");
  EXPECT_EQ(text(broadcast({-1}, {3})), "[3]") << "3 or 1: the result is 3 all the same";
  EXPECT_EQ(text(broadcast({-1}, {1})), "[?]");
  EXPECT_EQ(text(broadcast({-1}, {-1})), "[?]");
  EXPECT_EQ(text(broadcast({-1}, {0})), "[?]");
  EXPECT_EQ(text(broadcast({0}, {1})), "[0]");
  EXPECT_EQ(text(broadcast(PartialShape::scalar(), {4, -1})), "[4,?]");
  EXPECT_EQ(text(broadcast(PartialShape(), {4})), "<unknown>");
  EXPECT_EQ(text(broadcast({2}, {3})), "Dimensions must be equal, but are 2 and 3");
  EXPECT_EQ(text(broadcast({0}, {3})), "Dimensions must be equal, but are 0 and 3");
}

TEST(Ranks, AreCheckedAsFarAsKnown) {
  EXPECT_EQ(text(ShapeContext::with_rank(PartialShape(), 2)), "[?,?]");
  EXPECT_EQ(text(ShapeContext::with_rank({1, 2}, 2)), "[1,2]");
  EXPECT_EQ(text(ShapeContext::with_rank({1}, 2)), "Shape must be rank 2 but is rank 1");
  EXPECT_EQ(text(ShapeContext::with_rank_at_least({1}, 2)), "Shape must be at least rank 2 but is rank 1");
  EXPECT_EQ(text(ShapeContext::with_rank_at_least(PartialShape(), 2)), "<unknown>");
  EXPECT_EQ(text(ShapeContext::with_rank_at_most({1, 2, 3}, 2)), "Shape must be at most rank 2 but is rank 3");
  EXPECT_EQ(*ShapeContext::merge_dims(-1, 3), 3);
  EXPECT_EQ(*ShapeContext::merge_dims(3, -1), 3);
  EXPECT_FALSE(ShapeContext::merge_dims(3, 4).ok());
}

TEST(Handles, TellWhatStandsBehindThem) {
  static const OpDef& handle_op = *new OpDef{.name = "Handle",
                                             .outputs = {{"h", DType::kResource}},
                                             .is_stateful = true,
                                             .shape = [](ShapeContext& c) -> absl::Status {
                                               c.set_output(0, PartialShape::scalar());
                                               c.set_output_handle(0, {DType::kFloat64, {2, -1}});
                                               return absl::OkStatus();
                                             },
                                             .gradient = NoGradientDefined{}};
  static const OpDef& reader_op = *new OpDef{.name = "Reader",
                                             .inputs = {{"h", DType::kResource}},
                                             .outputs = {{"value", DType::kFloat64}},
                                             .shape = [](ShapeContext& c) -> absl::Status {
                                               const HandleInfo* info = c.input_handle(0);
                                               if (info == nullptr) return invalid_argument("nothing known");
                                               c.set_output(0, info->shape);
                                               return absl::OkStatus();
                                             },
                                             .gradient = NoGradientDefined{}};
  Graph graph;
  const auto handle = test::add(graph, handle_op, {});
  const auto reader = test::add(graph, reader_op, {(*handle)->output()});
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->output_shape(0).to_string(), "[2,?]");
  const Output plain = test::source(graph, {}, "plain", DType::kResource);
  EXPECT_FALSE(test::add(graph, reader_op, {plain}).ok());
}

}  // namespace
}  // namespace weft
