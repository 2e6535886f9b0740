// The nodes that gradients and composite functions of this module make, against those TensorFlow 1.15.5 makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/ops/op_testing.h"
#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/clip_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/matrix_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {
namespace {

constexpr int64_t U = -1;

const std::map<std::string, std::vector<std::string>>& golden() {
  static const std::map<std::string, std::vector<std::string>> all = {
#include "tests/ops/gradient_nodes_golden.inc"
  };
  return all;
}

using Outputs = std::vector<Output>;

class GradientNodes : public ::testing::Test {
 protected:
  Output ids(DeclaredShape shape = {U}) { return placeholder(*graph, DType::kInt32, {.shape = shape, .name = "ids"}); }
  Output x(DeclaredShape shape, DType dtype = DType::kFloat32) { return placeholder(*graph, dtype, {.shape = shape, .name = "x"}); }

  // The nodes made for the gradients of f's results by its arguments.
  void gradient(const std::string& name, const std::vector<DeclaredShape>& shapes, const std::function<Outputs(const Outputs&)>& f) {
    graph = std::make_unique<Graph>();
    Outputs xs;
    for (size_t i = 0; i < shapes.size(); ++i) xs.push_back(placeholder(*graph, DType::kFloat32, {.shape = shapes[i], .name = str_cat("x", i)}));
    const Outputs ys = f(xs);
    std::vector<Gradient> dys;
    for (const Output& y : ys) dys.push_back(placeholder(*graph, DType::kFloat32, {.shape = y.shape(), .name = "dy"}));
    const int made = graph->num_nodes();
    gradients(ys, xs, {.grad_ys = dys, .name = "g"});
    compare(name, made);
  }
  void nodes(const std::string& name, const std::function<void()>& f) {
    graph = std::make_unique<Graph>();
    f();
    compare(name, 0);
  }

  std::unique_ptr<Graph> graph;

 private:
  void compare(const std::string& name, int from) {
    EXPECT_TRUE(graph->status().ok()) << name << ": " << graph->status();
    const auto it = golden().find(name);
    ASSERT_NE(it, golden().end()) << name;
    std::vector<std::string> lines = nodes_of(*graph);
    lines.erase(lines.begin(), lines.begin() + from);
    EXPECT_EQ(lines, it->second) << name;
  }
};

TEST_F(GradientNodes, Reductions) {
  gradient("sum_all_static", {{2, 3}}, [](const Outputs& x) -> Outputs { return {reduce_sum(x[0])}; });
  gradient("sum_all_rank", {{2, U}}, [](const Outputs& x) -> Outputs { return {reduce_sum(x[0])}; });
  gradient("sum_all_unknown", {DeclaredShape::unknown()}, [](const Outputs& x) -> Outputs { return {reduce_sum(x[0])}; });
  gradient("sum_axis_static_twice", {{2, 3}}, [](const Outputs& x) -> Outputs {
    const Output first = reduce_sum(x[0], {.axis = {1}});
    return {reduce_sum(first + reduce_sum(x[0], {.axis = 1}))};
  });
  gradient("sum_axis_rank", {{2, U}}, [](const Outputs& x) -> Outputs { return {reduce_sum(x[0], {.axis = 1})}; });
  gradient("mean_all_static", {{2, 3}}, [](const Outputs& x) -> Outputs { return {reduce_mean(x[0])}; });
  gradient("mean_all_rank", {{2, U}}, [](const Outputs& x) -> Outputs { return {reduce_mean(x[0])}; });
  gradient("mean_axis", {{2, U}}, [](const Outputs& x) -> Outputs { return {reduce_mean(x[0], {.axis = {0}})}; });
  gradient("max", {{2, 3}}, [](const Outputs& x) -> Outputs { return {reduce_max(x[0], {.axis = 1})}; });
  gradient("min_unknown", {DeclaredShape::unknown()}, [](const Outputs& x) -> Outputs { return {reduce_min(x[0], {.axis = 1})}; });
  gradient("prod", {{2, 3}}, [](const Outputs& x) -> Outputs { return {reduce_prod(x[0], {.axis = 1})}; });
  gradient("cumsum", {{2, 3}}, [](const Outputs& x) -> Outputs { return {cumsum(x[0], 1)}; });
  gradient("cumprod", {{2, 3}}, [](const Outputs& x) -> Outputs { return {cumprod(x[0], 1, {.reverse = true})}; });
  nodes("logsumexp", [&] { reduce_logsumexp(x({2, 3}), {.axis = 1}); });
  nodes("logsumexp_all", [&] { reduce_logsumexp(x({2, 3})); });
  nodes("std", [&] { reduce_std(x({2, 3}), {.axis = 1}); });
  nodes("variance", [&] { reduce_variance(x({2, 3})); });
  nodes("count_nonzero", [&] { count_nonzero(x({2, 3}), {.axis = 1}); });
}

TEST_F(GradientNodes, ConcatOfRows) {
  const auto rows_of = [](int axis, std::initializer_list<int> rows) {
    return [=, rows = std::vector<int>(rows)](const Outputs& x) -> Outputs { return {gather(concat({x[0], x[1]}, axis), rows)}; };
  };
  gradient("concat_rows", {{2, 3}, {4, 3}}, rows_of(0, {0, 3}));
  gradient("concat_columns", {{2, 3}, {2, 5}}, rows_of(-1, {0, 1}));
  gradient("concat_columns_unknown", {{2, U}, {2, U}}, rows_of(1, {0, 1}));
}

TEST_F(GradientNodes, MatMul) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const auto product = [&](const Outputs& x) -> Outputs { return {matmul(x[0], x[1], {.transpose_a = ta, .transpose_b = tb})}; };
      const DeclaredShape b = tb ? DeclaredShape{4, 3} : DeclaredShape{3, 4};
      gradient(str_cat("matmul_", ta ? 1 : 0, tb ? 1 : 0), {ta ? DeclaredShape{3, 2} : DeclaredShape{2, 3}, b}, product);
      gradient(str_cat("batch_matmul_", ta ? 1 : 0, tb ? 1 : 0), {ta ? DeclaredShape{5, 3, 2} : DeclaredShape{5, 2, 3}, b}, product);
    }
  }
  nodes("tensordot", [&] {
    const Output a = x({2, 3, 4});
    tensordot(a, x({4, 3}), {1, 2}, {1, 0});
  });
  nodes("tensordot_unknown", [&] {
    const Output a = x({U, 3, 4});
    tensordot(a, x({4, 3}), 1);
  });
}

