// Sums of gradients: which op, in which scope, on which device; and their values.
#include "src/gradients/aggregation.h"

#include <gtest/gtest.h>

#include "graph_lines.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/session/session.h"

namespace weft {
namespace {

class Aggregation : public ::testing::Test {
 protected:
  void SetUp() override {
    a = constant(graph, {1.0f, 2.0f}, {.name = "a"});
    b = constant(graph, {10.0f, 20.0f}, {.name = "b"});
    rows32 = IndexedSlices{constant(graph, Tensor::from<float>({5.0f, 6.0f, 7.0f}), {.name = "v32"}),
                           constant(graph, Tensor::from<int32_t>({1, 0, 1}), {.name = "i32"}), constant(graph, {2}, {.name = "shape"})};
    rows64 = IndexedSlices{constant(graph, Tensor::from<float>({100.0f}), {.name = "v64"}),
                           constant(graph, Tensor::from<int64_t>({1}), {.name = "i64"}), rows32.dense_shape};
    first = graph.num_nodes();
  }
  std::string added() { return testing::lines(graph, first); }
  std::string value(const Output& y) {
    const Session session(graph, {.threads = 1});
    const auto got = session.run(y);
    return got.ok() ? (*got)[0].to_string() : std::string(got.status().ToString());
  }
  Output sum(const std::vector<Gradient>& terms, AggregationMethod method = AggregationMethod::kDefault) {
    return aggregate_gradients(terms, method, "op").dense();
  }

  Graph graph;
  Output a, b;
  IndexedSlices rows32, rows64;
  int first = 0;
};

TEST_F(Aggregation, OfTwo) {
  EXPECT_EQ(value(sum({a, b})), "[11. 22.]");
  EXPECT_EQ(added(), "AddN AddN a b loc:@a\n");
}

TEST_F(Aggregation, AccumulateNOnlyFromThreeOn) {
  sum({a, b}, AggregationMethod::kExperimentalAccumulateN);
  EXPECT_EQ(added(), "op_gradient_sum/AddN AddN a b\n");
  first = graph.num_nodes();
  EXPECT_EQ(value(sum({a, b, a}, AggregationMethod::kExperimentalAccumulateN)), "[12. 24.]");
  EXPECT_EQ(added(), "AccumulateNV2 AccumulateNV2 a b a\n");
}

TEST_F(Aggregation, AccumulateNOnlyOfKnownShapes) {
  const Output open = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "open"});
  first = graph.num_nodes();
  sum({open, open, open}, AggregationMethod::kExperimentalAccumulateN);
  EXPECT_EQ(added(), "op_gradient_sum/AddN AddN open open\nop_gradient_sum/AddN_1 AddN op_gradient_sum/AddN open\n");
  first = graph.num_nodes();
  sum({open, a, open}, AggregationMethod::kExperimentalAccumulateN);
  EXPECT_EQ(added(), "AccumulateNV2 AccumulateNV2 open a open\n") << "one known shape tells all";
}

TEST_F(Aggregation, DeviceByDevice) {
  std::vector<Gradient> terms;
  for (const char* device : {"/job:b", "/job:a", "/job:b"}) {
    const Scope place = graph.device(device);
    terms.push_back(ones(graph, {2}, {.name = "t"}));
  }
  first = graph.num_nodes();
  sum(terms);
  EXPECT_EQ(added(), "AddN AddN t t_2 loc:@t\nAddN_1 AddN t_1 AddN\n") << "device names in order; one term needs no sum";
  EXPECT_EQ(graph.node(first)->device(), "/job:b");
}

TEST_F(Aggregation, RowsStayRows) {
  const Gradient same = aggregate_gradients({rows32, rows32}, AggregationMethod::kDefault, "op");
  EXPECT_EQ(value(same.slices().values), "[5. 6. 7. 5. 6. 7.]");
  EXPECT_EQ(same.slices().indices.dtype(), DType::kInt32);
  const Gradient mixed = aggregate_gradients({rows32, rows64}, AggregationMethod::kDefault, "op");
  EXPECT_EQ(value(mixed.slices().indices), "[1 0 1 1]");
  EXPECT_EQ(mixed.slices().indices.dtype(), DType::kInt64);
  EXPECT_EQ(mixed.slices().dense_shape, rows32.dense_shape);
}

TEST_F(Aggregation, RowsAndDenseBecomeDense) {
  EXPECT_EQ(value(sum({rows32, a, rows64})), "[  7. 114.]");
  EXPECT_EQ(graph.node(graph.num_nodes() - 1)->name(), "AddN");
}

TEST_F(Aggregation, TapesAddPlainly) {
  EXPECT_EQ(aggregate_tape_gradients({a}).dense(), a);
  aggregate_tape_gradients({a, b});
  EXPECT_EQ(added(), "AddN AddN a b\n");
}

}  // namespace
}  // namespace weft
