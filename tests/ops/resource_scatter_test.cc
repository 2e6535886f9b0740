// Scatter updates of variables: values, order of repeated indices, TensorFlow's errors.
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

// The variable [[1, 2], [3, 4], [5, 6]] after one update by `op`.
absl::StatusOr<std::vector<float>> updated(const OpDef& op, const Tensor& indices, const Tensor& updates) {
  Graph graph;
  const Variable v = variable(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}}, {.name = "v"});
  const Output i = placeholder(graph, indices.dtype());
  const Output u = placeholder(graph, updates.dtype());
  const Operation update = OpBuilder(op, "", Loc::current()).input(v.handle()).input(i).input(u).operation();
  if (!graph.status().ok()) return graph.status();
  Session session(graph);
  WEFT_RETURN_IF_ERROR(session.run(v.initializer()).status());
  WEFT_RETURN_IF_ERROR(session.run({.feeds = {{i, indices}, {u, updates}}, .targets = {update}}).status());
  WEFT_ASSIGN_OR_RETURN(const std::vector<Tensor> value, session.run(v.snapshot()));
  return value[0].to_vector<float>();
}

using Values = std::vector<float>;

TEST(ResourceScatter, ByRows) {
  const Tensor twice = Tensor::from<int32_t>({2, 0, 2});
  const Tensor updates = Tensor::from<float>({{10, 20}, {2, 4}, {100, 200}});
  EXPECT_EQ(*updated(resource_scatter_add_op(), twice, updates), (Values{3, 6, 3, 4, 115, 226}));
  EXPECT_EQ(*updated(resource_scatter_sub_op(), twice, updates), (Values{-1, -2, 3, 4, -105, -214}));
  EXPECT_EQ(*updated(resource_scatter_mul_op(), twice, updates), (Values{2, 8, 3, 4, 5000, 24000}));
  EXPECT_EQ(*updated(resource_scatter_update_op(), twice, updates), (Values{2, 4, 3, 4, 100, 200}));
  EXPECT_EQ(*updated(resource_scatter_min_op(), twice, updates), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(*updated(resource_scatter_max_op(), twice, updates), (Values{2, 4, 3, 4, 100, 200}));
  EXPECT_EQ(*updated(resource_scatter_div_op(), Tensor::from<int64_t>({1}), Tensor::from<float>({{2, 4}})), (Values{1, 2, 1.5, 1, 5, 6}));
}

TEST(ResourceScatter, OneValueGoesEverywhere) {
  EXPECT_EQ(*updated(resource_scatter_update_op(), Tensor::from<int32_t>({0, 2}), Tensor::scalar_of<float>(7)), (Values{7, 7, 3, 4, 7, 7}));
}

TEST(ResourceScatter, NothingToDo) {
  EXPECT_EQ(*updated(resource_scatter_add_op(), Tensor(DType::kInt32, Shape{0}), Tensor(DType::kFloat32, Shape{0, 2})), (Values{1, 2, 3, 4, 5, 6}));
}

TEST(ResourceScatter, ByPositions) {
  const Tensor positions = Tensor::from<int32_t>({{0, 1}, {2, 0}, {0, 1}});
  const Tensor updates = Tensor::from<float>({10, 20, 30});
  EXPECT_EQ(*updated(resource_scatter_nd_add_op(), positions, updates), (Values{1, 42, 3, 4, 25, 6}));
  EXPECT_EQ(*updated(resource_scatter_nd_sub_op(), positions, updates), (Values{1, -38, 3, 4, -15, 6}));
  EXPECT_EQ(*updated(resource_scatter_nd_update_op(), positions, updates), (Values{1, 30, 3, 4, 20, 6}));
  EXPECT_EQ(*updated(resource_scatter_nd_update_op(), Tensor::from<int32_t>({{1}}), Tensor::from<float>({{8, 9}})), (Values{1, 2, 8, 9, 5, 6}));
}

TEST(ResourceScatter, ErrorsAreTensorFlows) {
  const auto error = [](const OpDef& op, const Tensor& indices, const Tensor& updates) {
    const auto result = updated(op, indices, updates);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(message(result.status()));
  };
  const Tensor row = Tensor::from<float>({{1, 2}});
  EXPECT_NE(error(resource_scatter_add_op(), Tensor::from<int32_t>({5}), row).find("indices[0] = 5 is not in [0, 3)"), std::string::npos);
  EXPECT_NE(error(resource_scatter_add_op(), Tensor::from<int32_t>({0, 1}), row)
                .find("shape of indices ([2]) is not compatible with the shape of updates ([1,2])"),
            std::string::npos);
  EXPECT_NE(error(resource_scatter_nd_add_op(), Tensor::from<int32_t>({{5, 0}}), Tensor::from<float>({1}))
                .find("indices[0] = [5, 0] does not index into shape [3,2]"),
            std::string::npos);
  EXPECT_NE(error(resource_scatter_nd_add_op(), Tensor::from<int32_t>({{0, 0, 0}}), Tensor::from<float>({1}))
                .find("Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:]"),
            std::string::npos);
  EXPECT_NE(error(resource_scatter_nd_add_op(), Tensor::from<int32_t>({{0, 0}}), Tensor::from<float>({1, 2}))
                .find("The outermost dimension of updates and indices must match."),
            std::string::npos);
}

TEST(ResourceScatter, IntegerDivisionByZeroIsAnError) {
  Graph graph;
  const Variable v = variable(graph, {1, 2}, {.name = "v"});
  const Operation divide = OpBuilder(resource_scatter_div_op(), "", Loc::current()).input(v.handle()).input({0}).input({0}).operation();
  Session session(graph);
  ASSERT_TRUE(session.run(v.initializer()).ok()) << graph.status();
  EXPECT_EQ(session.run(divide).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace weft
