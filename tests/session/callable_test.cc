// Callables: what they give for values and nodes, what they say of their plan, what outlives what.
#include "weft/session/callable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/test_ops.h"
#include "weft/session/session.h"

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class Callables : public ::testing::Test {
 protected:
  Graph graph;
  Output x = placeholder(graph, {}, "x");
  Output y = mix(graph, x, x, "y");
};

TEST_F(Callables, ANodeAmongTheFetchesHasAnEmptyPlace) {
  const Session session(graph);
  const Callable callable = session.make_callable({.feeds = {x}, .fetches = {y.op(), y, x, y}});
  ASSERT_TRUE(callable.status().ok()) << callable.status();
  const std::vector<Tensor> feeds = {Tensor::scalar_of(4.0f)};
  std::vector<Tensor> fetches(4);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(callable.run(feeds, fetches).ok());
    EXPECT_FALSE(fetches[0].valid());
    for (const size_t k : {1u, 2u, 3u}) EXPECT_EQ(fetches[k].scalar<float>(), 4.0f);
  }
  std::vector<Tensor> short_room(3);
  EXPECT_THAT(std::string(message(callable.run(feeds, short_room))), HasSubstr("gives 4 fetches and was given room for 3"));
  EXPECT_EQ((*callable.run(feeds)).size(), 4u);
}

TEST_F(Callables, WhatCouldNotBeMadeSaysWhyOnEachRun) {
  const Session session(graph);
  const Callable callable = session.make_callable({.feeds = {"x:0"}, .fetches = {"z:0"}});
  EXPECT_EQ(callable.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(callable.run().status(), callable.status());
  EXPECT_EQ(callable.num_nodes(), 0);
  EXPECT_TRUE(callable.diagnostics().empty());
  const Callable twice = session.make_callable({.feeds = {x, x}, .fetches = {y}});
  EXPECT_THAT(std::string(message(twice.status())), HasSubstr("fed more than once"));
}

TEST_F(Callables, CopiesShareThePlan) {
  const Session session(graph);
  const Callable first = session.make_callable({.feeds = {x}, .fetches = {y}});
  const Callable again = session.make_callable({.feeds = {x}, .fetches = {y}});
  const Callable copy = first;
  ASSERT_TRUE(copy.run({Tensor::scalar_of(1.0f)}).ok());
  EXPECT_EQ(first.nodes_run(), 1);
  EXPECT_EQ(again.nodes_run(), 1) << "the session compiles a request once";
}

TEST_F(Callables, DiagnosticsNamePairsAndForgottenUpdates) {
  const Output v = variable(graph, "v");
  const Output before = read(graph, v, "before");
  const Operation step = update(graph, v, y, "step");
  const Operation average = update(graph, variable(graph, "average"), y, "average_update");
  graph.add_to_collection(collections::kUpdateOps, average);
  const Session session(graph);
  const Callable callable = session.make_callable({.feeds = {x}, .fetches = {before}, .targets = {step}});
  ASSERT_TRUE(callable.status().ok()) << callable.status();
  ASSERT_EQ(callable.diagnostics().size(), 2u);
  EXPECT_EQ(callable.diagnostics()[0].kind, Diagnostic::Kind::kUnorderedAccess);
  EXPECT_EQ(callable.diagnostics()[1].kind, Diagnostic::Kind::kNeverRuns);
  EXPECT_EQ(callable.diagnostics()[1].places[0].node, "average_update");
}

TEST_F(Callables, OldOnesGoOnWhenTheGraphGrowsOrFails) {
  const Session session(graph);
  const Callable old = session.make_callable({.feeds = {x}, .fetches = {y}});
  const Output z = mix(graph, y, y, "z");
  graph.add_error(invalid_argument("a wrong call"));
  EXPECT_TRUE(old.run({Tensor::scalar_of(1.0f)}).ok());
  EXPECT_EQ((*session.run({.feeds = {{x, 4.0f}}, .fetches = {z}}))[0].scalar<float>(), 4.0f);
}

}  // namespace
}  // namespace weft::test
