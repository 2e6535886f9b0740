// Program: a plan with what its runs share: idle steps, the memory plan, what kernels cost.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "weft/kernel/resource.h"
#include "weft/kernel/task_pool.h"
#include "weft/runtime/plan.h"
#include "weft/runtime/run_options.h"

namespace weft {

struct Step;
struct MemoryPlan;
struct MemoryHistory;
class NodeCosts;

// What programs of one session share. It outlives them.
struct ProgramEnvironment {
  TaskPool* pool = nullptr;  // null: the caller's thread only
  ResourceManager* resources = nullptr;
  const std::function<void(std::string_view)>* log = nullptr;
  std::atomic<bool> closed{false};  // runs are refused
  std::atomic<int64_t> next_step_id{1};
};

// Thread safety: all methods may be called from any thread. A warm run (shapes seen before) takes no lock and allocates nothing.
class Program {
 public:
  Program(std::shared_ptr<const Plan> plan, ProgramEnvironment& environment);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // One step. `feeds` and `fetches` stand in the order of the plan's request. A tensor that comes in `fetches` lends its memory when
  // nobody else holds it and it fits; so handing in the last step's results saves their allocation. On an error fetches are empty.
  absl::Status run(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options);

  const Plan& plan() const { return *plan_; }
  // Kernels called by runs that have ended.
  int64_t nodes_run() const { return nodes_run_.load(std::memory_order_relaxed); }
  // Ends all runs in flight with `reason`. Only after environment.closed is set.
  void cancel(const absl::Status& reason);

 private:
  static constexpr size_t kIdle = 16;  // steps that wait without a lock

  absl::Status check_feeds(absl::Span<const Tensor> feeds) const;
  absl::Status check_fetches(const Step& step) const;
  Step* take_step();
  void give_back(Step* step);
  Step* make_step();
  void prepare(Step& step, absl::Span<const Tensor> feeds, std::span<Tensor> fetches);
  absl::Status run_nodes(Step& step, const RunOptions& options);
  void finish(Step& step, const absl::Status& status, std::span<Tensor> fetches);
  void learn(Step& step, bool escaped);
  void set_up_measuring(Step& step);

  const std::shared_ptr<const Plan> plan_;
  ProgramEnvironment& environment_;
  const bool may_use_pool_;
  std::atomic<int64_t> nodes_run_{0};
  std::atomic<int64_t> runs_{0};

  std::array<std::atomic<Step*>, kIdle> idle_{};

  const std::unique_ptr<NodeCosts> costs_;   // null where they decide nothing
  std::atomic<bool> worth_threads_{false};   // at least two nodes are costly
  std::atomic<uint64_t> memory_version_{1};  // of memory_plan_

  std::mutex mutex_;
  std::vector<Step*> steps_;                       // guarded by mutex_: all of them; the program holds a reference to each
  std::vector<Step*> more_idle_;                   // guarded by mutex_
  std::shared_ptr<const MemoryPlan> memory_plan_;  // guarded by mutex_
  std::unique_ptr<MemoryHistory> history_;         // guarded by mutex_
  uint64_t surprises_ = 0;                         // guarded by mutex_
  uint64_t next_planning_ = 1;                     // guarded by mutex_: the surprise that leads to a new memory plan
};

}  // namespace weft
