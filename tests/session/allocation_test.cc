// Warm steps do not allocate. Counted by replacing operator new and the C functions that Buffer uses.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/runtime/test_ops.h"
#include "weft/session/session.h"

namespace weft::test {
std::atomic<int64_t> allocations{0};
}  // namespace weft::test

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
// glibc's own entry points; every allocation of the program comes through these two.
extern "C" void* __libc_malloc(size_t size);
extern "C" void* __libc_memalign(size_t alignment, size_t size);
extern "C" void* malloc(size_t size) {
  weft::test::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
extern "C" void* aligned_alloc(size_t alignment, size_t size) {
  weft::test::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}

namespace weft::test {
namespace {

int64_t allocations_of_warm_steps(const Callable& callable, const std::vector<Tensor>& feeds, size_t num_fetches) {
  EXPECT_TRUE(callable.status().ok()) << callable.status();
  std::vector<Tensor> fetches(num_fetches);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(callable.run(feeds, fetches).ok());
  const int64_t before = allocations;
  for (int i = 0; i < 100; ++i) {
    if (!callable.run(feeds, fetches).ok()) return -1;
  }
  return allocations - before;
}

TEST(Allocation, WarmStepsAllocateNothing) {
  for (const EngineKind engine : {EngineKind::kSerial, EngineKind::kPool, EngineKind::kAuto}) {
    Graph graph;
    const Output x = placeholder(graph, {-1}, "x");
    const Output v = variable(graph, "v");
    Output y = mix(graph, x, read(graph, v));
    std::vector<Output> layers;
    for (int i = 0; i < 30; ++i) layers.push_back(y = mix(graph, y, i % 4 == 0 ? x : y));
    for (int i = 29; i >= 0; --i) y = mix(graph, y, add(graph, same_op(), {layers[static_cast<size_t>(i)]})->output());
    const Output same = add(graph, same_op(), {y})->output();
    const Output total = add(graph, sum_op(), {y})->output();
    const Operation step = update(graph, v, total);
    const Session session(graph, {.threads = engine == EngineKind::kPool ? 1 : 2, .engine = engine});
    const Callable callable = session.make_callable({.feeds = {x}, .fetches = {total, same}, .targets = {step}});
    const std::vector<Tensor> feeds = {Tensor::from<float>(std::vector<float>(1000, 0.5f))};
    EXPECT_EQ(allocations_of_warm_steps(callable, feeds, 2), 0) << "engine " << static_cast<int>(engine);
  }
}

TEST(Allocation, OtherShapesAreLearnt) {
  Graph graph;
  const Output x = placeholder(graph, {-1}, "x");
  Output y = x;
  for (int i = 0; i < 10; ++i) y = mix(graph, y, x);
  const Output total = add(graph, sum_op(), {y})->output();
  const Session session(graph, {.threads = 1});
  const Callable callable = session.make_callable({.feeds = {x}, .fetches = {total}});
  for (const size_t n : {100u, 1000u, 10u}) {
    const std::vector<Tensor> feeds = {Tensor::from<float>(std::vector<float>(n, 0.5f))};
    EXPECT_EQ(allocations_of_warm_steps(callable, feeds, 1), 0) << n;
  }
}

}  // namespace
}  // namespace weft::test
#endif
