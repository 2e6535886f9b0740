// Kernels that wait, and runs that end early.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/runtime/test_ops.h"
#include "weft/session/session.h"

namespace weft::test {
namespace {

// A place where one kernel waits until another has come by.
struct Meeting {
  std::mutex mutex;
  std::function<void()> waiting;  // guarded by mutex
  bool came = false;              // guarded by mutex

  void wait(std::function<void()> wake) {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!came) {
        waiting = std::move(wake);
        return;
      }
      came = false;
    }
    wake();
  }
  void come() {
    std::function<void()> wake;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      wake = std::exchange(waiting, nullptr);
      came = wake == nullptr;
    }
    if (wake) wake();
  }
};

KernelTable async_kernel(AsyncKernelFn run) {
  return {KernelDef{{}, [run](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel::async(run); }}};
}

absl::Status give(KernelContext& c, float v) {
  Tensor* out = nullptr;
  WEFT_RETURN_IF_ERROR(c.allocate_output(0, Shape{}, &out));
  out->data<float>()[0] = v;
  return absl::OkStatus();
}

// Waits until `meeting` is come by, then gives 1.
Output waits(Graph& graph, Meeting& meeting, std::string name, std::vector<Operation> controls = {}) {
  const OpDef& op = custom_op(graph, "TestWait", 0,
                              async_kernel([&meeting](KernelContext& c, KernelDone done) { meeting.wait([&c, done] { done(give(c, 1.0f)); }); }));
  return add(graph, op, {}, std::move(name), std::move(controls))->output();
}
Output comes(Graph& graph, Meeting& meeting, std::string name, std::vector<Operation> controls = {}) {
  const OpDef& op = custom_op(graph, "TestCome", 0, kernel([&meeting](KernelContext& c) {
                                meeting.come();
                                return give(c, 2.0f);
                              }));
  return add(graph, op, {}, std::move(name), std::move(controls))->output();
}
// Waits for nothing that comes; ends when the run is cancelled.
Output waits_for_ever(Graph& graph, std::function<void()> begun = {}) {
  const OpDef& op = custom_op(graph, "TestForEver", 0, async_kernel([begun](KernelContext& c, KernelDone done) {
                                Cancellation::Token token;
                                if (!c.cancellation().on_cancel(&token, [&c, done] { done(c.cancellation().status()); }))
                                  return done(c.cancellation().status());
                                if (begun) begun();
                              }));
  return add(graph, op, {}, "for_ever")->output();
}

TEST(Waiting, TwoKernelsMeetOnOneThread) {
  for (const EngineKind engine : {EngineKind::kSerial, EngineKind::kAuto, EngineKind::kPool}) {
    for (const int threads : {1, 2, 4}) {
      Graph graph;
      Meeting first;
      Meeting second;
      // a waits for b, which runs after c waits; c waits for what runs after a.
      const Output a = waits(graph, first, "a");
      const Output c = waits(graph, second, "c");
      const Output b = comes(graph, first, "b");
      const Output d = comes(graph, second, "d", {a.op()});
      const Output sum = mix(graph, mix(graph, a, c), mix(graph, b, d));
      Session session(graph, {.threads = threads, .engine = engine});
      for (int i = 0; i < 20; ++i) {
        const auto got = session.run(sum);
        ASSERT_TRUE(got.ok()) << got.status();
        EXPECT_EQ((*got)[0].scalar<float>(), 1.75f * 0.5f + 2.5f * 0.25f + 1.0f);
      }
    }
  }
}

TEST(Waiting, AForeignThreadEndsAKernel) {
  Graph graph;
  std::vector<std::thread> threads;
  const OpDef& op = custom_op(graph, "TestLater", 0, async_kernel([&threads](KernelContext& c, KernelDone done) {
                                threads.emplace_back([&c, done] {
                                  std::this_thread::sleep_for(std::chrono::milliseconds(5));
                                  done(give(c, 3.0f));
                                  done(internal("a second call means nothing"));
                                });
                              }));
  const Output x = add(graph, op)->output();
  Session session(graph, {.threads = 1});
  const auto got = session.run(mix(graph, x, x));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)[0].scalar<float>(), 3.25f);
  for (std::thread& thread : threads) thread.join();
}

TEST(Waiting, ALostDoneIsAnErrorAndNoHang) {
  Graph graph;
  const OpDef& op = custom_op(graph, "TestLoses", 0, async_kernel([](KernelContext&, KernelDone) {}));
  Session session(graph, {.threads = 1});
  const auto got = session.run(add(graph, op, {}, "loser")->output());
  EXPECT_EQ(got.status().code(), absl::StatusCode::kInternal);
  EXPECT_NE(message(got.status()).find("{{node loser}}"), std::string::npos) << got.status();
}

TEST(Waiting, DeadlineEndsARunAndTheSessionGoesOn) {
  for (const int threads : {1, 2}) {
    Graph graph;
    const Output never = waits_for_ever(graph);
    const Output x = constant(graph, Tensor::scalar_of(1.0f));
    Session session(graph, {.threads = threads});
    const auto late = session.run({.fetches = {never}, .options = {.timeout = absl::Milliseconds(20)}});
    EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded) << late.status();
    EXPECT_TRUE(session.run(x).ok());
    const auto past = session.run({.fetches = {never}, .options = {.deadline = absl::Now() - absl::Seconds(1)}});
    EXPECT_EQ(past.status().code(), absl::StatusCode::kDeadlineExceeded) << past.status();
    EXPECT_TRUE(session.run({.fetches = {x}, .options = {.timeout = absl::Seconds(100)}}).ok());
  }
}

TEST(Waiting, StopTokenEndsARun) {
  Graph graph;
  std::stop_source stop;
  const Output never = waits_for_ever(graph, [&] { stop.request_stop(); });
  Session session(graph, {.threads = 1});
  const auto got = session.run({.fetches = {never}, .options = {.stop_token = stop.get_token()}});
  EXPECT_EQ(got.status().code(), absl::StatusCode::kCancelled) << got.status();
  EXPECT_TRUE(session.run(constant(graph, Tensor::scalar_of(1.0f))).ok());
}

TEST(Waiting, CloseEndsRunsInFlight) {
  for (const int threads : {1, 2}) {
    Graph graph;
    Meeting begun;
    Session session(graph, {.threads = threads});
    std::thread closer;
    const Output never = waits_for_ever(graph, [&] { closer = std::thread([&] { session.close(); }); });
    const auto got = session.run(never);
    EXPECT_EQ(got.status().code(), absl::StatusCode::kCancelled) << got.status();
    closer.join();
    const auto after = session.run(never);
    EXPECT_EQ(after.status().code(), absl::StatusCode::kCancelled);
    EXPECT_NE(message(after.status()).find("Attempted to use a closed Session."), std::string::npos);
  }
}

TEST(Waiting, AnErrorWakesWhatWaits) {
  for (const int threads : {1, 2}) {
    Graph graph;
    const Output never = waits_for_ever(graph);
    const OpDef& op = custom_op(graph, "TestFails", 0, kernel([](KernelContext&) { return out_of_range("the end"); }));
    const Output fails = add(graph, op, {}, "fails")->output();
    Session session(graph, {.threads = threads});
    const auto got = session.run({.fetches = {never, fails}});
    EXPECT_EQ(got.status().code(), absl::StatusCode::kOutOfRange) << got.status();
    EXPECT_NE(message(got.status()).find("{{node fails}}"), std::string::npos);
  }
}

}  // namespace
}  // namespace weft::test
