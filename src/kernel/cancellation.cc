#include "weft/kernel/cancellation.h"

#include <condition_variable>
#include <utility>

namespace weft {

absl::Status Cancellation::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return reason_;
}

void Cancellation::cancel(absl::Status reason) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (cancelled_.load(std::memory_order_relaxed)) return;
  reason_ = std::move(reason);
  cancelled_.store(true, std::memory_order_release);
  while (!callbacks_.empty()) {
    auto entry = callbacks_.extract(callbacks_.begin());
    running_ = entry.key();
    lock.unlock();
    entry.mapped()();
    lock.lock();
    running_ = 0;
    finished_.notify_all();
  }
}

bool Cancellation::on_cancel(Token* token, std::function<void()> callback) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cancelled_.load(std::memory_order_relaxed)) return false;
  *token = next_token_++;
  callbacks_.emplace(*token, std::move(callback));
  return true;
}

bool Cancellation::forget(Token token) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (callbacks_.erase(token) != 0) return true;
  finished_.wait(lock, [&] { return running_ != token; });
  return false;
}

void Cancellation::reset() {
  const std::lock_guard<std::mutex> lock(mutex_);
  callbacks_.clear();
  reason_ = absl::OkStatus();
  cancelled_.store(false, std::memory_order_release);
}

}  // namespace weft
