// nullptr as a value.
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
  Output sum = loss + 1.0f;
#else
  Output sum = loss + nullptr;
#endif
}
