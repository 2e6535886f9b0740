#include <gtest/gtest.h>

#include "weft/graph/graph.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

TEST(Arithmetic, BroadcastsAnyRank) {
  const std::vector<std::pair<Dims, Dims>> cases = {
      {{3}, {3}},    {{}, {4}},     {{2, 3}, {3}},    {{2, 3}, {2, 1}}, {{2, 1, 3}, {4, 1}}, {{1, 1}, {1}}, {{5, 1, 2, 1, 3}, {1, 4, 1, 2, 3}},
      {{0, 3}, {3}}, {{2, 0}, {1}}, {{1, 3}, {2, 1}},
  };
  for (const auto& [a, b] : cases) {
    Graph graph;
    const auto filled = [&](const Dims& dims, float step) {
      Tensor t(DType::kFloat32, Shape(dims));
      for (int64_t i = 0; i < t.num_elements(); ++i) t.data<float>()[i] = 1 + step * static_cast<float>(i);
      return t;
    };
    const Tensor x = filled(a, 1);
    const Tensor y = filled(b, 10);
    const Output z = constant(graph, x) - constant(graph, y);
    ASSERT_TRUE(graph.status().ok()) << graph.status();
    const Tensor* result = constant_value(z);
    ASSERT_NE(result, nullptr);
    const Shape& out = result->shape();
    for (int64_t k = 0; k < out.num_elements(); ++k) {
      int64_t rest = k, xi = 0, yi = 0, xs = 1, ys = 1;
      for (int d = 0; d < out.rank(); ++d) {
        const int64_t size = out.dim(out.rank() - 1 - d);
        const int64_t i = rest % size;
        rest /= size;
        const int64_t xd = d < x.rank() ? x.dim(x.rank() - 1 - d) : 1;
        const int64_t yd = d < y.rank() ? y.dim(y.rank() - 1 - d) : 1;
        xi += (xd == 1 ? 0 : i) * xs;
        yi += (yd == 1 ? 0 : i) * ys;
        xs *= xd;
        ys *= yd;
      }
      EXPECT_EQ(result->data<float>()[k], x.data<float>()[xi] - y.data<float>()[yi]) << out.to_string() << " at " << k;
    }
  }
}

TEST(Arithmetic, IntegersWrapAround) {
  Graph graph;
  const int32_t least = std::numeric_limits<int32_t>::min();
  const Output x = constant(graph, {least, 2147483647});
  EXPECT_EQ(constant_value(x + 1)->to_vector<int32_t>(), (std::vector<int32_t>{least + 1, least}));
  EXPECT_EQ(constant_value(-x)->to_vector<int32_t>(), (std::vector<int32_t>{least, -2147483647}));
  EXPECT_EQ(constant_value(abs(x))->to_vector<int32_t>(), (std::vector<int32_t>{least, 2147483647}));
  EXPECT_EQ(constant_value(floordiv(x, -1))->to_vector<int32_t>(), (std::vector<int32_t>{least, -2147483647}));
  EXPECT_EQ(constant_value(floormod(x, -1))->to_vector<int32_t>(), (std::vector<int32_t>{0, 0}));
}

}  // namespace
}  // namespace weft
