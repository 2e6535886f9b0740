// Rows as a dense tensor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/session/session.h"

namespace weft {
namespace {

TEST(Densify, AddsRowsNamedTwiceAndLeavesTheOthersZero) {
  Graph graph;
  const IndexedSlices slices{constant(graph, Tensor::from<float>({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}, {3, 2})),
                             constant(graph, Tensor::from<int64_t>({2, 0, 2})), constant(graph, {4, 2})};
  const Output dense = densify(slices, "dense");
  EXPECT_EQ(dense.name(), "dense:0");
  EXPECT_EQ(dense.shape().to_string(), "[4,2]");
  const Session session(graph, {.threads = 1});
  const auto got = session.run(dense);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)[0].to_vector<float>(), (std::vector<float>{3, 4, 0, 0, 6, 8, 0, 0}));
}

TEST(Densify, NeedsTheShape) {
  Graph graph;
  const IndexedSlices slices{ones(graph, {1, 2}), constant(graph, {0}), Output()};
  EXPECT_TRUE(densify(slices).failed());
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr("without dense_shape"));
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr("densify_test.cc:"));
}

TEST(Densify, OfWhatFailedIsQuiet) {
  Graph graph;
  EXPECT_TRUE(densify({Output::failed(&graph), Output::failed(&graph), Output()}).failed());
  EXPECT_TRUE(graph.status().ok());
}

}  // namespace
}  // namespace weft
