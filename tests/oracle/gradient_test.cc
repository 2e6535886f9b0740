// tf.gradients, recorded: a forward graph, what is differentiated by what, and the values of the gradients.
#include <gtest/gtest.h>

#include "run_case.h"
#include "weft/gradients/gradients.h"

namespace weft::oracle {
namespace {

std::vector<Gradient> build(Graph& graph, const GradientCase& c) {
  std::vector<Operand> ys;
  std::vector<Operand> xs;
  for (const std::string& y : c.ys) ys.emplace_back(tensor_named(graph, y));
  for (const std::string& x : c.xs) xs.emplace_back(tensor_named(graph, x));
  GradientsOptions options{.unconnected_gradients = c.unconnected_zero ? UnconnectedGradients::kZero : UnconnectedGradients::kNone,
                           .gate_gradients = c.gate_gradients,
                           .aggregation_method = static_cast<AggregationMethod>(c.aggregation_method)};
  for (const std::string& g : c.grad_ys) options.grad_ys.push_back(g.empty() ? Gradient() : Gradient(tensor_named(graph, g)));
  for (const std::string& s : c.stop_gradients) options.stop_gradients.push_back(tensor_named(graph, s));
  return gradients(ys, xs, options);
}

void compare(const Expected& expected, const Output& value, const GradientCase& c, const Session& session) {
  RunArguments arguments = with_feeds(c.feeds);
  arguments.fetches = {value};
  const auto got = session.run(arguments);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(difference(expected, (*got)[0]), "") << value.describe();
}

void compare(const SlicesResult& expected, const IndexedSlices& slices, const GradientCase& c, const Session& session) {
  compare(expected.indices, slices.indices, c, session);
  compare(expected.values, slices.values, c, session);
  EXPECT_EQ(static_cast<bool>(slices.dense_shape), expected.dense_shape.has_value());
  if (slices.dense_shape && expected.dense_shape.has_value()) compare(*expected.dense_shape, slices.dense_shape, c, session);
}

void check(const Case& c) {
  ASSERT_TRUE(c.gradient.has_value());
  Graph graph;
  if (!import_case(graph, c)) return;
  const std::vector<Gradient> found = build(graph, *c.gradient);
  if (c.gradient->build_error.has_value()) return expect_build_error(graph, absl::OkStatus(), *c.gradient->build_error);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  ASSERT_EQ(found.size(), c.gradient->expected.size());
  const Session session(graph);
  for (const Step& step : c.gradient->before) run_targets(session, step.targets);
  for (size_t i = 0; i < found.size(); ++i) {
    SCOPED_TRACE(c.gradient->xs[i]);
    const GradientResult& expected = c.gradient->expected[i];
    EXPECT_EQ(found[i].is_none(), !expected.dense && !expected.slices) << found[i].reason();
    ASSERT_EQ(found[i].is_dense(), expected.dense.has_value());
    ASSERT_EQ(found[i].is_slices(), expected.slices.has_value());
    if (expected.dense) compare(*expected.dense, found[i].dense(), *c.gradient, session);
    if (expected.slices) compare(*expected.slices, found[i].slices(), *c.gradient, session);
  }
}

TEST(Oracle, Gradients) { EXPECT_GE(for_each_case("gradient", check), 700); }

}  // namespace
}  // namespace weft::oracle