TEST_F(GradientNodes, Gather) {
  gradient("gather", {{5, 3}}, [&](const Outputs& x) -> Outputs { return {gather(x[0], ids())}; });
  gradient("gather_axis", {{5, 3}}, [&](const Outputs& x) -> Outputs { return {gather(x[0], ids(), {.axis = 1})}; });
  gradient("gather_batch", {{5, 3}}, [&](const Outputs& x) -> Outputs { return {gather(x[0], ids({5, U}), {.axis = 1, .batch_dims = 1})}; });
  gradient("gather_nd", {{5, 3}}, [&](const Outputs& x) -> Outputs { return {gather_nd(x[0], ids({U, 2}))}; });
  gradient("gather_nd_rows", {{5, 3}}, [&](const Outputs& x) -> Outputs { return {gather_nd(x[0], ids({U, 1}))}; });
  gradient("scatter_nd", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {scatter_nd(ids({U, 1}), x[0], {6, 3})}; });
  gradient("tensor_scatter_update", {{6, 3}, {U, 3}}, [&](const Outputs& x) -> Outputs { return {tensor_scatter_update(x[0], ids({U, 1}), x[1])}; });
  gradient("tensor_scatter_add", {{6, 3}, {U, 3}}, [&](const Outputs& x) -> Outputs { return {tensor_scatter_add(x[0], ids({U, 1}), x[1])}; });
  gradient("tensor_scatter_sub", {{6, 3}, {U, 3}}, [&](const Outputs& x) -> Outputs { return {tensor_scatter_sub(x[0], ids({U, 1}), x[1])}; });
}

TEST_F(GradientNodes, Masks) {
  nodes("boolean_mask", [&] {
    const Output t = x({4, 3});
    boolean_mask(t, x({4}, DType::kBool));
  });
  nodes("boolean_mask_unknown", [&] {
    const Output t = x({U, 3, 2});
    boolean_mask(t, x({U, 3}, DType::kBool));
  });
  nodes("boolean_mask_axis", [&] {
    const Output t = x({4, 3, 2});
    boolean_mask(t, x({3}, DType::kBool), {.axis = 1});
  });
}

TEST_F(GradientNodes, Embeddings) {
  const auto lookup = [&](std::vector<DeclaredShape> shapes, EmbeddingLookupOptions options) {
    std::vector<Operand> tables;
    for (const DeclaredShape& shape : shapes) tables.push_back(x(shape));
    embedding_lookup(tables, ids(), options);
  };
  nodes("embedding", [&] { lookup({{5, 3}}, {}); });
  nodes("embedding_mod", [&] { lookup({{5, 3}, {4, 3}}, {}); });
  nodes("embedding_div", [&] { lookup({{5, 3}, {4, 3}}, {.partition_strategy = "div"}); });
  nodes("embedding_div_unknown", [&] { lookup({{U, 3}, {4, 3}}, {.partition_strategy = "div"}); });
  nodes("embedding_max_norm", [&] { lookup({{5, 3}}, {.max_norm = Operand(1.0f)}); });
}

