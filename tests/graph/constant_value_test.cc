// What is known of values while a graph is built: as much as TensorFlow 1.15.5's shape inference knew for the same graphs, no less and
// no more, since gradients choose between nodes by it.
#include <gtest/gtest.h>

#include "weft/graph/shape_context.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/random_ops.h"

namespace weft {
namespace {

class ConstantValue : public ::testing::Test {
 protected:
  std::string value(const Output& output) {
    const Tensor* constant = constant_value(output);
    return constant != nullptr ? constant->to_string() : "unknown";
  }
  std::string as_shape(const Output& output) {
    const auto shape = value_as_shape(output);
    return shape.ok() ? shape->to_string() : std::string(message(shape.status()));
  }
  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3}, .name = "x"});
  Output s = shape(x);
};

TEST_F(ConstantValue, FollowsFromConstants) {
  const Output a = constant(graph, {2, 3});
  EXPECT_EQ(value(a), "[2 3]");
  EXPECT_EQ(value(identity(a * a + 1)), "[ 5 10]");
  EXPECT_EQ(value(unique(constant(graph, {1, 2, 2})).y), "[1 2]") << "though its static shape is unknown";
  EXPECT_EQ(constant_value(a), constant_value(a)) << "computed once";
}

TEST_F(ConstantValue, NotFromWhatIsFedOrRandom) {
  EXPECT_EQ(value(x), "unknown");
  EXPECT_EQ(value(placeholder_with_default(graph, constant(graph, {2}), {1}) + 1), "unknown") << "made to be fed";
  EXPECT_EQ(value(random_uniform(graph, constant(graph, {2}))), "unknown");
  EXPECT_EQ(value(s), "unknown");
  EXPECT_EQ(value(Output()), "unknown");
}

TEST_F(ConstantValue, AKnownShapeIsAConstantWhateverHasIt) {
  const Output known = placeholder(graph, DType::kFloat32, {.shape = {2, 5}});
  EXPECT_EQ(value(shape(known, {.optimize = false})), "[2 5]");
  EXPECT_EQ(value(shape(known, {.out_type = DType::kInt64, .optimize = false})), "[2 5]");
}

TEST_F(ConstantValue, AnErrorWhileComputingIsNoConstant) { EXPECT_EQ(value(floordiv(constant(graph, {1}), constant(graph, {0}))), "unknown"); }

TEST_F(ConstantValue, LargeValuesAreData) {
  const Output large = zeros(graph, {1 << 20});
  EXPECT_EQ(value(large + 1.0f), "unknown");
}

TEST_F(ConstantValue, ALongChainNeedsNoStack) {
  Output y = constant(graph, 1);
  for (int i = 0; i < 1500; ++i) y = identity(y);
  EXPECT_EQ(value(y), "1");
  for (int i = 0; i < 200000; ++i) y = identity(y);
  EXPECT_EQ(value(y), "unknown") << "what is that long is no shape computation";
}

// The shapes that tf.raw_ops.Reshape(y, value) had.
TEST_F(ConstantValue, ReadAsShapes) {
  EXPECT_EQ(as_shape(s), "[?,3]");
  EXPECT_EQ(as_shape(shape_n(std::vector<Output>{x, x})[1]), "[?,3]");
  EXPECT_EQ(as_shape(strided_slice(s, {Slice::from(1)})), "[3]");
  EXPECT_EQ(as_shape(concat({s, constant(graph, {4})}, 0)), "[?,3,4]");
  EXPECT_EQ(as_shape(stack({strided_slice(s, {0}), strided_slice(s, {1})})), "[?,?]") << "scalars must be constant";
  EXPECT_EQ(as_shape(identity(s)), "[?,?]") << "of others only the length is known";
  EXPECT_EQ(as_shape(slice(s, {0}, {2})), "[?,?]");
  EXPECT_EQ(as_shape(slice(s, {1}, {1})), "[?]");
  EXPECT_EQ(as_shape(reshape(s, {2})), "[?,?]");
  EXPECT_EQ(as_shape(maximum(s, 1)), "[?,?]");
  EXPECT_EQ(as_shape(fill({2}, strided_slice(s, {1}))), "[?,?]");
  EXPECT_EQ(as_shape(fill(graph, {2}, 3)), "[3,3]");
  EXPECT_EQ(as_shape(-constant(graph, {-2, -3})), "[2,3]");
  EXPECT_EQ(as_shape(concat({expand_dims(strided_slice(s, {1}), 0), constant(graph, {2})}, 0)), "[?,2]");
  EXPECT_EQ(as_shape(shape(unique(constant(graph, {1, 2, 2})).y, {.optimize = false})), "[?]") << "a shape of a shape is read, not computed";
}

TEST_F(ConstantValue, WhatIsNoShapeIsAnError) {
  EXPECT_EQ(as_shape(constant(graph, -1)), "<unknown>");
  EXPECT_NE(as_shape(constant(graph, 5)).find("Saw value: 5"), std::string::npos);
  EXPECT_NE(as_shape(constant(graph, {2, -7})).find("Invalid value in tensor used for shape: -7"), std::string::npos);
  EXPECT_NE(as_shape(constant(graph, std::vector<int>(300, 1))).find("300 dimensions"), std::string::npos);
}

}  // namespace
}  // namespace weft
