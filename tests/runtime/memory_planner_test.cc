// Memory plans of random graphs: two values share a block only if the first is done with before the second begins, on every engine
// that may run the plan.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "src/runtime/ancestors.h"
#include "src/runtime/step_memory.h"
#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

struct Planned {
  Graph graph;
  ResourceManager resources;
  std::shared_ptr<const Plan> plan;
};

std::unique_ptr<Planned> random_plan(uint32_t seed, int threads) {
  std::mt19937 random(seed);
  auto planned = std::make_unique<Planned>();
  Graph& graph = planned->graph;
  std::vector<Output> values = {placeholder(graph, {}, "x")};
  const auto any = [&] { return values[random() % values.size()]; };
  for (uint32_t i = 0; i < 5 + random() % 60; ++i)
    values.push_back(random() % 5 == 0 ? add(graph, same_op(), {any()})->output() : mix(graph, any(), any()));
  std::vector<Output> fetches;
  for (uint32_t i = 0; i < 1 + random() % 3; ++i) fetches.push_back(any());
  planned->plan = *Plan::compile({&graph, {values[0]}, fetches, {}}, {&planned->resources, EngineKind::kAuto, threads});
  return planned;
}

// For each slot the node that makes it (-1: a feed) and those that read it.
struct Use {
  int made = -1;
  std::vector<int> readers;
};
std::vector<Use> uses_of(const Plan& plan) {
  std::vector<Use> uses(static_cast<size_t>(plan.num_slots()));
  for (int i = 0; i < plan.num_nodes(); ++i) {
    const NodeBinding& node = plan.nodes()[i].binding;
    for (int k = 0; k < node.num_outputs; ++k) uses[static_cast<size_t>(node.first_output + k)].made = i;
    for (int k = 0; k < node.num_inputs; ++k) uses[static_cast<size_t>(node.inputs[k])].readers.push_back(i);
  }
  return uses;
}

// The slot whose memory `slot` lies in.
size_t root_of(const MemoryHistory& history, size_t slot) {
  while (history.slots[slot].alias_of >= 0) slot = static_cast<size_t>(history.slots[slot].alias_of);
  return slot;
}

TEST(MemoryPlanner, BlocksChangeHandsOnlyWhenTheyAreFree) {
  for (const int threads : {1, 4}) {
    for (uint32_t seed = 0; seed < 150; ++seed) {
      const auto planned = random_plan(seed, threads);
      const Plan& plan = *planned->plan;
      MemoryHistory history(plan);
      std::mt19937 random(seed);
      const std::vector<Use> uses = uses_of(plan);
      for (int i = 0; i < plan.num_nodes(); ++i) {
        const NodeBinding& node = plan.nodes()[i].binding;
        auto& slot = history.slots[static_cast<size_t>(node.first_output)];
        if (plan.source(i).op().name == "TestSame") slot.alias_of = node.inputs[0];
        else slot.bytes = 1 + random() % 3000;
      }
      const MemoryPlan memory = plan_memory(plan, history);
      std::unique_ptr<Ancestors> ancestors;
      if (plan.may_run_in_parallel()) ancestors = std::make_unique<Ancestors>(plan.num_nodes(), plan.parallel());
      const auto before = [&](int a, int b) { return ancestors != nullptr ? ancestors->ordered(a, b) : a < b; };
      // Everything that touches a value: its maker, its readers, and those of the values that lie in its memory.
      std::vector<std::vector<int>> touches(uses.size());
      for (size_t s = 0; s < uses.size(); ++s) {
        auto& all = touches[root_of(history, s)];
        if (uses[s].made >= 0) all.push_back(uses[s].made);
        all.insert(all.end(), uses[s].readers.begin(), uses[s].readers.end());
      }
      for (size_t a = 0; a < uses.size(); ++a) {
        const int32_t block = memory.block_of[a];
        if (block < 0) continue;
        ASSERT_GE(memory.sizes[static_cast<size_t>(block)], history.slots[a].bytes);
        for (size_t b = 0; b < uses.size(); ++b) {
          if (b == a || memory.block_of[b] != block) continue;
          bool a_first = true;
          bool b_first = true;
          for (const int t : touches[a]) a_first = a_first && before(t, uses[b].made);
          for (const int t : touches[b]) b_first = b_first && before(t, uses[a].made);
          ASSERT_TRUE(a_first || b_first) << "graph " << seed << ", slots " << a << " and " << b << " share block " << block << "\n"
                                          << plan.to_string();
        }
      }
      for (size_t b = 0; b + 1 < memory.sizes.size(); ++b) {
        ASSERT_EQ(memory.offsets[b] % kAlignment, 0u);
        ASSERT_LE(memory.offsets[b] + memory.sizes[b], memory.offsets[b + 1]);
      }
    }
  }
}

TEST(MemoryPlanner, ALongChainNeedsTwoBlocksOfItsLargestSizes) {
  Graph graph;
  ResourceManager resources;
  const Output x = placeholder(graph, {}, "x");
  Output y = x;
  for (int i = 0; i < 100; ++i) y = mix(graph, y, y);
  const auto plan = *Plan::compile({&graph, {x}, {y}, {}}, {&resources, EngineKind::kAuto, 1});
  MemoryHistory history(*plan);
  for (size_t s = 0; s < history.slots.size(); ++s) history.slots[s].bytes = 64 * (1 + s % 2);
  const MemoryPlan memory = plan_memory(*plan, history);
  EXPECT_EQ(memory.bytes, 64u + 128u);
}

TEST(MemoryPlanner, WhatEscapedOrSharedBadlyStandsAlone) {
  Graph graph;
  ResourceManager resources;
  const Output x = placeholder(graph, {}, "x");
  Output y = x;
  for (int i = 0; i < 6; ++i) y = mix(graph, y, y);
  const auto plan = *Plan::compile({&graph, {x}, {y}, {}}, {&resources, EngineKind::kAuto, 1});
  MemoryHistory history(*plan);
  for (auto& slot : history.slots) slot.bytes = 64;
  history.slots[1].escapes = true;
  history.slots[2].shares_badly = true;
  const MemoryPlan memory = plan_memory(*plan, history);
  EXPECT_EQ(memory.block_of[1], MemoryPlan::kHeap);
  int with_slot_2 = 0;
  for (const int32_t block : memory.block_of) with_slot_2 += block == memory.block_of[2] ? 1 : 0;
  EXPECT_EQ(with_slot_2, 1);
}

}  // namespace
}  // namespace weft::test
