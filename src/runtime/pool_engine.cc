// A node is ready when the nodes before it have run; each that ends counts its successors down. Ready nodes that are cheap are run
// by the thread that made them ready, one after the other: no lock, no task. Costly ones go to a list that all threads of the step
// share, except the last, which the thread keeps for itself when it has nothing else to do.
//
// The pool's threads are invited when nodes come into the shared list. They are never needed: the caller takes nodes from the list
// too, so a step ends even when every other thread is busy or waits, and a run inside a kernel of another run cannot starve.
//
// A kernel that may wait is parked: its node is finished by whoever calls its `done`, and what that makes ready goes to the shared
// list. So no thread is held.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "src/runtime/engine.h"

namespace weft {
namespace {

// True for the caller that brings `count` to 0. Who sees 1 is the last one, so it need not write.
bool count_down(int32_t& count) {
  const std::atomic_ref<int32_t> c(count);
  return c.load(std::memory_order_acquire) == 1 || c.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

// One thread's part in a step. It holds one token.
class Worker {
 public:
  explicit Worker(Step& step) : step_(step), plan_(step.plan), parallel_(plan_.parallel()), ready_(*step.ready) {}

  void start_with(const std::vector<int32_t>& roots) {
    for (const int32_t node : roots) sort_in(node);
  }
  void start_with(int32_t node) { local_.push(ready_.next, node); }
  // Runs what is at hand and what becomes ready; returns when nothing is left for this thread.
  void work();
  // Counts node `node` as done. Used by the thread on which a waiting kernel ends: nothing is run, all goes to the shared list.
  void finish_elsewhere(int32_t node, absl::Status status);

  int64_t nodes_run() const { return nodes_run_; }
  int64_t nodes_finished() const { return nodes_finished_; }

 private:
  struct Waiting;

  void run_node(int32_t index);
  void run_async(int32_t index);
  void end_node(int32_t index, absl::Status status);
  void release_and_count_down(int32_t index);
  void sort_in(int32_t node) {
    const bool hand_out = step_.costs != nullptr && !plan_.cheap(node) && step_.costs->costly(node);
    (hand_out ? costly_ : local_).push(ready_.next, node);
  }
  void share(NodeList list);
  void fail(int32_t index, const absl::Status& error);

  Step& step_;
  const Plan& plan_;
  const Plan::Parallel& parallel_;
  ReadyNodes& ready_;
  NodeList local_;
  NodeList costly_;
  int64_t nodes_run_ = 0;
  int64_t nodes_finished_ = 0;
};

// The life of a kernel that may wait: it ends by its `done`, before run_async has returned or after, on any thread.
struct Worker::Waiting {
  Step& step;
  int32_t node;
  KernelContext context;
  std::atomic<int> state{0};  // kReturned and kDone meet here: who comes second finishes the node
  absl::Status status;        // written before kDone
  static constexpr int kReturned = 1;
  static constexpr int kDone = 2;

  Waiting(Step& s, const PlanNode& n) : step(s), node(n.binding.node), context(&s.context, s.slots.data(), &n.binding) { step.retain(); }
  ~Waiting();
};

// Adds up what a thread did and gives its token back.
void leave(Step& step, const Worker& worker) {
  ReadyNodes& ready = *step.ready;
  const std::lock_guard<std::mutex> lock(ready.mutex);
  ready.nodes_run += worker.nodes_run();
  ready.nodes_finished += worker.nodes_finished();
  if (--ready.tokens == 0) ready.changed.notify_all();
}

// A kernel that loses its `done` would hold the run for ever.
Worker::Waiting::~Waiting() {
  if ((state.load(std::memory_order_acquire) & kDone) == 0) {
    Worker worker(step);
    worker.finish_elsewhere(node, internal("the kernel dropped its `done` without calling it"));
    leave(step, worker);
  }
  step.release();
}

// A task in the pool: takes nodes from the shared list until there are none.
void help(Step* step) {
  ReadyNodes& ready = *step->ready;
  bool came = false;
  while (true) {
    int32_t node = -1;
    {
      const std::lock_guard<std::mutex> lock(ready.mutex);
      if (!came) --ready.invited;
      came = true;
      if (!ready.shared.empty()) node = ready.shared.pop(ready.next);  // its token is this thread's now
    }
    if (node < 0) break;
    Worker worker(*step);
    worker.start_with(node);
    worker.work();
    leave(*step, worker);
  }
  step->release();
}

void Worker::work() {
  while (!step_.cancellation.cancelled()) {
    if (local_.empty()) {
      if (costly_.empty()) return;
      local_.push(ready_.next, costly_.pop(ready_.next));
    }
    if (!costly_.empty()) share(std::exchange(costly_, {}));
    if (step_.has_deadline) step_.check_deadline();
    run_node(local_.pop(ready_.next));
  }
}

void Worker::run_node(int32_t index) {
  const PlanNode& node = plan_.nodes()[index];
  if (plan_.has_conditions() && step_.skips(index)) return release_and_count_down(index);
  ++nodes_run_;
  if (!node.run) return run_async(index);
  KernelContext context(&step_.context, step_.slots.data(), &node.binding);
  absl::Status status;
  try {
    if (step_.measure && !plan_.cheap(index)) {
      const auto begin = std::chrono::steady_clock::now();
      status = node.run(context);
      step_.costs->add(index, (std::chrono::steady_clock::now() - begin).count());
    } else {
      status = node.run(context);
    }
  } catch (...) { status = exception_status(); }
  end_node(index, std::move(status));
}

void Worker::run_async(int32_t index) {
  auto waiting = std::make_shared<Waiting>(step_, plan_.nodes()[index]);
  {
    const std::lock_guard<std::mutex> lock(ready_.mutex);
    ++ready_.tokens;  // of the kernel
  }
  const auto done = [waiting](absl::Status status) {
    if ((waiting->state.load(std::memory_order_acquire) & Waiting::kDone) != 0) return;  // a second call means nothing
    waiting->status = std::move(status);
    if (waiting->state.fetch_or(Waiting::kDone, std::memory_order_acq_rel) != Waiting::kReturned) return;
    Worker worker(waiting->step);
    worker.finish_elsewhere(waiting->node, std::move(waiting->status));
    leave(waiting->step, worker);
  };
  try {
    plan_.async_kernel(index)(waiting->context, done);
  } catch (...) { done(exception_status()); }
  if ((waiting->state.fetch_or(Waiting::kReturned, std::memory_order_acq_rel) & Waiting::kDone) == 0) return;  // it waits
  {
    const std::lock_guard<std::mutex> lock(ready_.mutex);
    --ready_.tokens;
  }
  end_node(index, std::move(waiting->status));
}

void Worker::finish_elsewhere(int32_t node, absl::Status status) {
  end_node(node, std::move(status));
  local_.append(ready_.next, std::exchange(costly_, {}));
  if (!step_.cancellation.cancelled()) share(std::exchange(local_, {}));
}

void Worker::end_node(int32_t index, absl::Status status) {
  const PlanNode& node = plan_.nodes()[index];
  Tensor* slots = step_.slots.data();
  if (status.ok()) status = step_.check_outputs(node.binding);
  if (!status.ok()) [[unlikely]]
    return fail(index, status);
  if (step_.watch) step_.memory.watch(node.binding, slots);
  release_and_count_down(index);
}

void Worker::release_and_count_down(int32_t index) {
  Tensor* slots = step_.slots.data();
  const auto i = static_cast<size_t>(index);
  for (uint32_t r = parallel_.read_begin[i]; r < parallel_.read_begin[i + 1]; ++r) {
    const auto slot = static_cast<size_t>(parallel_.reads[r]);
    if (parallel_.readers[slot] <= 1 || count_down(ready_.readers[slot])) TensorSlot::clear(slots[slot]);
  }
  for (uint32_t k = parallel_.successor_begin[i]; k < parallel_.successor_begin[i + 1]; ++k) {
    const int32_t successor = parallel_.successors[k];
    if (count_down(ready_.pending[static_cast<size_t>(successor)])) sort_in(successor);
  }
  ++nodes_finished_;
}

void Worker::share(NodeList list) {
  if (list.empty()) return;
  TaskPool* pool = step_.context.pool;
  int invitations = 0;
  {
    const std::lock_guard<std::mutex> lock(ready_.mutex);
    ready_.tokens += list.size;
    ready_.shared.append(ready_.next, list);
    if (pool != nullptr) invitations = std::min(pool->num_threads() - 1, ready_.shared.size) - ready_.invited;
    invitations = std::max(invitations, 0);
    ready_.invited += invitations;
    if (ready_.caller_waits) ready_.changed.notify_all();
  }
  for (; invitations > 0; --invitations) {
    step_.retain();
    pool->schedule([step = &step_] { help(step); });
  }
}

void Worker::fail(int32_t index, const absl::Status& error) {
  if (step_.cancellation.cancelled()) return;  // what fails after that fails because of it
  // Two statuses: copies of one share a count that ThreadSanitizer cannot see inside Debian's Abseil.
  {
    const std::lock_guard<std::mutex> lock(ready_.mutex);
    if (ready_.error.ok()) ready_.error = plan_.annotate(index, error);
  }
  step_.cancellation.cancel(plan_.annotate(index, error));
}

class PoolEngine : public Engine {
 public:
  absl::Status run(Step& step) const override {
    prepare(step);
    Worker worker(step);
    worker.start_with(step.plan.parallel().roots);
    worker.work();
    leave(step, worker);
    while (const auto node = await(step)) {
      Worker more(step);
      more.start_with(*node);
      more.work();
      leave(step, more);
    }
    return result(step);
  }

 private:
  static void prepare(Step& step) {
    ReadyNodes& ready = *step.ready;
    const Plan::Parallel& parallel = step.plan.parallel();
    if (!parallel.pending.empty()) std::memcpy(ready.pending.data(), parallel.pending.data(), parallel.pending.size() * sizeof(int32_t));
    if (!parallel.readers.empty()) std::memcpy(ready.readers.data(), parallel.readers.data(), parallel.readers.size() * sizeof(int32_t));
    const std::lock_guard<std::mutex> lock(ready.mutex);
    ready.shared = {};
    ready.tokens = 1;
    ready.nodes_run = 0;
    ready.nodes_finished = 0;
    ready.error = absl::OkStatus();
  }

  // The next node for the caller, or nothing when the step is over.
  static std::optional<int32_t> await(Step& step) {
    ReadyNodes& ready = *step.ready;
    std::unique_lock<std::mutex> lock(ready.mutex);
    ready.caller_waits = true;
    bool expired = !step.has_deadline;
    while (ready.shared.empty() && ready.tokens > 0) {
      if (expired) {
        ready.changed.wait(lock);
      } else if (ready.changed.wait_until(lock, step.deadline) == std::cv_status::timeout) {
        expired = true;
        lock.unlock();
        step.check_deadline();
        lock.lock();
      }
    }
    ready.caller_waits = false;
    if (ready.tokens == 0) return std::nullopt;
    return ready.shared.pop(ready.next);
  }

  static absl::Status result(Step& step) {
    ReadyNodes& ready = *step.ready;
    const std::lock_guard<std::mutex> lock(ready.mutex);
    step.nodes_run += ready.nodes_run;
    if (!ready.error.ok()) return std::exchange(ready.error, absl::OkStatus());  // the step, which another thread may free, keeps none
    return ready.nodes_finished == step.plan.num_nodes() ? absl::OkStatus() : step.cancellation.status();
  }
};

}  // namespace

const Engine& pool_engine() {
  static const PoolEngine engine;
  return engine;
}

}  // namespace weft
