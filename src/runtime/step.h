// Step: the mutable state of one run of a plan. Made once, used by one run after the other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/runtime/ready_nodes.h"
#include "src/runtime/step_memory.h"
#include "weft/kernel/kernel_context.h"
#include "weft/runtime/plan.h"

namespace weft {

// How long kernels take, in nanoseconds, by node: what decides whether a node is worth another thread. Shared by a plan's steps.
class NodeCosts {
 public:
  explicit NodeCosts(int num_nodes) : costs_(new std::atomic<uint32_t>[static_cast<size_t>(num_nodes)]()) {}
  bool costly(int node) const { return costs_[static_cast<size_t>(node)].load(std::memory_order_relaxed) > kCostly; }
  // A moving average; the first measurement counts whole.
  void add(int node, int64_t nanoseconds);

 private:
  static constexpr uint32_t kCostly = 4000;  // handing a node to a thread and being woken by it costs about that
  std::unique_ptr<std::atomic<uint32_t>[]> costs_;
};

// A Tensor in a slot, as engines handle it.
class TensorSlot {
 public:
  // Lets go of the memory; the shape stays behind, unread.
  static void clear(Tensor& tensor) {
    tensor.buffer_ = BufferRef();
    tensor.dtype_ = DType::kInvalid;
  }
  static BufferRef take_buffer(Tensor& tensor) { return std::move(tensor.buffer_); }
};

struct Step {
  explicit Step(const Plan& plan);

  const Plan& plan;
  std::vector<Tensor> slots;
  Cancellation cancellation;
  ResourceManager step_resources;
  ArenaMemory memory;
  StepContext context;
  uint64_t memory_version = 0;  // of the MemoryPlan that `memory` follows
  bool is_new = true;           // it has not run yet

  // Set for each run.
  NodeCosts* costs = nullptr;  // null: not wanted
  bool measure = false;        // time kernels into `costs`
  bool watch = false;          // note which values share memory
  bool has_deadline = false;
  std::chrono::steady_clock::time_point deadline;

  std::vector<uint8_t> skipped;       // [nodes] in plans with conditions; written by the thread that ends the node
  int64_t nodes_run = 0;              // kernels called, all runs together; written by the thread that runs the step
  std::unique_ptr<ReadyNodes> ready;  // for the pool engine; null where the plan cannot run in parallel

  // Tasks in a host's pool may outlive the run that made them, so they hold the step.
  void retain() { references.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // In plans with conditions: whether node `node`, all before it done, is to be skipped; notes it for those after it.
  bool skips(int32_t node);

  // Cancels the run when its deadline has passed.
  void check_deadline();
  // Whether the node at `node`, which has just run, set all its outputs as declared.
  absl::Status check_outputs(const NodeBinding& node) const;
  // After a failed run: drops whatever values are left.
  void clear_slots() {
    for (Tensor& slot : slots) TensorSlot::clear(slot);
  }

 private:
  ~Step() = default;
  std::atomic<int> references{1};
};

// The status of a kernel that threw.
absl::Status exception_status();

}  // namespace weft
