// KernelContext: what a kernel may touch while it runs.
//
//   [](KernelContext& context) -> absl::Status {
//     Tensor* out;
//     WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, context.input(0).shape(), &out));
//     …fill out->data<float>()…
//     return absl::OkStatus();
//   }
//
// A context is three pointers, remade for each node, so that an engine's inner loop sets one of them and calls a closure. The
// values of a step lie in numbered slots; NodeBinding says which slots are a node's.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "weft/base/status.h"
#include "weft/kernel/cancellation.h"
#include "weft/kernel/resource.h"
#include "weft/kernel/task_pool.h"
#include "weft/tensor/tensor.h"

namespace weft {

// Where outputs get their memory. An engine's implementation recycles what earlier steps used.
class StepMemory {
 public:
  virtual ~StepMemory() = default;
  // Memory of at least `bytes` bytes for the value in `slot`, 64-byte aligned; null when there is none. One reference, the caller's.
  virtual BufferRef allocate_slot(int32_t slot, size_t bytes) = 0;
};

// Runs function bodies for the kernels of PartitionedCall, If, While and the like.
class FunctionRunner {
 public:
  virtual ~FunctionRunner() = default;
  using Done = std::function<void(absl::StatusOr<std::vector<Tensor>>)>;
  // Runs function `name` on `arguments`; `done` is called once, perhaps on another thread, perhaps before this returns.
  virtual void run(std::string_view name, std::vector<Tensor> arguments, Done done) = 0;
};

// What all nodes of a step share.
struct StepContext {
  StepMemory* memory = nullptr;
  TaskPool* pool = nullptr;                   // null: the caller's thread only
  Cancellation* cancellation = nullptr;       // never null in a step
  ResourceManager* resources = nullptr;       // the session's
  ResourceManager* step_resources = nullptr;  // gone when the step ends: stacks, tensor arrays
  FunctionRunner* functions = nullptr;
  const std::function<void(std::string_view)>* log = nullptr;  // where Print writes; null: standard error
  int64_t step_id = 0;
};

// A node's place in a plan: constant while steps run.
struct NodeBinding {
  const int32_t* inputs = nullptr;       // [num_inputs] slots
  const uint8_t* input_dies = nullptr;   // [num_inputs] 1: nobody reads that slot after this node, so its memory may be reused
  const DType* output_dtypes = nullptr;  // [num_outputs]
  int32_t num_inputs = 0;
  int32_t num_outputs = 0;
  int32_t first_output = 0;  // outputs lie in consecutive slots
  int32_t node = 0;          // index in the plan, for messages
};

class KernelContext {
 public:
  KernelContext(StepContext* step, Tensor* slots, const NodeBinding* node) : step_(step), slots_(slots), node_(node) {}

  int num_inputs() const { return node_->num_inputs; }
  int num_outputs() const { return node_->num_outputs; }
  const Tensor& input(int i) const { return slots_[node_->inputs[i]]; }
  DType output_dtype(int i) const { return node_->output_dtypes[i]; }

  // Output `i` with uninitialised memory for `shape` (default elements for strings and the like). ResourceExhausted when none is left.
  absl::Status allocate_output(int i, const Shape& shape, Tensor** out);
  // As allocate_output, but over the memory of the first of `inputs` that dies here, is held by nobody else and has the same number
  // of bytes. So `out` may alias that input: write element k only after the last read of element k.
  absl::Status forward_or_allocate(std::initializer_list<int> inputs, int i, const Shape& shape, Tensor** out);
  // Output `i` is `value`, sharing its memory.
  void set_output(int i, Tensor value) { slots_[node_->first_output + i] = std::move(value); }
  Tensor& output(int i) { return slots_[node_->first_output + i]; }

  // Scratch memory, not tied to a slot.
  absl::StatusOr<Tensor> allocate_temporary(DType dtype, const Shape& shape) { return Tensor::make(dtype, shape); }
  // Fails when the step is cancelled; long kernels ask now and then.
  bool cancelled() const { return step_->cancellation->cancelled(); }

  // Calls f(begin, end) over [0, total) in tiles of `tile` items, on the step's threads. The cut depends on `tile` only: see tile_items.
  void parallel_for(int64_t total, int64_t tile, absl::FunctionRef<void(int64_t, int64_t)> f) const;

  ResourceManager& resources() const { return *step_->resources; }
  ResourceManager& step_resources() const { return *step_->step_resources; }
  FunctionRunner* functions() const { return step_->functions; }
  Cancellation& cancellation() const { return *step_->cancellation; }
  StepContext& step() const { return *step_; }
  const NodeBinding& binding() const { return *node_; }

 private:
  StepContext* step_;
  Tensor* slots_;
  const NodeBinding* node_;
};

// A kernel is a closure made once per plan with its attributes parsed. It is const: steps on many threads call it at once.
using KernelFn = std::function<absl::Status(KernelContext&)>;
// One that may wait (queues, barriers, function calls) returns at once and calls `done` when it has set its outputs; the context
// stays valid until then. It never blocks its thread.
using KernelDone = std::function<void(absl::Status)>;
using AsyncKernelFn = std::function<void(KernelContext&, KernelDone)>;

// Exactly one of the two functions is set.
struct Kernel {
  KernelFn run;
  AsyncKernelFn run_async;
  bool cheap = false;  // takes well under a microsecond: engines run it inline rather than hand it to another thread

  Kernel() = default;
  Kernel(KernelFn f) : run(std::move(f)) {}  // NOLINT
  template <typename F>
  requires std::is_invocable_r_v<absl::Status, F&, KernelContext&> Kernel(F f) : run(std::move(f)) {}  // NOLINT
  static Kernel async(AsyncKernelFn f) {
    Kernel k;
    k.run_async = std::move(f);
    return k;
  }
  static Kernel inline_kernel(KernelFn f) {
    Kernel k(std::move(f));
    k.cheap = true;
    return k;
  }
};

}  // namespace weft
