#include "src/runtime/step_memory.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace weft {

// One piece of memory cut into blocks. It lives as long as its step uses it or a value outside lies in one of its blocks.
class Arena {
 public:
  // Null when there is no memory.
  static Arena* make(const MemoryPlan& plan) {
    if (plan.bytes == 0) return nullptr;
    void* memory = std::aligned_alloc(kAlignment, plan.bytes);
    return memory == nullptr ? nullptr : new Arena(plan, static_cast<char*>(memory));
  }

  // Block `b` for `slot`; empty when somebody holds it.
  BufferRef claim(int32_t b, int32_t slot) {
    Block& block = blocks_[static_cast<size_t>(b)];
    uint8_t expected = kFree;
    if (!block.state.compare_exchange_strong(expected, kTaken, std::memory_order_acquire, std::memory_order_relaxed)) return {};
    block.revive();
    block.slot = slot;
    return BufferRef::adopt(&block);
  }

  bool any_taken() const {
    for (size_t b = 0; b < num_blocks_; ++b) {
      if (blocks_[b].state.load(std::memory_order_relaxed) != kFree) return true;
    }
    return false;
  }

  // The step's last use. Blocks that are held outside keep the arena; f(slot) hears of them.
  template <typename F> void abandon(F f) {
    for (size_t b = 0; b < num_blocks_; ++b) {
      references_.fetch_add(1, std::memory_order_relaxed);
      uint8_t expected = kTaken;
      if (blocks_[b].state.compare_exchange_strong(expected, kKeepsArena, std::memory_order_acq_rel)) {
        f(blocks_[b].slot);
      } else {
        references_.fetch_sub(1, std::memory_order_relaxed);
      }
    }
    release();
  }

 private:
  static constexpr uint8_t kFree = 0;
  static constexpr uint8_t kTaken = 1;
  static constexpr uint8_t kKeepsArena = 2;  // taken when the step abandoned the arena

  struct Block : Buffer {
    Block() : Buffer(nullptr, 0, released) {}
    static void released(Buffer* buffer) {
      auto* block = static_cast<Block*>(buffer);
      Arena* arena = block->arena;
      if (block->state.exchange(kFree, std::memory_order_acq_rel) == kKeepsArena) arena->release();
    }
    std::atomic<uint8_t> state{kFree};
    int32_t slot = -1;  // whose value it holds or held last
    Arena* arena = nullptr;
  };

  Arena(const MemoryPlan& plan, char* memory) : memory_(memory), num_blocks_(plan.sizes.size()), blocks_(new Block[num_blocks_]) {
    for (size_t b = 0; b < num_blocks_; ++b) {
      blocks_[b].reset(memory + plan.offsets[b], plan.sizes[b]);
      blocks_[b].arena = this;
    }
  }
  ~Arena() { std::free(memory_); }
  void release() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  char* memory_;
  size_t num_blocks_;
  std::unique_ptr<Block[]> blocks_;
  std::atomic<int64_t> references_{1};
};

ArenaMemory::ArenaMemory(const Plan& plan) : given_(plan.fetch_slots().size()), seen_(static_cast<size_t>(plan.num_slots())) {}

ArenaMemory::~ArenaMemory() {
  if (arena_ != nullptr) arena_->abandon([](int32_t) {});
}

void ArenaMemory::set_plan(std::shared_ptr<const MemoryPlan> plan) {
  plan_ = std::move(plan);
  renew_arena(nullptr);
}

void ArenaMemory::renew_arena(MemoryHistory* history) {
  if (arena_ != nullptr) {
    arena_->abandon([&](int32_t slot) {
      if (history != nullptr) history->slots[static_cast<size_t>(slot)].escapes = true;
    });
  }
  arena_ = Arena::make(*plan_);
}

BufferRef ArenaMemory::allocate_slot(int32_t slot, size_t bytes) {
  const int32_t block = plan_->block_of[static_cast<size_t>(slot)];
  if (block >= 0 && arena_ != nullptr) {
    if (bytes <= plan_->sizes[static_cast<size_t>(block)]) {
      if (BufferRef buffer = arena_->claim(block, slot)) return buffer;
      seen_[static_cast<size_t>(slot)].shares_badly = true;
    }
  } else if (block < MemoryPlan::kHeap && block != MemoryPlan::kUnknown) {
    BufferRef& given = given_[static_cast<size_t>(MemoryPlan::fetch(0) - block)];
    if (given && given->size() == bytes) return std::move(given);
  }
  if (block >= 0 || block == MemoryPlan::kUnknown) {
    seen_[static_cast<size_t>(slot)].bytes = std::max<size_t>(bytes, 1);
    surprised_.store(true, std::memory_order_relaxed);
  }
  return BufferRef::adopt(Buffer::allocate(bytes));
}

void ArenaMemory::watch(const NodeBinding& node, const Tensor* slots) {
  for (int k = 0; k < node.num_outputs; ++k) {
    const int32_t out = node.first_output + k;
    for (int i = 0; i < node.num_inputs; ++i) {
      if (slots[out].shares_buffer_with(slots[node.inputs[i]])) seen_[static_cast<size_t>(out)].alias_of = node.inputs[i];
    }
  }
}

bool ArenaMemory::escaped() const { return arena_ != nullptr && arena_->any_taken(); }

void ArenaMemory::report(MemoryHistory& history) {
  for (size_t s = 0; s < seen_.size(); ++s) {
    MemoryHistory::Slot& known = history.slots[s];
    const MemoryHistory::Slot seen = std::exchange(seen_[s], {});
    known.bytes = std::max(known.bytes, seen.bytes);
    known.shares_badly |= seen.shares_badly;
    if (seen.alias_of >= 0) known.alias_of = seen.alias_of;
  }
  surprised_.store(false, std::memory_order_relaxed);
  if (escaped()) renew_arena(&history);
}

}  // namespace weft
