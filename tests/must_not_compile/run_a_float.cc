// Session::run of a number instead of a tensor of the graph.
// EXPECT: no matching function for call to 'weft::Session::run(float)'
#include "weft/weft.h"

int main() {
  using namespace weft;
  Graph graph;
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = x * x;
  Session session(graph);
#ifdef CONTROL
  (void)session.run(loss);
#else
  (void)session.run(2.0f);
#endif
}
