// Walks the nodes in the plan's order with a set of free blocks: an output takes the free block that fits best, the last release of
// a value frees its block. Values that share memory (an Identity's output and its input) live as one.
//
// The serial engine runs in just this order. Where nodes may run side by side a block is taken over only from a value whose readers
// have all finished before the new owner starts, on any engine; plans too large to know that give each value a block of its own.
//
// Cost: nodes times the logarithm of free blocks.
#include <algorithm>
#include <map>
#include <optional>

#include "src/runtime/ancestors.h"
#include "src/runtime/step_memory.h"

namespace weft {
namespace {

constexpr size_t kWaste = 16;   // a block is not taken for a value this many times smaller, nor grown by this factor
constexpr int kCandidates = 8;  // free blocks looked at, for each value

size_t rounded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

class MemoryPlanner {
 public:
  MemoryPlanner(const Plan& plan, const MemoryHistory& history) : plan_(plan), history_(history), num_slots_(static_cast<size_t>(plan.num_slots())) {
    if (plan.may_run_in_parallel()) ancestors_.emplace(plan.num_nodes(), plan.parallel());
  }

  MemoryPlan run() {
    find_roots();
    choose_kinds();
    if (ancestors_.has_value()) find_readers();
    live_.assign(num_slots_, 0);
    for (int i = 0; i < plan_.num_nodes(); ++i) visit(i);
    lay_out();
    return std::move(memory_);
  }

 private:
  using Free = std::multimap<size_t, int32_t>;

  void find_roots() {
    root_.resize(num_slots_);
    for (size_t s = 0; s < num_slots_; ++s) {  // an alias's slot comes after the slot it lies in
      const int32_t of = history_.slots[s].alias_of;
      root_[s] = of >= 0 && history_.slots[s].bytes == 0 ? root_[static_cast<size_t>(of)] : static_cast<int32_t>(s);
    }
  }

  // kUnknown stands for "wants a block" until visit() finds one.
  void choose_kinds() {
    memory_.block_of.assign(num_slots_, MemoryPlan::kUnknown);
    for (size_t s = 0; s < num_slots_; ++s) {
      if (!plan_.recyclable(static_cast<int>(s)) || history_.slots[s].escapes) block(root_[s]) = MemoryPlan::kHeap;
    }
    for (size_t k = plan_.fetch_slots().size(); k-- > 0;) {
      const auto s = static_cast<size_t>(plan_.fetch_slots()[k]);
      if (is_plain(plan_.slot_dtypes()[s])) block(root_[s]) = MemoryPlan::fetch(static_cast<int>(k));
    }
  }

  void find_readers() {
    readers_.resize(num_slots_);
    for (int i = 0; i < plan_.num_nodes(); ++i) {
      const NodeBinding& node = plan_.nodes()[i].binding;
      for (int k = 0; k < node.num_inputs; ++k) readers_[static_cast<size_t>(root_[static_cast<size_t>(node.inputs[k])])].push_back(i);
      for (int k = 0; k < node.num_outputs; ++k) readers_[static_cast<size_t>(root_[static_cast<size_t>(node.first_output + k)])].push_back(i);
    }
  }

  void visit(int i) {
    const PlanNode& node = plan_.nodes()[i];
    for (int k = 0; k < node.binding.num_outputs; ++k) {
      const auto slot = static_cast<size_t>(node.binding.first_output + k);
      ++live_[static_cast<size_t>(root_[slot])];
      if (root_[slot] == static_cast<int32_t>(slot) && history_.slots[slot].bytes > 0 && block(root_[slot]) == MemoryPlan::kUnknown) take(slot, i);
    }
    for (uint32_t r = node.releases; r < plan_.nodes()[i + 1].releases; ++r) {
      const int32_t root = root_[static_cast<size_t>(plan_.releases()[r])];
      if (--live_[static_cast<size_t>(root)] > 0) continue;
      const int32_t b = block(root);
      if (b < 0 || history_.slots[static_cast<size_t>(root)].shares_badly) continue;
      const size_t size = memory_.sizes[static_cast<size_t>(b)];
      free_.emplace_hint(free_.lower_bound(size), size, b);  // before those of its size: the last one freed is still in the cache
    }
  }

  void take(size_t slot, int node) {
    const size_t bytes = rounded(history_.slots[slot].bytes);
    Free::iterator found = history_.slots[slot].shares_badly ? free_.end() : find_free(bytes, node);
    int32_t b = static_cast<int32_t>(memory_.sizes.size());
    if (found != free_.end()) {
      b = found->second;
      free_.erase(found);
      memory_.sizes[static_cast<size_t>(b)] = std::max(memory_.sizes[static_cast<size_t>(b)], bytes);
      owner_[static_cast<size_t>(b)] = static_cast<int32_t>(slot);
    } else {
      memory_.sizes.push_back(bytes);
      owner_.push_back(static_cast<int32_t>(slot));
    }
    memory_.block_of[slot] = b;
  }

  Free::iterator find_free(size_t bytes, int node) {
    int tries = kCandidates;
    const Free::iterator fits = free_.lower_bound(bytes);
    for (Free::iterator it = fits; it != free_.end() && it->first <= bytes * kWaste && tries-- > 0; ++it) {
      if (may_follow(it->second, node)) return it;
    }
    for (Free::iterator it = fits; it != free_.begin() && tries-- > 0;) {
      --it;
      if (it->first * kWaste < bytes) break;
      if (may_follow(it->second, node)) return it;
    }
    return free_.end();
  }

  bool may_follow(int32_t b, int node) const {
    if (!ancestors_.has_value()) return true;
    const std::vector<int32_t>& users = readers_[static_cast<size_t>(owner_[static_cast<size_t>(b)])];
    return std::all_of(users.begin(), users.end(), [&](int32_t user) { return ancestors_->ordered(user, node); });
  }

  void lay_out() {
    for (const size_t size : memory_.sizes) {
      memory_.offsets.push_back(memory_.bytes);
      memory_.bytes += size;
    }
  }

  int32_t& block(int32_t slot) { return memory_.block_of[static_cast<size_t>(slot)]; }

  const Plan& plan_;
  const MemoryHistory& history_;
  const size_t num_slots_;
  std::optional<Ancestors> ancestors_;
  MemoryPlan memory_;
  std::vector<int32_t> root_;                  // by slot: the slot in whose memory its value lies
  std::vector<int32_t> live_;                  // by root: values in its memory
  std::vector<std::vector<int32_t>> readers_;  // by root: the nodes that make or read values in its memory
  std::vector<int32_t> owner_;                 // by block: the root that took it last
  Free free_;
};

}  // namespace

MemoryPlan plan_memory(const Plan& plan, const MemoryHistory& history) { return MemoryPlanner(plan, history).run(); }

}  // namespace weft
