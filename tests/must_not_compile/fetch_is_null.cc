// Fetching nothing.
// Row: fetch_none
// EXPECT: no matching function for call to 'weft::Session::run(std::nullptr_t)'
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
  (void)session.run(nullptr);
#endif
}
