// Evaluating a tensor without a session.
// Row: eval_without_session
// EXPECT: 'class weft::Output' has no member named 'eval'
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
  (void)session.run(loss);
#else
  (void)loss.eval();
#endif
}
