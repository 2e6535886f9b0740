// The article's program: minimise x^2 from x = 5 with a gradient tape and gradient descent, and look at every step.
//
// Shows the four parts of every program: a graph, gradients as more nodes of it, an optimizer that makes update nodes of them, and a
// session that runs the nodes one asks for.
//
//   article [--dot FILE]
#include <iostream>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});

  GradientTape tape(graph);
  Output loss = pow(x, 2.0f);
  auto gradients = tape.gradient(loss, {x});

  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  Operation train_op = optimizer.apply_gradients(zip(gradients, {x}));
  Operation init = global_variables_initializer(graph);
  flags.draw(graph, {.title = "x squared"});

  Session session(graph);
  check(session.run(init));
  for (int step = 1; step <= 10; ++step) {
    // The loss is the one before the update: reads of a resource variable keep their value.
    const auto result = check(session.run({.fetches = {loss}, .targets = {train_op}}));
    std::cout << "Step " << step << ": Loss = " << result[0] << "\n";
  }
  std::cout << "x = " << check(session.run({.fetches = {x}}))[0] << "\n";
}
