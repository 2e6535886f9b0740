// A handle that names no variable does no harm.
#include "weft/graph/variable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {
namespace {

TEST(EmptyVariable, AnswersEverything) {
  const Variable v;
  EXPECT_FALSE(v);
  EXPECT_EQ(v.graph(), nullptr);
  EXPECT_EQ(v.dtype(), DType::kInvalid);
  EXPECT_FALSE(v.shape().known_rank());
  EXPECT_FALSE(v.trainable() || v.is_resource());
  EXPECT_FALSE(v.handle() || v.initial_value() || v.snapshot() || v.is_initialized());
  EXPECT_FALSE(v.initializer());
  EXPECT_FALSE(v.constraint());
  EXPECT_FALSE(v.value());
  EXPECT_FALSE(v.read_value());
  EXPECT_FALSE(v.assign(1.0f) || v.assign_add(1.0f) || v.assign_sub(1.0f));
  EXPECT_EQ(v.describe(), "an empty Variable");
  EXPECT_EQ(v.name(), "");
}

TEST(Variables, CopiesNameTheSameOne) {
  Graph graph;
  const Variable v = variable(graph, {1.0f, 2.0f}, {.name = "v"});
  const Variable copy = v;
  EXPECT_EQ(copy, v);
  EXPECT_EQ(copy.handle(), v.handle());
  EXPECT_NE(variable(graph, {1.0f, 2.0f}, {.name = "v"}), v);
  EXPECT_EQ(v.name(), "v");
  EXPECT_THAT(v.describe(), ::testing::HasSubstr("'v' (float32 [2], "));
  EXPECT_THAT(v.describe(), ::testing::HasSubstr("variable_test.cc:"));
  EXPECT_NE(v.value().node(), v.read_value().node());
}

}  // namespace
}  // namespace weft
