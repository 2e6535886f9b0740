// A gate that does not exist.
// Row: bad_gate
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
  optimizer.minimize(loss, {.gate_gradients = GateGradients::kOp});
#else
  optimizer.minimize(loss, {.gate_gradients = 7});
#endif
}
