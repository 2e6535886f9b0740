#include "weft/ops/segment_ops.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/op_testing.h"
#include "tests/ops/serial_evaluator.h"
#include "weft/ops/constant.h"
#include "weft/ops/partition_ops.h"

namespace weft {
namespace {

// Messages and values are TensorFlow 1.15.5's.
std::string error_of(Graph& graph, const Output& node) {
  EXPECT_TRUE(graph.status().ok()) << graph.status();
  return std::string(message(SerialEvaluator(graph).run({node}).status()));
}

#define EXPECT_ERROR(node, text) EXPECT_NE(error_of(graph, node).find(text), std::string::npos) << error_of(graph, node)

TEST(Segment, RunsAndGaps) {
  Graph graph;
  const Output data = constant(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}});
  EXPECT_EQ(text_of(segment_sum(data, {0, 0, 2})), "[[4. 6.]\n [0. 0.]\n [5. 6.]]");
  EXPECT_EQ(text_of(segment_mean(data, {0, 0, 1})), "[[2. 3.]\n [5. 6.]]");
  EXPECT_EQ(text_of(segment_prod(data, {1, 1, 1})), "[[ 1.  1.]\n [15. 48.]]");
  EXPECT_EQ(text_of(segment_max(data, {0, 1, 1})), "[[1. 2.]\n [5. 6.]]");
  EXPECT_EQ(text_of(segment_min(data, {0, 1, 1})), "[[1. 2.]\n [3. 4.]]");
  EXPECT_EQ(text_of(segment_max(constant(graph, {1.0f, 2.0f}), {1, 3})), "[0. 1. 0. 2.]");
  EXPECT_EQ(text_of(segment_mean(constant(graph, {-7, 2}), {1, 1})), "[ 0 -2]");
  EXPECT_EQ(value_of(segment_sum(constant(graph, Tensor(DType::kFloat32, Shape{0, 2})), Tensor(DType::kInt32, Shape{0}))).shape().to_string(),
            "[0,2]");
}

TEST(Segment, Errors) {
  Graph graph;
  const Output data = constant(graph, {1.0f, 2.0f});
  EXPECT_ERROR(segment_sum(data, {1, 0}), "Segment id 1 out of range [0, 1)");
  EXPECT_ERROR(segment_sum(data, {-1, 0}), "Segment id -1 out of range [0, 1), possibly because 'segment_ids' input is not sorted.");
  EXPECT_ERROR(segment_sum(data, {1}), "segment_ids should be the same size as dimension 0 of input.");
  EXPECT_ERROR(segment_sum(constant(graph, {1.0f, 2.0f, 3.0f}), {1, 0, 1}), "segment ids are not increasing");
}

TEST(UnsortedSegment, AnyOrderAndNegativeIds) {
  Graph graph;
  const Output data = constant(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}});
  EXPECT_EQ(text_of(unsorted_segment_sum(data, {2, 0, 2}, 4)), "[[3. 4.]\n [0. 0.]\n [6. 8.]\n [0. 0.]]");
  EXPECT_EQ(text_of(unsorted_segment_sum(data, {1, -5, 1}, 2)), "[[0. 0.]\n [6. 8.]]");
  EXPECT_EQ(text_of(unsorted_segment_prod(data, {0, 0, -1}, 2)), "[[3. 8.]\n [1. 1.]]");
  EXPECT_EQ(text_of(unsorted_segment_sum(data, Tensor::from<int64_t>({{0, 1}, {1, 1}, {0, 0}}), 2)), "[12.  9.]");
  EXPECT_EQ(value_of(unsorted_segment_max(constant(graph, {1.0f, 2.0f}), {1, 1}, 2)).data<float>()[0], std::numeric_limits<float>::lowest());
  EXPECT_EQ(text_of(unsorted_segment_min(constant(graph, {1, 2}), {1, 1}, 2)), "[2147483647          1]");
  EXPECT_EQ(text_of(unsorted_segment_mean(data, {0, 0, 1}, 3)), "[[2. 3.]\n [5. 6.]\n [0. 0.]]");
}

TEST(UnsortedSegment, Errors) {
  Graph graph;
  const Output data = constant(graph, {1.0f, 2.0f});
  EXPECT_ERROR(unsorted_segment_sum(data, {1, 0}, 1), "segment_ids[0] = 1 is out of range [0, 1)");
  EXPECT_TRUE(unsorted_segment_sum(data, {1, 0}, -2).failed());
  EXPECT_TRUE(unsorted_segment_sum(data, {1}, 2).failed());
}

TEST(Partition, ApartAndTogether) {
  Graph graph;
  const Output data = constant(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}});
  const std::vector<Output> parts = dynamic_partition(data, {1, 0, 1}, 3);
  EXPECT_EQ(text_of(parts[0]), "[[3. 4.]]");
  EXPECT_EQ(text_of(parts[1]), "[[1. 2.]\n [5. 6.]]");
  EXPECT_EQ(value_of(parts[2]).shape().to_string(), "[0,2]");
  const Output whole = dynamic_stitch({Operand({1}), Operand({0, 2}), Operand(Tensor(DType::kInt32, Shape{0}))}, {parts[0], parts[1], parts[2]});
  EXPECT_EQ(text_of(whole), text_of(data));
  EXPECT_EQ(text_of(dynamic_stitch({Operand({0, 3}), Operand({0})}, {constant(graph, {1.0f, 2.0f}), constant(graph, {5.0f})})), "[5. 0. 0. 2.]");
  EXPECT_ERROR(dynamic_partition(data, {0, 3, 1}, 3)[0], "partitions[1] = 3 is not in [0, 3)");
  EXPECT_ERROR(dynamic_stitch({Operand({0, -1})}, {constant(graph, {1.0f, 2.0f})}), "indices[1] is out of range");
}

TEST(Unique, FirstAppearances) {
  Graph graph;
  const UniqueResult ints = unique_with_counts(constant(graph, {4, 7, 4, 4, 9}));
  EXPECT_EQ(text_of(ints.y), "[4 7 9]");
  EXPECT_EQ(text_of(ints.idx), "[0 1 0 0 2]");
  EXPECT_EQ(text_of(ints.count), "[3 1 1]");
  const float nan = std::nanf("");
  const UniqueResult floats = unique(constant(graph, {nan, nan, 0.0f, -0.0f}), {.out_idx = DType::kInt64});
  EXPECT_EQ(text_of(floats.idx), "[0 1 2 2]");
  EXPECT_EQ(text_of(unique(constant(graph, Tensor::from<std::string>({"b", "a", "b"}))).y), "[b'b' b'a']");
  EXPECT_ERROR(unique(constant(graph, {{1, 2}})).y, "unique expects a 1D vector.");
}

TEST(Unique, DifferenceOfSets) {
  Graph graph;
  const SetDifference d = setdiff1d(constant(graph, {1, 2, 3, 4, 2}), {2, 4});
  EXPECT_EQ(text_of(d.out), "[1 3]");
  EXPECT_EQ(text_of(d.idx), "[0 2]");
}

}  // namespace
}  // namespace weft
