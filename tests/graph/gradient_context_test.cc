// What a gradient function is given.
#include "weft/graph/gradient_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

class Contexts : public ::testing::Test {
 protected:
  Graph graph;
  Output a = test::source(graph, {2}, "a");
  Output b = test::source(graph, {2}, "b");
  Node* join = *test::add(graph, test::join_op(), {a, b}, "j");
};

TEST_F(Contexts, SlicesBecomeDenseOnceAndOnlyWhenAsked) {
  int calls = 0;
  const IndexedSlices slices{a, b, Output()};
  GradientContext g(join, {Gradient(slices)}, [&](const IndexedSlices& s) {
    ++calls;
    return s.values;
  });
  EXPECT_TRUE(g.dy_any().is_slices());
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(g.dy(), a);
  EXPECT_EQ(g.dy(), a);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(g.x(1), b);
  EXPECT_EQ(g.y(), join->output());
}

TEST_F(Contexts, AbsentOnesAreEmpty) {
  GradientContext g(join, {Gradient()}, nullptr);
  EXPECT_FALSE(g.has_dy(0));
  EXPECT_FALSE(g.dy());
  EXPECT_EQ(g.none().size(), 2u);
  const Gradients first = g.first(a);
  EXPECT_EQ(first[0].dense(), a);
  EXPECT_TRUE(first[1].is_none());
}

TEST_F(Contexts, OnlyATapeSaysWhatItNeeds) {
  GradientContext g(join, {Gradient(a)}, nullptr);
  EXPECT_TRUE(g.needs(0) && g.needs(1) && !g.from_tape());
  g.set_needed({true, false});
  EXPECT_TRUE(g.needs(0) && !g.needs(1) && g.from_tape());
}

TEST_F(Contexts, FailingRecordsTheNodeAndItsLine) {
  GradientContext g(join, {Gradient(a)}, nullptr);
  const Gradients all = g.fail(invalid_argument("no good"));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].absent(), AbsentGradient::kFailed);
  EXPECT_EQ(all[0].reason(), "no good");
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr("gradient of 'j' (op: Join"));
  EXPECT_THAT(std::string(message(graph.status())), ::testing::HasSubstr("gradient_context_test.cc:"));
}

TEST(Gradient, OfAFailedOutputIsNoAbsence) {
  Graph graph;
  EXPECT_TRUE(Gradient(Output()).is_none());
  const Gradient failed(Output::failed(&graph));
  EXPECT_FALSE(failed.is_none()) << "an error is on its way; it is not a missing path";
  EXPECT_FALSE(failed.values());
}

}  // namespace
}  // namespace weft
