// The first program of the README, as a user's own: x^2 goes to its minimum by ten steps of gradient descent.
#include <cmath>
#include <iostream>

#include "weft/weft.h"

float eigen_product();

namespace {

int fail(const absl::Status& status) {
  std::cerr << status << "\n";
  return 1;
}

}  // namespace

int main() {
  using namespace weft;
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = x * x;
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  Operation train_op = optimizer.minimize(loss);
  Operation init = global_variables_initializer(graph);

  Session session(graph);
  if (auto initialised = session.run(init); !initialised.ok()) return fail(initialised.status());
  float last = 0;
  for (int step = 1; step <= 10; ++step) {
    auto result = session.run({.fetches = {loss}, .targets = {train_op}});
    if (!result.ok()) return fail(result.status());
    last = (*result)[0].scalar<float>();
  }
  const bool right = last < 0.6f && std::isfinite(last) && eigen_product() == 2.0f;
  std::cout << "loss " << last << ", host's Eigen " << eigen_product() << "\n";
  return right ? 0 : 1;
}
