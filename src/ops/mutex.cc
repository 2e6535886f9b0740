// Critical sections: MutexV2 names a mutex of the session, MutexLock waits until it is free and gives a lock, ConsumeMutexLock lets go.
// No thread waits: a MutexLock that finds the mutex taken queues its continuation, and whoever lets go next runs it.
#include <algorithm>
#include <atomic>
#include <deque>
#include <set>

#include "src/ops/op_lists.h"
#include "weft/kernel/resource.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/tensor/handles.h"

namespace weft {

namespace {

class MutexResource : public Resource {
 public:
  std::string type_name() const override { return "Mutex"; }

  // Names a request that is about to be made, so that it can be withdrawn at any time from now on.
  int64_t ticket() {
    const std::lock_guard<std::mutex> guard(mutex_);
    announced_.insert(next_ticket_);
    return next_ticket_++;
  }

  // Runs `granted` when the caller holds the mutex: now, or when those before it have let go. False, and nothing will run, when the
  // ticket has been withdrawn.
  bool lock(int64_t ticket, std::function<void()> granted) {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      if (announced_.erase(ticket) == 0) return false;
      if (held_) {
        waiting_.push_back({ticket, std::move(granted)});
        return true;
      }
      held_ = true;
    }
    granted();
    return true;
  }

  // True when a waiting request was taken back, so that the caller answers it; a ticket not yet used makes lock() fail.
  bool withdraw(int64_t ticket) {
    const std::lock_guard<std::mutex> guard(mutex_);
    announced_.erase(ticket);
    const auto it = std::find_if(waiting_.begin(), waiting_.end(), [&](const Request& request) { return request.ticket == ticket; });
    if (it == waiting_.end()) return false;
    waiting_.erase(it);
    return true;
  }

  void unlock() {
    std::function<void()> next;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      if (waiting_.empty()) {
        held_ = false;
        return;
      }
      next = std::move(waiting_.front().granted);
      waiting_.pop_front();
    }
    next();  // the mutex passes on without becoming free
  }

 private:
  struct Request {
    int64_t ticket;
    std::function<void()> granted;
  };
  std::mutex mutex_;
  bool held_ = false;            // guarded by mutex_
  int64_t next_ticket_ = 1;      // guarded by mutex_
  std::set<int64_t> announced_;  // guarded by mutex_
  std::deque<Request> waiting_;  // guarded by mutex_
};

// What a lock tensor holds. The mutex is let go when the lock is consumed, or when nobody can consume it any more.
class MutexHold {
 public:
  explicit MutexHold(std::shared_ptr<MutexResource> mutex) : mutex_(std::move(mutex)) {}
  ~MutexHold() { release(); }
  MutexHold(const MutexHold&) = delete;
  MutexHold& operator=(const MutexHold&) = delete;
  void release() {
    if (!released_.exchange(true)) mutex_->unlock();
  }

 private:
  std::shared_ptr<MutexResource> mutex_;
  std::atomic<bool> released_{false};
};

absl::StatusOr<Kernel> make_mutex(const KernelInit& init) {
  const std::string container = init.get<std::string>("container");
  std::string name = init.get<std::string>("shared_name");
  if (name.empty()) name = std::string(init.name());
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<MutexResource> mutex,
                        init.resources().lookup_or_create<MutexResource>(
                            container, name, []() -> absl::StatusOr<std::shared_ptr<MutexResource>> { return std::make_shared<MutexResource>(); }));
  Tensor handle(DType::kResource, Shape{});
  ResourceHandle& h = *handle.data<ResourceHandle>();
  h.container = container.empty() ? "localhost" : container;
  h.name = name;
  h.type_name = mutex->type_name();
  h.resource = std::move(mutex);
  return Kernel::inline_kernel([handle](KernelContext& context) -> absl::Status {
    context.set_output(0, handle);
    return absl::OkStatus();
  });
}

void lock_mutex(KernelContext& context, KernelDone done) {
  const Tensor& input = context.input(0);
  const auto mutex = input.num_elements() == 1 ? std::dynamic_pointer_cast<MutexResource>(input.data<ResourceHandle>()->resource) : nullptr;
  if (mutex == nullptr) {
    done(invalid_argument("MutexLock needs the handle of a mutex, got ", input.describe()));
    return;
  }
  const int64_t ticket = mutex->ticket();
  Cancellation& cancellation = context.cancellation();
  Cancellation::Token token;
  const bool registered = cancellation.on_cancel(&token, [&cancellation, mutex, ticket, done] {
    if (mutex->withdraw(ticket)) done(cancellation.status());
  });
  // Once the request is made it may be granted, and the step end, at any time: nothing here may touch the context any more.
  const bool made = registered && mutex->lock(ticket, [&context, mutex, done] {
    Tensor lock(DType::kVariant, Shape{});
    lock.data<Variant>()->type_name = "MutexLock";
    lock.data<Variant>()->value = std::make_shared<MutexHold>(mutex);
    context.set_output(0, std::move(lock));
    done(absl::OkStatus());
  });
  if (made) return;
  mutex->withdraw(ticket);
  done(cancellation.status());
}

absl::StatusOr<Kernel> make_mutex_lock(const KernelInit&) { return Kernel::async(lock_mutex); }

absl::StatusOr<Kernel> make_consume(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& input = context.input(0);
    const auto* hold = input.num_elements() == 1 ? std::any_cast<std::shared_ptr<MutexHold>>(&input.data<Variant>()->value) : nullptr;
    if (hold == nullptr) return invalid_argument("ConsumeMutexLock needs the lock that a MutexLock gave, got ", input.describe());
    (*hold)->release();
    return absl::OkStatus();
  });
}

}  // namespace

// MutexV2: the handle of the session's mutex `shared_name` (or the node's name) in `container`.
const OpDef& mutex_op() {
  static const OpDef& op = *new OpDef{.name = "MutexV2",
                                      .outputs = {{"resource", DType::kResource}},
                                      .attrs = {string_attribute("container", ""), string_attribute("shared_name", "")},
                                      .is_stateful = true,
                                      .shape = scalar_shape,
                                      .kernels = {{.make = make_mutex}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// MutexLock: waits for the mutex and gives the lock on it.
const OpDef& mutex_lock_op() {
  static const OpDef& op = *new OpDef{.name = "MutexLock",
                                      .inputs = {{"mutex", DType::kResource}},
                                      .outputs = {{"mutex_lock", DType::kVariant}},
                                      .is_stateful = true,
                                      .shape = scalar_shape,
                                      .kernels = {{.make = make_mutex_lock}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// ConsumeMutexLock: lets go of the mutex. Run it after everything that needs the lock.
const OpDef& consume_mutex_lock_op() {
  static const OpDef& op = *new OpDef{.name = "ConsumeMutexLock",
                                      .inputs = {{"mutex_lock", DType::kVariant}},
                                      .is_stateful = true,
                                      .shape = no_outputs_shape,
                                      .kernels = {{.make = make_consume}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList mutex_ops() { return {&mutex_op(), &mutex_lock_op(), &consume_mutex_lock_op()}; }

}  // namespace weft
