// A number as the global step.
// Row: global_step_is_int
// EXPECT: to 'weft::MinimizeOptions'
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
  Output gradient = gradients(loss, x)[0].dense();
  Session session(graph);
#ifdef CONTROL
  optimizer.minimize(loss, {.global_step = x});
#else
  optimizer.minimize(loss, {.global_step = 3});
#endif
}
