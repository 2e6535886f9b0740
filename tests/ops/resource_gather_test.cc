// Partial reads of variables: values, nodes, gradients, TensorFlow's errors.
#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct Fixture {
  Graph graph;
  Variable table = variable(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}}, {.name = "table"});
  Output indices = placeholder(graph, DType::kInt32);

  absl::StatusOr<Tensor> run(const Output& output, const Tensor& value) {
    if (!graph.status().ok()) return graph.status();
    Session session(graph);
    WEFT_RETURN_IF_ERROR(session.run(table.initializer()).status());
    WEFT_ASSIGN_OR_RETURN(const std::vector<Tensor> result, session.run({.feeds = {{indices, value}}, .fetches = {output}}));
    return result[0];
  }
};

TEST(ResourceGather, RowsByIndex) {
  Fixture f;
  const Output rows = gather(f.table, f.indices);
  EXPECT_EQ(rows.name(), "Identity:0");
  EXPECT_EQ(f.graph.find_node("Gather")->op().name, "ResourceGather");
  const auto result = f.run(rows, Tensor::from<int32_t>({{2, 0}, {2, 1}}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->shape(), (Shape{2, 2, 2}));
  EXPECT_EQ(result->to_vector<float>(), (std::vector<float>{5, 6, 1, 2, 5, 6, 3, 4}));
  EXPECT_EQ(f.run(rows, Tensor::from<int32_t>({0}))->to_vector<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(f.run(rows, Tensor(DType::kInt32, Shape{0}))->shape(), (Shape{0, 2}));
}

TEST(ResourceGather, ElementsByPosition) {
  Fixture f;
  const Output picked = gather_nd_read(f.table, f.indices);
  EXPECT_EQ(f.run(picked, Tensor::from<int32_t>({{0, 1}, {2, 0}}))->to_vector<float>(), (std::vector<float>{2, 5}));
  EXPECT_EQ(f.run(picked, Tensor::from<int32_t>({{1}}))->to_vector<float>(), (std::vector<float>{3, 4}));
}

TEST(ResourceGather, ErrorsAreTensorFlows) {
  Fixture f;
  const Output rows = sparse_read(f.table, f.indices);
  const Output picked = gather_nd_read(f.table, f.indices);
  const auto error = [&](const Output& output, const Tensor& indices) {
    const absl::Status status = f.run(output, indices).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(message(status));
  };
  EXPECT_NE(error(rows, Tensor::from<int32_t>({{0, 1}, {1, -1}})).find("indices[1,1] = -1 is not in [0, 3)"), std::string::npos);
  EXPECT_NE(error(picked, Tensor::from<int32_t>({{0, 5}})).find("indices[0] = [0, 5] does not index into param shape [3,2]"), std::string::npos);
  EXPECT_NE(error(picked, Tensor::from<int32_t>({{0, 1, 2}})).find("index innermost dimension length must be <= params rank; saw: 3 vs. 2"),
            std::string::npos);
  Session session(f.graph);
  EXPECT_EQ(session.run({.feeds = {{f.indices, Tensor::from<int32_t>({0})}}, .fetches = {rows}}).status().code(), absl::StatusCode::kNotFound);
}

TEST(ResourceGather, UpdatesAfterAPartialReadWorkInPlace) {
  Fixture f;
  const Output rows = sparse_read(f.table, f.indices);
  const Operation add = scatter_add(f.table, {0}, constant(f.graph, {{1.0f, 1.0f}}));
  Session session(f.graph);
  ASSERT_TRUE(session.run(f.table.initializer()).ok()) << f.graph.status();
  const auto memory_of_table = [&]() -> const void* {  // no hold on it is kept
    const auto value = session.run(f.table.snapshot());
    return value.ok() ? (*value)[0].raw_data() : nullptr;
  };
  const void* before = memory_of_table();
  ASSERT_NE(before, nullptr);
  ASSERT_TRUE(session.run({.feeds = {{f.indices, Tensor::from<int32_t>({0})}}, .fetches = {rows}, .targets = {add}}).ok());
  EXPECT_EQ(memory_of_table(), before);
}

TEST(ResourceGather, GradientIsRows) {
  Fixture f;
  const Output rows = sparse_read(f.table, f.indices);
  const auto all = gradients({rows}, {f.table});
  ASSERT_TRUE(f.graph.status().ok()) << f.graph.status();
  ASSERT_EQ(all.size(), 1u);
  ASSERT_TRUE(all[0].is_slices());
  const IndexedSlices slices = all[0].slices();
  EXPECT_EQ(f.run(slices.values, Tensor::from<int32_t>({{2}, {0}}))->shape(), (Shape{2, 2}));
  EXPECT_EQ(f.run(slices.indices, Tensor::from<int32_t>({{2}, {0}}))->to_vector<int32_t>(), (std::vector<int32_t>{2, 0}));
}

}  // namespace
}  // namespace weft
