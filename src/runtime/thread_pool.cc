// Tasks wait in a queue. A loop lies on its caller's stack, linked into a list while it has tiles to give away: threads join it,
// take tiles by counting, and leave; its caller unlinks it and waits until all have left. So a loop allocates nothing, and a caller
// that waits never runs anything but its own tiles.
#include "weft/runtime/thread_pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "src/runtime/spin.h"

namespace weft {
namespace {

// Pauses before a thread sleeps: some 20 microseconds, the gap between two kernels of a busy step.
constexpr int kSpins = 500;

}  // namespace

struct ThreadPool::Loop {
  Loop(absl::FunctionRef<void(int64_t)> body, int64_t count) : f(body), tiles(count) {}
  absl::FunctionRef<void(int64_t)> f;
  int64_t tiles;
  std::atomic<int64_t> taken{0};
  std::atomic<int> workers{0};  // threads inside, the caller not counted; changed under mutex_
  std::atomic<bool> failed{false};
  std::exception_ptr error;  // written by the one that sets `failed`
  Loop* next = nullptr;      // guarded by mutex_
};

ThreadPool::ThreadPool(int num_threads)
    : num_threads_(num_threads > 0 ? num_threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    posted_.fetch_add(1, std::memory_order_release);
  }
  work_posted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  while (num_tasks_ > 0) pop_task()();  // only when there never was a thread to run them
}

void ThreadPool::start() {
  if (!threads_.empty() || stopping_) return;
  threads_.reserve(static_cast<size_t>(num_threads_ - 1));
  try {
    for (int i = 1; i < num_threads_; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // The machine gives no more threads. Loops and steps make do with those there are: their callers work too.
  }
}

void ThreadPool::push_task(std::function<void()> task) {
  if (num_tasks_ == tasks_.size()) {
    std::rotate(tasks_.begin(), tasks_.begin() + static_cast<std::ptrdiff_t>(first_task_), tasks_.end());
    first_task_ = 0;
    tasks_.resize(std::max<size_t>(64, tasks_.size() * 2));
  }
  tasks_[(first_task_ + num_tasks_++) % tasks_.size()] = std::move(task);
}

std::function<void()> ThreadPool::pop_task() {
  std::function<void()> task = std::exchange(tasks_[first_task_], nullptr);
  first_task_ = (first_task_ + 1) % tasks_.size();
  --num_tasks_;
  return task;
}

void ThreadPool::schedule(std::function<void()> task) {
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    start();
    push_task(std::move(task));
    posted_.fetch_add(1, std::memory_order_release);
    wake = sleeping_ > 0;
  }
  if (wake) work_posted_.notify_one();
}

void ThreadPool::for_each_tile(int64_t tiles, absl::FunctionRef<void(int64_t)> f) {
  if (tiles <= 1 || num_threads_ == 1) {
    for (int64_t t = 0; t < tiles; ++t) f(t);
    return;
  }
  Loop loop(f, tiles);
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    start();
    loop.next = loops_;
    loops_ = &loop;
    posted_.fetch_add(1, std::memory_order_release);
    wake = sleeping_ > 0;
  }
  if (wake) work_posted_.notify_all();
  run_tiles(loop);
  await(loop);
  if (loop.failed.load(std::memory_order_acquire)) std::rethrow_exception(loop.error);
}

void ThreadPool::run_tiles(Loop& loop) {
  while (true) {
    const int64_t tile = loop.taken.fetch_add(1, std::memory_order_relaxed);
    if (tile >= loop.tiles || loop.failed.load(std::memory_order_relaxed)) return;
    try {
      loop.f(tile);
    } catch (...) {
      if (!loop.failed.exchange(true, std::memory_order_acq_rel)) loop.error = std::current_exception();
    }
  }
}

void ThreadPool::await(Loop& loop) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Loop** link = &loops_;
    while (*link != &loop) link = &(*link)->next;
    *link = loop.next;
  }
  for (int i = 0; i < kSpins && loop.workers.load(std::memory_order_acquire) != 0; ++i) spin_pause();
  // Taking the lock even when nobody is inside: the last one may still hold it.
  std::unique_lock<std::mutex> lock(mutex_);
  loop_left_.wait(lock, [&] { return loop.workers.load(std::memory_order_acquire) == 0; });
}

ThreadPool::Loop* ThreadPool::open_loop() const {
  for (Loop* loop = loops_; loop != nullptr; loop = loop->next) {
    if (loop->taken.load(std::memory_order_relaxed) < loop->tiles) return loop;
  }
  return nullptr;
}

bool ThreadPool::idle() const { return num_tasks_ == 0 && open_loop() == nullptr; }

void ThreadPool::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    if (Loop* loop = open_loop()) {  // before tasks: somebody waits for a loop
      loop->workers.fetch_add(1, std::memory_order_relaxed);
      lock.unlock();
      run_tiles(*loop);
      lock.lock();
      if (loop->workers.fetch_sub(1, std::memory_order_acq_rel) == 1) loop_left_.notify_all();
      continue;
    }
    if (num_tasks_ > 0) {
      std::function<void()> task = pop_task();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      continue;
    }
    if (stopping_) return;
    const uint32_t seen = posted_.load(std::memory_order_relaxed);
    lock.unlock();
    for (int i = 0; i < kSpins && posted_.load(std::memory_order_acquire) == seen; ++i) spin_pause();
    lock.lock();
    if (!idle() || stopping_) continue;
    ++sleeping_;
    work_posted_.wait(lock, [&] { return stopping_ || !idle(); });
    --sleeping_;
  }
}

}  // namespace weft
