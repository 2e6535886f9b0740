// apply_gradients on the training operation.
// EXPECT: apply_gradients is a method of an optimizer
#include "weft/weft.h"

int main() {
  using namespace weft;
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = x * x;
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  auto gradients = optimizer.compute_gradients(loss);
  Operation train_op = optimizer.apply_gradients(gradients);
#ifdef CONTROL
  optimizer.apply_gradients(gradients);
#else
  train_op.apply_gradients(gradients);
#endif
}
