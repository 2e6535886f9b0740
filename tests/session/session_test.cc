#include "weft/session/session.h"

#include <gtest/gtest.h>

#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

using Results = absl::StatusOr<std::vector<Tensor>>;

float value(const Results& results, size_t i = 0) {
  EXPECT_TRUE(results.ok()) << results.status();
  return results.ok() && i < results->size() ? (*results)[i].scalar<float>() : -1e9f;
}

TEST(Session, RunsFeedsFetchesAndTargets) {
  Graph graph;
  const Output x = placeholder(graph, {}, "x");
  const Output y = mix(graph, x, constant(graph, Tensor::scalar_of(4.0f)), "y");
  Session session(graph);
  EXPECT_EQ(value(session.run({.feeds = {{x, Tensor::scalar_of(2.0f)}}, .fetches = {y}})), 3.0f);
  EXPECT_EQ(value(session.run({.feeds = {{x, 4}}, .fetches = {y}})), 4.0f);
  EXPECT_EQ(value(session.run({.feeds = {{"x:0", 4.0}}, .fetches = {"y:0"}})), 4.0f);
  EXPECT_EQ(value(session.run({.feeds = {{y, 7.0f}}, .fetches = {y}})), 7.0f) << "a fetch that is fed gives the fed value";
  const Results both = session.run({.feeds = {{x, 2.0f}}, .fetches = {y.op(), y, y}, .targets = {"y"}});
  EXPECT_EQ(value(both, 1), 3.0f);
  EXPECT_EQ(value(both, 2), 3.0f);
  EXPECT_FALSE((*both)[0].valid());
}

TEST(Session, VariablesBelongToASession) {
  Graph graph;
  const Output v = variable(graph, "v");
  const Operation step = update(graph, v, constant(graph, Tensor::scalar_of(1.0f)));
  const Output now = add(graph, read_op(), {v}, "now", {step})->output();
  Session first(graph);
  Session second(graph);
  EXPECT_EQ(value(first.run(now)), 1.5f);
  EXPECT_EQ(value(first.run(now)), 1.75f);
  EXPECT_EQ(value(second.run(now)), 1.5f);
}

TEST(Session, CallableReusesResults) {
  Graph graph;
  const Output x = placeholder(graph, {-1}, "x");
  const Output y = mix(graph, mix(graph, x, x), x);
  Session session(graph);
  const Callable callable = session.make_callable({.feeds = {x}, .fetches = {y}});
  ASSERT_TRUE(callable.status().ok()) << callable.status();
  const std::vector<Tensor> feeds = {Tensor::from<float>({1, 2, 3})};
  std::vector<Tensor> fetches(1);
  ASSERT_TRUE(callable.run(feeds, fetches).ok());
  const void* memory = fetches[0].raw_data();
  const std::vector<float> expected = fetches[0].to_vector<float>();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(callable.run(feeds, fetches).ok());
    EXPECT_EQ(fetches[0].raw_data(), memory);
    EXPECT_EQ(fetches[0].to_vector<float>(), expected);
  }
  const Tensor held = fetches[0];
  ASSERT_TRUE(callable.run(feeds, fetches).ok());
  EXPECT_NE(fetches[0].raw_data(), memory);
  EXPECT_EQ(held.to_vector<float>(), expected);
  EXPECT_EQ(value(callable.run({Tensor::from<float>({1})})), 1.75f * 0.5f + 1.25f);
  EXPECT_EQ(callable.nodes_run(), 8 * 2);
}

}  // namespace
}  // namespace weft::test
