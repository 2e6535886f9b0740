// Cancellation of one step: a flag that is cheap to read, and callbacks that wake what waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "weft/base/status.h"

namespace weft {

// Thread safety: all methods may be called from any thread. cancel() runs each registered callback once, outside the lock.
class Cancellation {
 public:
  using Token = int64_t;

  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  absl::Status status() const;  // OK until cancelled, then the reason
  void cancel(absl::Status reason);
  // Returns false, without registering, when cancelled already: then the caller fails at once.
  bool on_cancel(Token* token, std::function<void()> callback);
  // After it returns the callback is not running and will not run. Returns false when it had run.
  bool forget(Token token);
  // Back to the initial state; only while nobody else uses it.
  void reset();

 private:
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  absl::Status reason_;                               // guarded by mutex_
  std::map<Token, std::function<void()>> callbacks_;  // guarded by mutex_
  Token next_token_ = 1;                              // guarded by mutex_
  Token running_ = 0;                                 // guarded by mutex_: the callback being run
  std::condition_variable finished_;                  // a callback has run
};

}  // namespace weft
