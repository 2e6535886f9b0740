// Cancelling: the first reason stays, each callback runs once, forget() waits for one that is running.
#include "weft/kernel/cancellation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace weft {
namespace {

TEST(Cancellation, TheFirstReasonStays) {
  Cancellation cancellation;
  EXPECT_FALSE(cancellation.cancelled());
  EXPECT_TRUE(cancellation.status().ok());
  cancellation.cancel(deadline_exceeded("late"));
  cancellation.cancel(cancelled("again"));
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_EQ(cancellation.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(Cancellation, RunsEachCallbackOnce) {
  Cancellation cancellation;
  int first = 0;
  int forgotten = 0;
  Cancellation::Token a = 0;
  Cancellation::Token b = 0;
  ASSERT_TRUE(cancellation.on_cancel(&a, [&] { ++first; }));
  ASSERT_TRUE(cancellation.on_cancel(&b, [&] { ++forgotten; }));
  EXPECT_NE(a, b);
  EXPECT_TRUE(cancellation.forget(b));
  EXPECT_FALSE(cancellation.forget(b)) << "it is gone";
  cancellation.cancel(cancelled("stop"));
  cancellation.cancel(cancelled("stop"));
  EXPECT_EQ(first, 1);
  EXPECT_EQ(forgotten, 0);
  EXPECT_FALSE(cancellation.forget(a)) << "it has run";
}

TEST(Cancellation, RefusesCallbacksAfterwards) {
  Cancellation cancellation;
  cancellation.cancel(cancelled("stop"));
  Cancellation::Token token = 0;
  EXPECT_FALSE(cancellation.on_cancel(&token, [] { FAIL(); }));
  cancellation.reset();
  EXPECT_FALSE(cancellation.cancelled());
  EXPECT_TRUE(cancellation.status().ok());
  EXPECT_TRUE(cancellation.on_cancel(&token, [] {}));
}

TEST(Cancellation, ACallbackMayRegisterAndForgetOthers) {  // callbacks run outside the lock
  Cancellation cancellation;
  Cancellation::Token first = 0;
  Cancellation::Token second = 0;
  bool forgot = false;
  bool registered = true;
  ASSERT_TRUE(cancellation.on_cancel(&first, [&] {
    forgot = cancellation.forget(second);
    Cancellation::Token third = 0;
    registered = cancellation.on_cancel(&third, [] {});
  }));
  ASSERT_TRUE(cancellation.on_cancel(&second, [] { FAIL(); }));
  cancellation.cancel(cancelled("stop"));
  EXPECT_TRUE(forgot);
  EXPECT_FALSE(registered);
}

TEST(Cancellation, ForgetWaitsForARunningCallback) {
  Cancellation cancellation;
  std::atomic<bool> running{false};
  std::atomic<bool> done{false};
  Cancellation::Token token = 0;
  ASSERT_TRUE(cancellation.on_cancel(&token, [&] {
    running = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    done = true;
  }));
  std::thread canceller([&] { cancellation.cancel(cancelled("stop")); });
  while (!running) std::this_thread::yield();
  EXPECT_FALSE(cancellation.forget(token));
  EXPECT_TRUE(done) << "what the callback uses may go away now";
  canceller.join();
}

TEST(Cancellation, ManyThreadsAtOnce) {
  for (int round = 0; round < 50; ++round) {
    Cancellation cancellation;
    std::atomic<int> ran{0};
    std::atomic<int> expected{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          Cancellation::Token token = 0;
          if (!cancellation.on_cancel(&token, [&] { ++ran; })) continue;
          if (i % 2 == 0 && cancellation.forget(token)) continue;
          ++expected;
        }
      });
    }
    std::thread canceller([&] { cancellation.cancel(cancelled("stop")); });
    for (std::thread& thread : threads) thread.join();
    canceller.join();
    cancellation.cancel(cancelled("stop"));
    EXPECT_EQ(ran, expected);
  }
}

}  // namespace
}  // namespace weft
