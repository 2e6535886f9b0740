// Gradients, but not whose: apply_gradients takes pairs.
// Row: not_pairs
// EXPECT: apply_gradients takes pairs of a gradient and its variable: optimizer.apply_gradients(zip(gradients, {w, b}))
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/gradient_descent.h"

int main() {
  using namespace weft;
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = x * x;
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
#ifdef CONTROL
  optimizer.apply_gradients(zip(gradients(loss, x), {x}));
#else
  optimizer.apply_gradients(gradients(loss, x)[0].dense());
#endif
}
