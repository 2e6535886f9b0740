// A number where apply_gradients updates a variable.
// Row: var_is_float
// EXPECT: could not convert '5.0e+0f' from 'float' to 'weft::Variable'
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
  optimizer.apply_gradients({{gradients(loss, x)[0], x}});
#else
  optimizer.apply_gradients({GradientAndVariable{gradients(loss, x)[0], 5.0f}});
#endif
}
