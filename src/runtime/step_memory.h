// Where a step's values get their memory. What a first step asked for is recorded; later steps take it from one arena, in which
// values that never live at the same time share a block.
//
// Safety does not rest on that plan being right: a block is given out only while nobody holds it, else the heap serves. A value that
// outlives its step keeps the arena's memory alive, the step takes a new arena, and that slot is served by the heap from then on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "weft/kernel/kernel_context.h"
#include "weft/runtime/plan.h"

namespace weft {

// Which slot lives in which block.
struct MemoryPlan {
  static constexpr int32_t kHeap = -1;                                      // not from the arena, whatever it asks for
  static constexpr int32_t kUnknown = std::numeric_limits<int32_t>::min();  // it has not asked yet
  static constexpr int32_t fetch(int k) { return -2 - k; }                  // the memory that the caller gave for fetch k, if it fits

  std::vector<int32_t> block_of;  // [slots] a block >= 0, or one of the above
  std::vector<size_t> offsets;    // [blocks] in the arena
  std::vector<size_t> sizes;      // [blocks]
  size_t bytes = 0;
};

// What the steps of a plan have asked for so far.
struct MemoryHistory {
  struct Slot {
    size_t bytes = 0;           // the most it ever asked for; 0: it never asked
    int32_t alias_of = -1;      // its value lay in the memory of this slot, in a step that was watched
    bool shares_badly = false;  // its block was taken when it wanted it: it gets one of its own
    bool escapes = false;       // its memory was still held after a step
  };
  std::vector<Slot> slots;

  explicit MemoryHistory(const Plan& plan) : slots(static_cast<size_t>(plan.num_slots())) {}
};

// Blocks by best fit over the lifetimes that the plan's engines guarantee (memory_planner.cc).
MemoryPlan plan_memory(const Plan& plan, const MemoryHistory& history);

class Arena;

// One step's memory. allocate_slot and watch may be called from several threads, the rest only between runs.
class ArenaMemory : public StepMemory {
 public:
  explicit ArenaMemory(const Plan& plan);
  ~ArenaMemory() override;
  ArenaMemory(const ArenaMemory&) = delete;
  ArenaMemory& operator=(const ArenaMemory&) = delete;

  void set_plan(std::shared_ptr<const MemoryPlan> plan);
  // Memory that fetch k's value may take; forgotten by drop_given().
  void give_fetch(size_t k, BufferRef buffer) { given_[k] = std::move(buffer); }
  void drop_given() {
    for (BufferRef& buffer : given_) buffer = BufferRef();
  }

  BufferRef allocate_slot(int32_t slot, size_t bytes) override;
  // Notes which outputs of a node that has just run lie in the memory of an input.
  void watch(const NodeBinding& node, const Tensor* slots);

  // After a run, when the step holds no values any more: whether it asked for memory that the plan did not foresee.
  bool surprised() const { return surprised_.load(std::memory_order_relaxed); }
  // After a run: whether something outside still holds memory of the arena.
  bool escaped() const;
  // Moves what this step has seen into `history`; a new arena takes the place of one that is held outside.
  void report(MemoryHistory& history);

 private:
  void renew_arena(MemoryHistory* history);

  std::shared_ptr<const MemoryPlan> plan_;
  Arena* arena_ = nullptr;  // null while the plan has no blocks
  std::vector<BufferRef> given_;
  // What this step saw; each slot is written by its one node.
  std::vector<MemoryHistory::Slot> seen_;
  std::atomic<bool> surprised_{false};
};

}  // namespace weft
