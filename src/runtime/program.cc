#include "weft/runtime/program.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "src/runtime/engine.h"
#include "src/runtime/step.h"
#include "src/runtime/step_memory.h"
#include "weft/base/strings.h"

namespace weft {
namespace {

constexpr int64_t kMeasuredRuns = 8;  // at first; then every kMeasureEvery-th
constexpr int64_t kMeasureEvery = 64;
constexpr uint64_t kEagerPlannings = 8;  // later ones come after twice as many surprises each

// "(3, 2)", as TensorFlow's Python prints shapes.
std::string tuple_text(absl::Span<const int64_t> dims) {
  std::string text = "(";
  for (size_t i = 0; i < dims.size(); ++i) {
    str_append(text, i == 0 ? "" : ", ", dims[i] < 0 ? std::string("?") : str_cat(dims[i]), dims.size() == 1 ? "," : "");
  }
  return text + ")";
}

std::string where_made(const Plan::Feed& feed) {
  return feed.made_at.known() ? str_cat(" ('", feed.name, "' was made at ", feed.made_at.to_string(), ")") : std::string();
}

absl::Status shape_error(const Plan::Feed& feed, const Tensor& value) {
  std::string text = str_cat("Cannot feed value of shape ", tuple_text(value.shape().dims()), " for Tensor '", feed.name, "', which has shape '",
                             tuple_text(feed.shape.dims()), "'");
  if (feed.shape.rank() != value.rank())
    return invalid_argument(text, ": the value has rank ", value.rank(), ", the tensor rank ", feed.shape.rank(), where_made(feed));
  for (int i = 0; i < value.rank(); ++i) {
    if (feed.shape.known_dim(i) && feed.shape.dim(i) != value.dim(i))
      str_append(text, "; dimension ", i, " is ", value.dim(i), " but must be ", feed.shape.dim(i));
  }
  return invalid_argument(text, where_made(feed));
}

size_t thread_number() {
  static std::atomic<size_t> next{0};
  thread_local const size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

// The earlier of the two limits, in steady time; nothing when both are infinite.
std::optional<std::chrono::steady_clock::time_point> deadline_of(const RunOptions& options) {
  absl::Duration left = options.timeout;
  if (options.deadline != absl::InfiniteFuture()) left = std::min(left, options.deadline - absl::Now());
  if (left == absl::InfiniteDuration()) return std::nullopt;
  left = std::clamp(left, absl::ZeroDuration(), absl::Hours(24 * 365));
  return std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(left);
}

struct StopRun {
  Step* step;
  void operator()() const { step->cancellation.cancel(cancelled("Run call was cancelled: a stop was requested.")); }
};

}  // namespace

Program::Program(std::shared_ptr<const Plan> plan, ProgramEnvironment& environment)
    : plan_(std::move(plan)),
      environment_(environment),
      may_use_pool_(plan_->may_run_in_parallel() && environment.pool != nullptr && environment.pool->num_threads() > 1),
      costs_(may_use_pool_ ? std::make_unique<NodeCosts>(plan_->num_nodes()) : nullptr),
      history_(std::make_unique<MemoryHistory>(*plan_)) {
  memory_plan_ = std::make_shared<const MemoryPlan>(plan_memory(*plan_, *history_));
}

Program::~Program() {
  for (Step* step : steps_) step->release();
}

absl::Status Program::check_feeds(absl::Span<const Tensor> feeds) const {
  const std::vector<Plan::Feed>& expected = plan_->feeds();
  if (feeds.size() != expected.size()) return invalid_argument("This callable takes ", expected.size(), " feeds and got ", feeds.size());
  for (size_t i = 0; i < feeds.size(); ++i) {
    const Plan::Feed& feed = expected[i];
    const Tensor& value = feeds[i];
    if (value.dtype() != feed.dtype) {
      if (!value.valid()) return invalid_argument("The value fed for Tensor '", feed.name, "' is an empty Tensor, which has no dtype");
      return invalid_argument("Cannot feed a value of dtype ", dtype_name(value.dtype()), " for Tensor '", feed.name, "', which has dtype ",
                              dtype_name(feed.dtype), where_made(feed));
    }
    if (!feed.shape.is_compatible_with(value.shape())) return shape_error(feed, value);
  }
  return absl::OkStatus();
}

// A fetch on a branch that was not taken.
absl::Status Program::check_fetches(const Step& step) const {
  const absl::Span<const int32_t> slots = plan_->fetch_slots();
  for (size_t k = 0; k < slots.size(); ++k) {
    if (step.slots[static_cast<size_t>(slots[k])].valid()) continue;
    return invalid_argument("Retval[", k, "] does not have value: fetch number ", k, " lies on the branch of a Switch that was not taken. Fetch the ",
                            "Merge of both branches instead");
  }
  return absl::OkStatus();
}

absl::Status Program::run(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options) {
  WEFT_RETURN_IF_ERROR(check_feeds(feeds));
  if (fetches.size() != plan_->fetch_slots().size()) {
    return invalid_argument("This callable gives ", plan_->fetch_slots().size(), " fetches and was given room for ", fetches.size());
  }
  Step* step = take_step();
  // After the step is taken, so that cancel() finds either the flag seen or the step at work.
  if (environment_.closed.load(std::memory_order_seq_cst)) {
    give_back(step);
    return cancelled("Session has been closed. Attempted to use a closed Session.");
  }
  prepare(*step, feeds, fetches);
  absl::Status status = run_nodes(*step, options);
  if (status.ok() && plan_->has_conditions()) status = check_fetches(*step);
  finish(*step, status, fetches);
  give_back(step);
  return status;
}

void Program::prepare(Step& step, absl::Span<const Tensor> feeds, std::span<Tensor> fetches) {
  const uint64_t version = memory_version_.load(std::memory_order_acquire);
  if (step.memory_version != version) {
    const std::lock_guard<std::mutex> lock(mutex_);
    step.memory_version = memory_version_.load(std::memory_order_relaxed);
    step.memory.set_plan(memory_plan_);
  }
  std::copy(feeds.begin(), feeds.end(), step.slots.begin());
  for (size_t k = 0; k < fetches.size(); ++k) {
    if (fetches[k].unique() && fetches[k].buffer()->reusable()) step.memory.give_fetch(k, TensorSlot::take_buffer(fetches[k]));
    TensorSlot::clear(fetches[k]);
  }
  step.context.step_id = environment_.next_step_id.fetch_add(1, std::memory_order_relaxed);
  set_up_measuring(step);
}

void Program::set_up_measuring(Step& step) {
  step.watch = std::exchange(step.is_new, false);  // what a later step does differently costs it memory, no more
  step.measure = false;
  if (costs_ == nullptr) return;
  const int64_t run = runs_.fetch_add(1, std::memory_order_relaxed);
  step.measure = run < kMeasuredRuns || run % kMeasureEvery == 0;
}

absl::Status Program::run_nodes(Step& step, const RunOptions& options) {
  const auto deadline = deadline_of(options);
  step.has_deadline = deadline.has_value();
  if (deadline) step.deadline = *deadline;
  std::optional<std::stop_callback<StopRun>> on_stop;
  if (options.stop_token.stop_possible()) { on_stop.emplace(options.stop_token, StopRun{&step}); }
  const bool parallel =
      plan_->has_async() || plan_->engine() == EngineKind::kPool || (may_use_pool_ && worth_threads_.load(std::memory_order_relaxed));
  return (parallel ? pool_engine() : serial_engine()).run(step);
}

void Program::finish(Step& step, const absl::Status& status, std::span<Tensor> fetches) {
  if (status.ok()) {
    const absl::Span<const int32_t> slots = plan_->fetch_slots();
    for (size_t k = 0; k < slots.size(); ++k) fetches[k] = step.slots[static_cast<size_t>(slots[k])];
    for (const int32_t slot : slots) TensorSlot::clear(step.slots[static_cast<size_t>(slot)]);
    for (size_t i = 0; i < plan_->feeds().size(); ++i) TensorSlot::clear(step.slots[i]);
  } else {
    step.clear_slots();
  }
  step.memory.drop_given();
  if (step.cancellation.cancelled()) step.cancellation.reset();
  step.step_resources.clear();
  nodes_run_.fetch_add(std::exchange(step.nodes_run, 0), std::memory_order_relaxed);
  if (step.measure) {
    int costly = 0;
    for (int i = 0; i < plan_->num_nodes() && costly < 2; ++i) costly += costs_->costly(i) ? 1 : 0;
    worth_threads_.store(costly >= 2, std::memory_order_relaxed);
  }
  const bool escaped = step.memory.escaped();
  if (escaped || (step.memory.surprised() && status.ok())) learn(step, escaped);
}

void Program::learn(Step& step, bool escaped) {
  const std::lock_guard<std::mutex> lock(mutex_);
  step.memory.report(*history_);
  if (!escaped && ++surprises_ < next_planning_) return;
  next_planning_ = surprises_ < kEagerPlannings ? surprises_ + 1 : surprises_ * 2;
  memory_plan_ = std::make_shared<const MemoryPlan>(plan_memory(*plan_, *history_));
  memory_version_.fetch_add(1, std::memory_order_release);
}

// --- Idle steps ------------------------------------------------------------------------------------------------------------------

Step* Program::take_step() {
  const size_t first = thread_number();
  for (size_t i = 0; i < kIdle; ++i) {
    std::atomic<Step*>& place = idle_[(first + i) % kIdle];
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    if (Step* step = place.exchange(nullptr, std::memory_order_seq_cst)) return step;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (more_idle_.empty()) return make_step();
  Step* step = more_idle_.back();
  more_idle_.pop_back();
  return step;
}

Step* Program::make_step() {
  auto* step = new Step(*plan_);
  step->context.pool = environment_.pool;
  step->context.resources = environment_.resources;
  step->context.log = environment_.log;
  step->costs = costs_.get();
  steps_.push_back(step);
  return step;
}

void Program::give_back(Step* step) {
  const size_t first = thread_number();
  for (size_t i = 0; i < kIdle; ++i) {
    std::atomic<Step*>& place = idle_[(first + i) % kIdle];
    Step* nobody = nullptr;
    if (place.load(std::memory_order_relaxed) == nullptr && place.compare_exchange_strong(nobody, step, std::memory_order_release)) return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  more_idle_.push_back(step);
}

void Program::cancel(const absl::Status& reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Step* step : steps_) step->cancellation.cancel(reason);
}

}  // namespace weft
