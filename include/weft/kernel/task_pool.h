// TaskPool: the threads that nodes and kernels share. A session owns one, or the host passes its own in.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"

namespace weft {

// Implemented by weft's own pool (runtime/thread_pool.h) and by hosts that have a scheduler already.
class TaskPool {
 public:
  virtual ~TaskPool() = default;
  // Threads that may work at once, the caller's included; 1 means none is started.
  virtual int num_threads() const = 0;
  // Runs `task` some time, on some thread. Must not run it before returning. Called only when num_threads() > 1.
  virtual void schedule(std::function<void()> task) = 0;
  // Calls f(tile) for each tile in [0, tiles), in any order and on any of the pool's threads, and returns when all are done.
  // The calling thread works too and, while it waits, runs nothing but tiles of this loop.
  virtual void for_each_tile(int64_t tiles, absl::FunctionRef<void(int64_t)> f) = 0;
};

// Work of about 10 microseconds: loops cut into tiles of this cost neither drown in overhead nor starve a thread.
inline constexpr int64_t kTileCost = 32768;

// How many items make a tile when one item costs `cost` elementary operations. Depends on nothing but its argument, so tiles, and
// with them the order of every floating-point sum, are the same for any number of threads.
constexpr int64_t tile_items(int64_t cost) {
  const int64_t items = kTileCost / (cost < 1 ? 1 : cost);
  return items < 1 ? 1 : items;
}

}  // namespace weft
