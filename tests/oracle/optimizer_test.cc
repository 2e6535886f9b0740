// TensorFlow's optimizers, recorded: a forward graph, an optimizer, the values of all variables after each of some steps. Dense and
// sparse gradients, several dtypes, hyper-parameters as tensors, slots under TensorFlow's names.
#include <gtest/gtest.h>

#include <algorithm>

#include "graph_def.h"
#include "make_optimizer.h"
#include "run_case.h"

namespace weft::oracle {
namespace {

Gradient gradient_of(Graph& graph, const GradientOf& pair) {
  if (!pair.gradient.empty()) return tensor_named(graph, pair.gradient);
  if (pair.values.empty()) return Gradient();
  IndexedSlices slices{.values = tensor_named(graph, pair.values), .indices = tensor_named(graph, pair.indices), .dense_shape = {}};
  if (!pair.dense_shape.empty()) slices.dense_shape = tensor_named(graph, pair.dense_shape);
  return slices;
}

Operation build(Graph& graph, Optimizer& optimizer, const OptimizerCase& c) {
  Variable step;
  if (!c.global_step.empty()) step = variable_named(graph, c.global_step);
  if (!c.loss.empty()) {
    MinimizeOptions options{.global_step = step,
                            .gate_gradients = static_cast<GateGradients>(c.gate_gradients),
                            .aggregation_method = static_cast<AggregationMethod>(c.aggregation_method)};
    for (const std::string& name : c.var_list) options.var_list.push_back(variable_named(graph, name));
    return optimizer.minimize(tensor_named(graph, c.loss), options);
  }
  std::vector<GradientAndVariable> pairs;
  for (const GradientOf& pair : c.gradients) pairs.push_back({gradient_of(graph, pair), variable_named(graph, pair.variable)});
  return optimizer.apply_gradients(pairs, {.global_step = step});
}

void compare(const Session& session, const std::vector<VariableValue>& values, int step) {
  for (const VariableValue& value : values) {
    const Variable variable = variable_named(session.graph(), value.variable);
    ASSERT_TRUE(variable) << "no variable '" << value.variable << "'";
    const auto got = session.run(variable.snapshot());
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(difference(value.expected, (*got)[0]), "") << value.variable << " after step " << step;
  }
}

void check(const Case& c) {
  ASSERT_TRUE(c.optimizer.has_value());
  Graph graph;
  if (!import_case(graph, c)) return;
  const std::vector<Variable> before = graph.global_variables();
  const auto optimizer = make_optimizer(graph, c.optimizer->type, c.optimizer->arguments);
  ASSERT_TRUE(optimizer.ok()) << optimizer.status();
  const Operation train = build(graph, **optimizer, *c.optimizer);
  if (c.optimizer->build_error.has_value()) return expect_build_error(graph, (*optimizer)->status(), *c.optimizer->build_error);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  std::vector<std::string> created;
  for (const Variable& variable : graph.global_variables())
    if (std::find(before.begin(), before.end(), variable) == before.end()) created.emplace_back(variable.initializer().name());

  const Session session(graph);
  for (const Step& step : c.optimizer->before) run_targets(session, step.targets);
  if (!created.empty()) run_targets(session, created);
  RunArguments arguments = with_feeds(c.optimizer->feeds);
  arguments.targets = {train};
  ASSERT_EQ(static_cast<int>(c.optimizer->after.size()), c.optimizer->steps);
  for (int step = 0; step < c.optimizer->steps; ++step) {
    const auto result = session.run(arguments);
    ASSERT_TRUE(result.ok()) << result.status();
    compare(session, c.optimizer->after[static_cast<size_t>(step)], step + 1);
  }
  // Neither more nor fewer variables than TensorFlow's optimizer makes.
  size_t expected_created = 0;
  for (const VariableValue& value : c.optimizer->after.back()) expected_created += value.created ? 1 : 0;
  EXPECT_EQ(created.size(), expected_created);
}

TEST(Oracle, Optimizers) { EXPECT_GE(for_each_case("optimizer", check), 229); }

}  // namespace
}  // namespace weft::oracle
