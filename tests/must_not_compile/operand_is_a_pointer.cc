// A pointer as a value: it is not read as a truth value.
// EXPECT: no match for 'operator+'
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
  float number = 1; Output sum = loss + &number;
#endif
}
