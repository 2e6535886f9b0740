// ThreadPool: weft's own TaskPool.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "weft/kernel/task_pool.h"

namespace weft {

// Threads that share one queue of tasks and a list of open loops. They start with the first piece of work; idle ones spin for some
// microseconds, then sleep. Thread safety: all methods may be called from any thread, the pool's own included.
class ThreadPool : public TaskPool {
 public:
  // `num_threads` counts the caller of for_each_tile, so num_threads - 1 are started; <= 0 takes the machine's number.
  explicit ThreadPool(int num_threads);
  ~ThreadPool() override;  // runs what was scheduled, then joins

  int num_threads() const override { return num_threads_; }
  void schedule(std::function<void()> task) override;
  // An exception that `f` throws is thrown again here, once no thread works on the loop any more.
  void for_each_tile(int64_t tiles, absl::FunctionRef<void(int64_t)> f) override;

 private:
  struct Loop;

  void start();                                // requires mutex_
  void work();                                 // a thread's life
  bool idle() const;                           // requires mutex_
  void push_task(std::function<void()> task);  // requires mutex_
  std::function<void()> pop_task();            // requires mutex_ and a task
  Loop* open_loop() const;                     // requires mutex_: one with tiles that nobody has taken
  static void run_tiles(Loop& loop);
  void await(Loop& loop);

  const int num_threads_;
  std::atomic<uint32_t> posted_{0};  // counts posts, so that spinning threads see new work without the lock

  std::mutex mutex_;
  std::condition_variable work_posted_;
  std::condition_variable loop_left_;
  std::vector<std::function<void()>> tasks_;  // guarded by mutex_: a ring, so that a warm queue allocates nothing
  size_t first_task_ = 0;                     // guarded by mutex_
  size_t num_tasks_ = 0;                      // guarded by mutex_
  Loop* loops_ = nullptr;                     // guarded by mutex_: newest first
  int sleeping_ = 0;                          // guarded by mutex_
  bool stopping_ = false;                     // guarded by mutex_
  std::vector<std::thread> threads_;          // guarded by mutex_ until the destructor
};

}  // namespace weft