TEST_F(GradientNodes, Segments) {
  gradient("segment_sum", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {segment_sum(x[0], ids())}; });
  gradient("segment_mean", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {segment_mean(x[0], ids())}; });
  gradient("segment_max", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {segment_max(x[0], ids())}; });
  gradient("unsorted_segment_sum", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {unsorted_segment_sum(x[0], ids(), 4)}; });
  gradient("unsorted_segment_max", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {unsorted_segment_max(x[0], ids(), 4)}; });
  gradient("unsorted_segment_prod", {{U, 3}}, [&](const Outputs& x) -> Outputs { return {unsorted_segment_prod(x[0], ids(), 4)}; });
  nodes("unsorted_segment_mean", [&] {
    const Output data = x({U, 3});
    unsorted_segment_mean(data, ids(), 4);
  });
  nodes("unsorted_segment_sqrt_n", [&] {
    const Output data = x({5, 3});
    unsorted_segment_sqrt_n(data, ids({5}), 4);
  });
}

TEST_F(GradientNodes, Partitions) {
  gradient("dynamic_partition", {{U, 3}}, [&](const Outputs& x) { return dynamic_partition(x[0], ids(), 2); });
  gradient("dynamic_stitch", {{U, 3}, {U, 3}}, [&](const Outputs& x) -> Outputs {
    const Output first = ids();
    return {dynamic_stitch({first, ids()}, {x[0], x[1]})};
  });
}

TEST_F(GradientNodes, Matrices) {
  gradient("matrix_diag", {{2, 3}}, [](const Outputs& x) -> Outputs { return {matrix_diag(x[0])}; });
  gradient("matrix_diag_part", {{2, 3, 3}}, [](const Outputs& x) -> Outputs { return {matrix_diag_part(x[0])}; });
  gradient("matrix_diag_part_wide", {{2, 3, 4}}, [](const Outputs& x) -> Outputs { return {matrix_diag_part(x[0])}; });
  gradient("matrix_set_diag", {{2, 3, 4}, {2, 3}}, [](const Outputs& x) -> Outputs { return {matrix_set_diag(x[0], x[1])}; });
  gradient("matrix_set_diag_unknown", {{U, 3, 4}, {U, 3}}, [](const Outputs& x) -> Outputs { return {matrix_set_diag(x[0], x[1])}; });
  gradient("matrix_band_part", {{2, 3, 3}}, [](const Outputs& x) -> Outputs { return {matrix_band_part(x[0], 1, 2)}; });
  gradient("diag", {{3}}, [](const Outputs& x) -> Outputs { return {diag(x[0])}; });
  gradient("diag_part", {{3, 3}}, [](const Outputs& x) -> Outputs { return {diag_part(x[0])}; });
  const Tensor pads = Tensor::from<int32_t>({{0, 0}, {1, 1}});
  gradient("space_to_batch_nd", {{1, 4, 4, 2}}, [&](const Outputs& x) -> Outputs { return {space_to_batch_nd(x[0], {2, 2}, pads)}; });
  gradient("batch_to_space_nd", {{4, 4, 4, 2}}, [&](const Outputs& x) -> Outputs { return {batch_to_space_nd(x[0], {2, 2}, pads)}; });
  gradient("space_to_depth", {{1, 4, 4, 2}}, [](const Outputs& x) -> Outputs { return {space_to_depth(x[0], 2)}; });
  gradient("depth_to_space", {{1, 4, 4, 4}}, [](const Outputs& x) -> Outputs { return {depth_to_space(x[0], 2)}; });
  gradient("roll", {{4}}, [](const Outputs& x) -> Outputs { return {roll(x[0], 1, 0)}; });
}

TEST_F(GradientNodes, Clipping) {
  nodes("clip_by_value", [&] { clip_by_value(x({4}), 0.0f, 1.0f); });
  nodes("clip_by_norm", [&] { clip_by_norm(x({4}), 1.0f); });
  nodes("clip_by_norm_axes", [&] { clip_by_norm(x({4, 3}), 1.0f, Operand({1})); });
  nodes("clip_by_average_norm", [&] { clip_by_average_norm(x({4}), 1.0f); });
  nodes("clip_by_global_norm", [&] {
    const Output first = x({4});
    clip_by_global_norm({first, Gradient(), x({3})}, 5.0f);
  });
}

}  // namespace
}  // namespace weft
