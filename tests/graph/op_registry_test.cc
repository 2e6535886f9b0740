#include "weft/graph/op_registry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "test_ops.h"

namespace weft {
namespace {

TEST(OpRegistry, AProgramsOwnOpsStandBesideTheStandardOnes) {
  OpRegistry mine(&OpRegistry::standard());
  ASSERT_TRUE(mine.add(test::join_op()).ok());
  EXPECT_EQ(mine.add(test::join_op()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(mine.find("Join"), &test::join_op());
  EXPECT_EQ(OpRegistry::standard().find("Join"), nullptr);
  EXPECT_EQ(mine.find("MatMul"), OpRegistry::standard().find("MatMul"));
  EXPECT_EQ(mine.find("Nothing"), nullptr);
  const auto all = mine.all();
  EXPECT_EQ(all.size(), OpRegistry::standard().all().size() + 1);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const OpDef* a, const OpDef* b) { return a->name < b->name; }));
}

TEST(OpRegistry, AnOwnOpHidesAStandardOneOfItsName) {
  static const OpDef& own = *new OpDef([] {
    OpDef op = test::join_op();
    op.name = "MatMul";
    return op;
  }());
  OpRegistry mine(&OpRegistry::standard());
  ASSERT_TRUE(mine.add(own).ok());
  EXPECT_EQ(mine.find("MatMul"), &own);
  const auto all = mine.all();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const OpDef* op) { return op->name == "MatMul"; }), 1);
}

}  // namespace
}  // namespace weft
