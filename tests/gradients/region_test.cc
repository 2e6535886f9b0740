// The nodes between xs and ys, and how many gradients each waits for.
#include "src/gradients/region.h"

#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

std::string names(const Region& region) {
  std::string text;
  for (const Node* node : region.nodes()) str_append(text, text.empty() ? "" : " ", node->name());
  return text;
}

class RegionTest : public ::testing::Test {
 protected:
  int pending(Region& region, const Output& output) { return region.pending(region.index(output.node())); }
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "x"});
  Output z = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "z"});
};

TEST_F(RegionTest, HoldsPathsOnly) {
  const Output a = tanh(x, "a");
  const Output b = exp(z, "b");
  const Output c = a * b;
  sin(a, "beside");
  Region region(graph, std::vector<Output>{c}, std::vector<Output>{x});
  EXPECT_EQ(names(region), "mul a x");
  EXPECT_FALSE(region.contains(b.node()));
  EXPECT_TRUE(region.is_ancestor(b.node())) << "though no gradient of it is wanted";
  EXPECT_EQ(region.index(b.node()), -1);
}

TEST_F(RegionTest, CountsEachUseOfATensor) {
  const Output a = tanh(x, "a");
  const Output square = a * a;
  Region region(graph, std::vector<Output>{square, a}, std::vector<Output>{x});
  EXPECT_EQ(pending(region, a), 2);
  EXPECT_EQ(pending(region, square), 0);
  EXPECT_EQ(pending(region, x), 1);
}

TEST_F(RegionTest, IntegersEndAPath) {
  const Output back = cast(cast(x, DType::kInt32), DType::kFloat32);
  Region region(graph, std::vector<Output>{back}, std::vector<Output>{x});
  EXPECT_EQ(names(region), "");
}

TEST_F(RegionTest, BackEdgesAreFollowed) {
  const Output a = tanh(z, "a");
  const Output b = exp(a, "b");
  const Output late = sin(x, "late");
  ASSERT_TRUE(graph.update_input(a.node(), 0, late).ok());  // a now reads a node made after it
  Region region(graph, std::vector<Output>{b}, std::vector<Output>{x});
  EXPECT_EQ(names(region), "b a late x");
}

TEST_F(RegionTest, NodesMadeLaterAreOutside) {
  const Output a = tanh(x, "a");
  const Region region(graph, std::vector<Output>{a}, std::vector<Output>{x});
  const Output later = exp(a);
  EXPECT_FALSE(region.contains(later.node()));
  EXPECT_FALSE(region.is_ancestor(later.node()));
}

TEST(Dtypes, ThatCarryGradients) {
  for (const DType t : {DType::kHalf, DType::kFloat32, DType::kFloat64, DType::kComplex64, DType::kComplex128, DType::kResource, DType::kVariant}) {
    EXPECT_TRUE(is_backpropagatable(t)) << dtype_name(t);
    EXPECT_TRUE(is_trainable(t)) << dtype_name(t);
  }
  EXPECT_TRUE(is_backpropagatable(DType::kBFloat16));
  EXPECT_FALSE(is_trainable(DType::kBFloat16)) << "no zeros where none arrived, as in TensorFlow 1.15";
  for (const DType t : {DType::kInt32, DType::kInt64, DType::kBool, DType::kString, DType::kQInt8})
    EXPECT_FALSE(is_backpropagatable(t)) << dtype_name(t);
  EXPECT_TRUE(is_backpropagatable(ref_dtype(DType::kFloat32)));
}

}  // namespace
}  // namespace weft
