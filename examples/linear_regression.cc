// Linear regression: find slope and intercept of noisy points on y = 3x - 1 by gradient descent with momentum.
//
// Shows placeholders and feeds, a loss of several nodes inside a name scope, fetching values while training, and tensors that view the
// program's own memory.
//
//   linear_regression [--dot FILE]
#include <cstdio>
#include <random>
#include <vector>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 0.1f);
  std::vector<float> xs, ys;
  for (int i = 0; i < 200; ++i) {
    xs.push_back(static_cast<float>(i) / 100 - 1);
    ys.push_back(3 * xs.back() - 1 + noise(random));
  }

  Graph graph({.name = "linear_regression"});
  Output x = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "x"});
  Output y = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "y"});
  Variable slope = variable(graph, 0.0f, {.name = "slope"});
  Variable intercept = variable(graph, 0.0f, {.name = "intercept"});
  Output loss;
  {
    auto scope = graph.name_scope("loss");
    loss = reduce_mean(square(slope * x + intercept - y));
  }
  MomentumOptimizer momentum({.learning_rate = 0.1f, .momentum = 0.9f});
  Operation train = momentum.minimize(loss);
  Operation init = global_variables_initializer(graph);
  flags.draw(graph);

  Session session(graph);
  check(session.run(init));
  const Tensor x_values = Tensor::view(xs.data(), {200});
  const Tensor y_values = Tensor::view(ys.data(), {200});
  for (int step = 1; step <= 100; ++step) {
    const auto r = check(session.run({.feeds = {{x, x_values}, {y, y_values}}, .fetches = {loss}, .targets = {train}}));
    if (step % 20 == 0) std::printf("step %3d: loss %.5f\n", step, r[0].scalar<float>());
  }
  const auto found = check(session.run({.fetches = {slope, intercept}}));
  std::printf("y = %.3f x %+.3f\n", found[0].scalar<float>(), found[1].scalar<float>());
}
