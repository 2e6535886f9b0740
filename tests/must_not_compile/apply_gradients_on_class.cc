// apply_gradients on the class instead of on an optimizer object.
// EXPECT: without object
#include "weft/weft.h"

int main() {
  using namespace weft;
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = x * x;
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  auto gradients = optimizer.compute_gradients(loss);
#ifdef CONTROL
  optimizer.apply_gradients(gradients);
#else
  GradientDescentOptimizer::apply_gradients(gradients);
#endif
}
