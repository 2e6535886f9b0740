// Many threads, sessions inside kernels, growing graphs.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/runtime/test_ops.h"
#include "weft/runtime/thread_pool.h"
#include "weft/session/session.h"

namespace weft::test {
namespace {

TEST(Concurrency, ManyThreadsCallOneCallable) {
  for (const EngineKind engine : {EngineKind::kAuto, EngineKind::kPool}) {
    Graph graph;
    const Output x = placeholder(graph, {-1}, "x");
    Output y = x;
    for (int i = 0; i < 20; ++i) y = mix(graph, y, i % 3 == 0 ? x : y);
    const Session session(graph, {.threads = 2, .engine = engine});
    const Callable callable = session.make_callable({.feeds = {x}, .fetches = {y}});
    ASSERT_TRUE(callable.status().ok()) << callable.status();
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&, t] {
        const std::vector<Tensor> feeds = {Tensor::from<float>(std::vector<float>(static_cast<size_t>(t % 7 + 1), static_cast<float>(t)))};
        std::vector<Tensor> fetches(1);
        std::vector<float> first;
        for (int i = 0; i < 20; ++i) {
          if (!callable.run(feeds, fetches).ok()) ++wrong;
          if (i == 0) first = fetches[0].to_vector<float>();
          if (fetches[0].to_vector<float>() != first) ++wrong;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(callable.nodes_run(), 64 * 20 * 20);
  }
}

TEST(Concurrency, ARunInsideAKernelNeedsNoFreeThread) {
  for (const int threads : {1, 2, 3}) {
    Graph inner_graph;
    const Output one = constant(inner_graph, Tensor::from<float>(std::vector<float>(500, 1.0f)));
    Output inner = one;
    for (int i = 0; i < 10; ++i) inner = mix(inner_graph, mix(inner_graph, inner, one), mix(inner_graph, one, inner));
    const auto pool = std::make_shared<ThreadPool>(threads);
    const Session inner_session(inner_graph, {.pool = pool, .engine = EngineKind::kPool});

    Graph graph;
    const OpDef& op = custom_op(graph, "TestInner", 0, kernel([&](KernelContext& c) -> absl::Status {
                                  auto got = inner_session.run(inner);
                                  if (!got.ok()) return got.status();
                                  c.set_output(0, (*got)[0]);
                                  return absl::OkStatus();
                                }));
    std::vector<Fetch> fetches;
    for (int i = 0; i < 8; ++i) fetches.emplace_back(add(graph, op)->output());
    const Session session(graph, {.pool = pool, .engine = EngineKind::kPool});
    for (int i = 0; i < 10; ++i) {
      const auto got = session.run(fetches);
      ASSERT_TRUE(got.ok()) << got.status();
      for (const Tensor& t : *got) EXPECT_TRUE(equal(t, (*got)[0]));
    }
  }
}

TEST(Concurrency, AGraphGrowsWhileItRuns) {
  Graph graph;
  Output x = constant(graph, Tensor::scalar_of(1.0f));
  const Session session(graph, {.threads = 2});
  const Callable old = session.make_callable({.fetches = {x}});
  std::atomic<bool> stop{false};
  std::thread runner([&] {
    while (!stop) {
      if (!old.run().ok()) ADD_FAILURE();
      if (!session.run(x.op().output(0)).ok()) ADD_FAILURE();
    }
  });
  for (int i = 0; i < 200; ++i) {
    const Output y = mix(graph, x, x);
    EXPECT_TRUE(session.run(y).ok());
  }
  stop = true;
  runner.join();
}

TEST(Concurrency, ACallableOutlivesItsSession) {
  Graph graph;
  const Output x = constant(graph, Tensor::scalar_of(1.0f));
  Callable callable;
  {
    const Session session(graph);
    callable = session.make_callable({.fetches = {x}});
    EXPECT_TRUE(callable.run().ok());
  }
  EXPECT_EQ(callable.run().status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace weft::test
