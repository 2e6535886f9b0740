// Critical sections: runs that overlap take turns, waiting holds no thread, cancellation wakes what waits.
#include <gtest/gtest.h>

#include <thread>

#include "weft/ops/array_ops.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

// One turn: lock, count = count + 1 by a read and an assignment that others could come between, unlock.
struct Section {
  Graph graph;
  Variable count = variable(graph, 0, {.name = "count"});
  Output mutex = OpBuilder(graph, mutex_op(), "mutex", Loc::current()).output();
  Output lock = OpBuilder(mutex_lock_op(), "lock", Loc::current()).input(mutex).output();
  Operation turn;

  Section() {
    const auto held = graph.control_dependencies({lock.op()});
    const Operation set = count.assign(count.value() + 1);
    const auto counted = graph.control_dependencies({set});
    turn = OpBuilder(consume_mutex_lock_op(), "unlock", Loc::current()).input(lock).operation();
  }
};

TEST(Mutex, OverlappingRunsTakeTurns) {
  for (const int threads : {1, 2}) {
    Section section;
    Session session(section.graph, {.threads = threads});
    ASSERT_TRUE(session.run(section.count.initializer()).ok()) << section.graph.status();
    std::vector<std::thread> runners;
    for (int t = 0; t < 3; ++t) {
      runners.emplace_back([&] {
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(session.run(section.turn).ok());
      });
    }
    for (std::thread& runner : runners) runner.join();
    EXPECT_EQ((*session.run(section.count.snapshot()))[0].scalar<int32_t>(), 300);
  }
}

TEST(Mutex, WaitingEndsWithTheDeadline) {
  Section section;
  Session session(section.graph, {.threads = 1});
  const auto held = session.run(section.lock);  // the fetched lock keeps the mutex
  ASSERT_TRUE(held.ok()) << held.status();
  const auto late = session.run({.targets = {section.turn}, .options = {.timeout = absl::Milliseconds(30)}});
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded) << late.status();
}

TEST(Mutex, ADroppedLockLetsGo) {
  Section section;
  Session session(section.graph, {.threads = 1});
  ASSERT_TRUE(session.run(section.count.initializer()).ok());
  ASSERT_TRUE(session.run(section.lock).ok());  // the result is gone at once
  EXPECT_TRUE(session.run(section.turn).ok());
}

TEST(Mutex, WrongHandlesAreErrors) {
  Section section;
  const Output wrong = OpBuilder(mutex_lock_op(), "", Loc::current()).input(section.count.handle()).output();
  Session session(section.graph);
  EXPECT_EQ(session.run(wrong).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace weft
