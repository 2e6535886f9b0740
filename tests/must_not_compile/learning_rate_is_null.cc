// No learning rate.
// Row: lr_none
// EXPECT: nullptr is no value: give a number, a text, a Tensor, an Output or a Variable
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
  GradientDescentOptimizer other({.learning_rate = 0.5f});
#else
  GradientDescentOptimizer other({.learning_rate = nullptr});
#endif
}
