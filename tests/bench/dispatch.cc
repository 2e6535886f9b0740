// What a step costs beside its kernels: nanoseconds a node, microseconds a training step. What building, differentiating and planning
// cost.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "tests/runtime/test_ops.h"
#include "weft/gradients/gradients.h"
#include "weft/gradients/tape.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/optimizers.h"

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
BENCHMARK_CAPTURE(noop_16x1024, serial, SessionOptions{.threads = 1, .engine = EngineKind::kSerial})->UseRealTime();
BENCHMARK_CAPTURE(noop_16x1024, pool2, SessionOptions{.threads = 2, .engine = EngineKind::kPool})->UseRealTime();

// The article's program: loss = x * x, one step of gradient descent.
struct XSquared {
  XSquared() : x(variable(graph, 5.0f, {.name = "x"})) {
    GradientTape tape(graph);
    loss = x * x;
    const auto gradients = tape.gradient(loss, {x});
    GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
    train = optimizer.apply_gradients(zip(gradients, {x}));
    init = global_variables_initializer(graph);
  }
  Graph graph;
  Variable x;
  Output loss;
  Operation train;
  Operation init;
};

void xsquared_callable(benchmark::State& state) {
  XSquared program;
  Session session(program.graph, {.threads = 1, .engine = EngineKind::kSerial});
  if (!session.run(program.init).ok()) return state.SkipWithError("no initialisation");
  const Callable step = session.make_callable({.fetches = {program.loss}, .targets = {program.train}});
  if (!step.status().ok()) return state.SkipWithError(step.status().ToString().c_str());
  std::vector<Tensor> loss(1);
  for (auto _ : state) {
    if (!step.run({}, loss).ok()) state.SkipWithError("a step failed");
  }
  if (step.nodes_run() != state.iterations() * step.num_nodes()) state.SkipWithError("not every node ran");
  state.counters["nodes_per_step"] = step.num_nodes();
  state.counters["kernels_run"] = static_cast<double>(step.nodes_run());
}
BENCHMARK(xsquared_callable);

void xsquared_run(benchmark::State& state) {
  XSquared program;
  Session session(program.graph, {.threads = 1, .engine = EngineKind::kSerial});
  if (!session.run(program.init).ok()) return state.SkipWithError("no initialisation");
  for (auto _ : state) {
    if (!session.run({.fetches = {program.loss}, .targets = {program.train}}).ok()) state.SkipWithError("a step failed");
  }
}
BENCHMARK(xsquared_run);

// Nodes with names and inferred shapes: y = tanh(y * x).
void build_node(benchmark::State& state) {
  int64_t nodes = 0;
  for (auto _ : state) {
    Graph graph;
    const Output x = constant(graph, Tensor(DType::kFloat32, {16, 1}));
    Output y = constant(graph, Tensor(DType::kFloat32, {16, 64}));
    while (graph.num_nodes() < 10000) y = tanh(y * x);
    nodes += graph.num_nodes();
    if (!graph.status().ok()) state.SkipWithError(graph.status().ToString().c_str());
  }
  state.counters["time_per_node"] = benchmark::Counter(static_cast<double>(nodes), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(build_node)->Unit(benchmark::kMillisecond);

// gradients() over 10,000 layers, each a matmul and an addition with weights and a bias of its own.
void gradients_10000(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    {
      Graph graph;
      std::vector<Variable> variables;
      Output y = constant(graph, Tensor(DType::kFloat32, {1, 2}));
      const Output weights = constant(graph, Tensor::zeros(DType::kFloat32, {2, 2}));
      const Output bias = constant(graph, Tensor::zeros(DType::kFloat32, {2}));
      for (int i = 0; i < 10000; ++i) {
        variables.push_back(variable(graph, weights));
        y = matmul(y, variables.back());
        variables.push_back(variable(graph, bias));
        y = y + variables.back();
      }
      state.ResumeTiming();
      const std::vector<Gradient> gradient = gradients(y, variables);
      state.PauseTiming();
      if (gradient.size() != 20000 || gradient[0].is_none()) state.SkipWithError("a gradient is absent");
    }
    state.ResumeTiming();
  }
}
BENCHMARK(gradients_10000)->Unit(benchmark::kMillisecond);

// A thousand nodes: a session, a plan and the end of both.
void plan_1000(benchmark::State& state) {
  Graph graph;
  Output x = test::constant(graph, Tensor::scalar_of(1.0f));
  Output y = x;
  while (graph.num_nodes() < 1000) y = test::mix(graph, y, graph.num_nodes() % 3 == 0 ? x : y);
  for (auto _ : state) {
    const Session session(graph, {.threads = static_cast<int>(state.range(0))});
    const Callable callable = session.make_callable({.fetches = {y}});
    if (!callable.status().ok() || callable.num_nodes() != 1000) state.SkipWithError("no plan");
  }
}
BENCHMARK(plan_1000)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace weft
