#include "src/runtime/step_memory.h"

#include <gtest/gtest.h>

#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

// A chain whose values all ask for 1000 bytes.
struct Chain {
  explicit Chain(int threads) {
    const Output x = placeholder(graph, {}, "x");
    Output y = x;
    for (int i = 0; i < 10; ++i) y = mix(graph, y, y);
    plan = *Plan::compile({&graph, {x}, {y}, {}}, {&resources, EngineKind::kAuto, threads});
  }
  Graph graph;
  ResourceManager resources;
  std::shared_ptr<const Plan> plan;
};

TEST(StepMemory, ValuesThatNeverMeetShareABlock) {
  for (const int threads : {1, 2}) {
    const Chain chain(threads);
    MemoryHistory history(*chain.plan);
    EXPECT_EQ(plan_memory(*chain.plan, history).bytes, 0u) << "nothing is known yet";
    for (auto& slot : history.slots) slot.bytes = 1000;
    const MemoryPlan memory = plan_memory(*chain.plan, history);
    EXPECT_EQ(memory.sizes.size(), 2u);
    EXPECT_EQ(memory.block_of[0], MemoryPlan::kHeap) << "a feed";
    EXPECT_EQ(memory.block_of.back(), MemoryPlan::fetch(0));
    for (size_t s = 1; s + 2 < memory.block_of.size(); ++s) EXPECT_NE(memory.block_of[s], memory.block_of[s + 1]);
  }
}

TEST(StepMemory, ABlockIsNeverGivenTwice) {
  const Chain chain(1);
  MemoryHistory history(*chain.plan);
  for (auto& slot : history.slots) slot.bytes = 1000;
  ArenaMemory memory(*chain.plan);
  memory.set_plan(std::make_shared<const MemoryPlan>(plan_memory(*chain.plan, history)));
  const BufferRef first = memory.allocate_slot(1, 1000);
  EXPECT_FALSE(memory.surprised());
  const BufferRef again = memory.allocate_slot(3, 1000);  // planned over slot 1
  EXPECT_NE(first->data(), again->data());
  EXPECT_TRUE(memory.surprised());
  const BufferRef larger = memory.allocate_slot(2, 5000);
  EXPECT_GE(larger->size(), 5000u);
}

TEST(StepMemory, WhatEscapesKeepsItsMemory) {
  const Chain chain(1);
  MemoryHistory history(*chain.plan);
  for (auto& slot : history.slots) slot.bytes = 1000;
  BufferRef kept;
  {
    ArenaMemory memory(*chain.plan);
    memory.set_plan(std::make_shared<const MemoryPlan>(plan_memory(*chain.plan, history)));
    kept = memory.allocate_slot(1, 1000);
    static_cast<char*>(kept->data())[999] = 7;
    EXPECT_TRUE(memory.escaped());
    memory.report(history);
    EXPECT_TRUE(history.slots[1].escapes);
    EXPECT_FALSE(memory.escaped()) << "a new arena";
    const BufferRef other = memory.allocate_slot(1, 1000);
    EXPECT_NE(other->data(), kept->data());
  }
  EXPECT_EQ(static_cast<char*>(kept->data())[999], 7);
  EXPECT_EQ(plan_memory(*chain.plan, history).block_of[1], MemoryPlan::kHeap);
}

}  // namespace
}  // namespace weft::test
