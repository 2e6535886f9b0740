// Several threads call one callable: a server in miniature, whose requests share a session's variables.
//
// Shows that callables are const and safe to call from any thread, that each call has its own values, and how a call is given a
// deadline. Here one thread trains while four answer requests.
//
//   threads [--dot FILE]
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  Graph graph({.name = "threads"});
  Output x = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "x"});
  Variable w = variable(graph, 0.0f, {.name = "w"});
  Output y = w * x;
  Output loss = reduce_mean(square(y - 2.0f * x));
  GradientDescentOptimizer optimizer({.learning_rate = 0.01f});
  Operation train = optimizer.minimize(loss);
  Operation init = global_variables_initializer(graph);
  flags.draw(graph);

  Session session(graph);
  check(session.run(init));
  const Callable answer = session.make_callable({.feeds = {x}, .fetches = {y}});
  const Callable step = session.make_callable({.feeds = {x}, .targets = {train}});
  check(answer.status());
  check(step.status());

  std::atomic<bool> trained{false};
  std::atomic<int> answers{0}, failures{0};
  std::vector<std::jthread> servers;
  for (int t = 0; t < 4; ++t) {
    servers.emplace_back([&, t] {
      const Tensor request = Tensor::from<float>({static_cast<float>(t), 1});
      do {
        const auto r = answer.run({request});
        // Both elements were multiplied by one value of w, whatever the training thread does meanwhile.
        const bool right = r.ok() && (*r)[0].at<float>({0}) == static_cast<float>(t) * (*r)[0].at<float>({1});
        ++(right ? answers : failures);
      } while (!trained);
    });
  }
  for (int k = 0; k < 500; ++k) check(step.run({Tensor::from<float>({1, 2, 3})}));
  trained = true;
  servers.clear();  // joins them
  std::printf("w = %.4f after 500 steps, with requests answered meanwhile: %s\n", check(session.run({.fetches = {w}}))[0].scalar<float>(),
              answers > 0 ? "yes" : "no");
  return failures == 0 ? 0 : 1;
}
