// A tensor where apply_gradients updates a variable.
// Row: var_is_tensor
// EXPECT: could not convert 'loss' from 'weft::Output' to 'weft::Variable'
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
  GradientAndVariable pair{gradient, x};
#else
  GradientAndVariable pair{gradient, loss};
#endif
  (void)pair;
}
