// Buffer: reference-counted, 64-byte aligned memory that tensors share.
//
// A buffer ends in one of several ways (freed, given back to the host, kept for the next step), so the last release calls a function
// chosen when it was made. Thread safety: the count is atomic; the memory is the tensors' business.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace weft {

inline constexpr size_t kAlignment = 64;

class Buffer {
 public:
  using Destroy = void (*)(Buffer*);

  // Not for users of tensors: see Tensor's constructors and Tensor::view. `destroy` runs when the last reference goes.
  Buffer(void* data, size_t size, Destroy destroy) : data_(data), size_(size), destroy_(destroy) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* data() const { return data_; }
  size_t size() const { return size_; }
  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    // Who holds the only reference can be joined by nobody, so the cheaper load suffices then.
    if (unique() || references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy_(this);
  }
  // True when the caller holds the only reference, so the memory may be overwritten.
  bool unique() const { return references_.load(std::memory_order_acquire) == 1; }

  // Plain memory from allocate(), not the host's nor an engine's: a unique holder may use it for other values.
  bool reusable() const { return destroy_ == free; }

  // Back to one reference; only for owners that recycle a buffer from its destroy function.
  void revive() { references_.store(1, std::memory_order_relaxed); }
  // Points the buffer elsewhere; only for owners that recycle it while nobody else holds it.
  void reset(void* data, size_t size) {
    data_ = data;
    size_ = size;
  }

  // New memory of `size` bytes, aligned to 64; null when there is none (or nobody could mean so much). The returned buffer has one
  // reference. A `destroy` of the caller's must end in Buffer::free.
  static Buffer* allocate(size_t size, Destroy destroy = free);
  static void free(Buffer* buffer);
  // The host's memory. `deleter` (may be empty) runs when the last tensor over it is gone.
  static Buffer* wrap(void* data, size_t size, std::function<void()> deleter);

 private:
  std::atomic<int32_t> references_{1};
  void* data_;
  size_t size_;
  Destroy destroy_;
};

// An owning pointer to a Buffer.
class BufferRef {
 public:
  BufferRef() = default;
  static BufferRef adopt(Buffer* buffer) {
    BufferRef r;
    r.buffer_ = buffer;
    return r;
  }  // takes over one reference
  static BufferRef share(Buffer* buffer) {
    if (buffer) buffer->retain();
    return adopt(buffer);
  }  // adds one
  BufferRef(const BufferRef& o) : buffer_(o.buffer_) {
    if (buffer_) buffer_->retain();
  }
  BufferRef(BufferRef&& o) noexcept : buffer_(std::exchange(o.buffer_, nullptr)) {}
  BufferRef& operator=(BufferRef o) noexcept {
    std::swap(buffer_, o.buffer_);
    return *this;
  }
  ~BufferRef() {
    if (buffer_) buffer_->release();
  }
  Buffer* get() const { return buffer_; }
  Buffer* operator->() const { return buffer_; }
  explicit operator bool() const { return buffer_ != nullptr; }
  Buffer* leak() { return std::exchange(buffer_, nullptr); }

 private:
  Buffer* buffer_ = nullptr;
};

}  // namespace weft
