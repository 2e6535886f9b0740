// Session::run of a whole number.
// Row: fetch_int
// EXPECT: no matching function for call to 'weft::Session::run(int)'
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
  (void)Session(graph).run(loss);
#else
  (void)Session(graph).run(3);
#endif
}
