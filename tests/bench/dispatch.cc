// What a step costs beside its kernels: nanoseconds a node, microseconds a training step, time to plan.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "tests/runtime/test_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

// 1,024 layers of 16 NoOps; each node after the first layer runs after one to three of the layer before.
void add_layered_noops(Graph& graph) {
  std::mt19937 random(1);
  std::vector<Operation> layer;
  for (int depth = 0; depth < 1024; ++depth) {
    std::vector<Operation> next;
    for (int i = 0; i < 16; ++i) {
      std::vector<Operation> controls;
      for (uint32_t k = random() % 3 + 1; k > 0 && depth > 0; --k) controls.push_back(layer[random() % 16]);
      next.emplace_back(test::add(graph, test::noop_op(), {}, "n", std::move(controls)));
    }
    layer = std::move(next);
  }
}

void noop_16x1024(benchmark::State& state, SessionOptions options) {
  Graph graph;
  add_layered_noops(graph);
  std::vector<Fetch> targets;
  for (int i = 0; i < graph.num_nodes(); ++i) targets.emplace_back(Operation(graph.node(i)));
  Session session(graph, std::move(options));
  const Callable step = session.make_callable({.targets = targets});
  if (!step.status().ok()) return state.SkipWithError(step.status().ToString().c_str());
  for (auto _ : state) {
    if (!step.run({}, std::span<Tensor>()).ok()) state.SkipWithError("a step failed");
  }
  const auto nodes = static_cast<double>(step.nodes_run());
  if (step.nodes_run() != state.iterations() * step.num_nodes()) state.SkipWithError("not every node ran");
  state.counters["kernels_run"] = nodes;
  state.counters["nodes_per_step"] = step.num_nodes();
  state.counters["time_per_node"] = benchmark::Counter(nodes, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(noop_16x1024, serial, SessionOptions{.threads = 1, .engine = EngineKind::kSerial, .optimize = false})->UseRealTime();
BENCHMARK_CAPTURE(noop_16x1024, pool2, SessionOptions{.threads = 2, .engine = EngineKind::kPool, .optimize = false})->UseRealTime();

// A thousand nodes: a session, a plan and the end of both.
void plan_1000(benchmark::State& state) {
  Graph graph;
  Output x = test::constant(graph, Tensor::scalar_of(1.0f));
  Output y = x;
  while (graph.num_nodes() < 1000) y = test::mix(graph, y, graph.num_nodes() % 3 == 0 ? x : y);
  for (auto _ : state) {
    const Session session(graph, {.threads = static_cast<int>(state.range(0)), .optimize = false});
    const Callable callable = session.make_callable({.fetches = {y}});
    if (!callable.status().ok() || callable.num_nodes() != 1000) state.SkipWithError("no plan");
  }
}
BENCHMARK(plan_1000)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace weft
