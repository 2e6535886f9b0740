// Scratch: uninitialised memory that a kernel needs for a moment.
#pragma once

#include <cstdint>

#include "weft/base/status.h"
#include "weft/tensor/buffer.h"

namespace weft {

// `count` elements of a plain type, 64-byte aligned; data() is null when there is no memory.
template <typename T> class Scratch {
 public:
  explicit Scratch(int64_t count) : buffer_(BufferRef::adopt(Buffer::allocate(static_cast<size_t>(count) * sizeof(T)))) {}
  T* data() const { return buffer_ ? static_cast<T*>(buffer_->data()) : nullptr; }
  explicit operator bool() const { return static_cast<bool>(buffer_); }

 private:
  BufferRef buffer_;
};

inline absl::Status no_scratch_memory(std::string_view op) { return resource_exhausted("out of memory for the temporary values of ", op); }

}  // namespace weft
