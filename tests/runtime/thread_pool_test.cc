#include "weft/runtime/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <vector>

namespace weft {
namespace {

TEST(ThreadPool, RunsEveryTileOnce) {
  for (const int threads : {1, 2, 4, 8}) {
    ThreadPool pool(threads);
    for (int64_t tiles = 0; tiles < 100; tiles += 7) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(tiles));
      pool.for_each_tile(tiles, [&](int64_t t) { ++seen[static_cast<size_t>(t)]; });
      for (const auto& count : seen) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ThreadPool, NestedLoopsEnd) {
  ThreadPool pool(4);
  std::atomic<int> count{0};
  pool.for_each_tile(20, [&](int64_t) { pool.for_each_tile(20, [&](int64_t) { pool.for_each_tile(3, [&](int64_t) { ++count; }); }); });
  EXPECT_EQ(count, 1200);
}

TEST(ThreadPool, LoopsInsideTasksWhileAllThreadsAreBusy) {
  ThreadPool pool(3);
  std::latch done(16);
  std::atomic<int> count{0};
  for (int i = 0; i < 16; ++i) {
    pool.schedule([&] {
      pool.for_each_tile(50, [&](int64_t) { ++count; });
      done.count_down();
    });
  }
  done.wait();
  EXPECT_EQ(count, 800);
}

TEST(ThreadPool, RunsWhatWasScheduledBeforeItEnds) {
  std::atomic<int> count{0};
  {
    ThreadPool pool(2);
    for (int i = 0; i < 100; ++i) pool.schedule([&] { ++count; });
  }
  EXPECT_EQ(count, 100);
}

TEST(ThreadPool, PassesAnExceptionToTheCaller) {
  ThreadPool pool(4);
  EXPECT_THROW(pool.for_each_tile(100,
                                  [](int64_t t) {
                                    if (t == 37) throw std::runtime_error("37");
                                  }),
               std::runtime_error);
  std::atomic<int> count{0};
  pool.for_each_tile(100, [&](int64_t) { ++count; });
  EXPECT_EQ(count, 100);
}

TEST(ThreadPool, StartsNoThreadForOne) {
  ThreadPool pool(1);
  EXPECT_EQ(pool.num_threads(), 1);
  int count = 0;
  pool.for_each_tile(10, [&](int64_t) { ++count; });  // a plain int: on this thread
  EXPECT_EQ(count, 10);
}

}  // namespace
}  // namespace weft
