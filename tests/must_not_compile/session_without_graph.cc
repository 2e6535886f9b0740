// A session without a graph: there is no default graph.
// Row: session_no_graph
// EXPECT: no matching function for call to 'weft::Session::Session()'
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
  Session another(graph);
#else
  Session another;
#endif
}
