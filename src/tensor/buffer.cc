// A new buffer is one allocation: the Buffer object in the first 64 bytes, the data after it.
#include "weft/tensor/buffer.h"

#include <unistd.h>

#include <cstdlib>
#include <limits>
#include <new>

namespace weft {
namespace {

constexpr size_t kHeader = (sizeof(Buffer) + kAlignment - 1) / kAlignment * kAlignment;

// More than this can only be a mistake: twice the machine's memory. The kernel would often grant it, then kill the process that
// touches it.
size_t largest_allocation() {
  static const size_t limit = [] {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0) return std::numeric_limits<size_t>::max() / 4;
    return static_cast<size_t>(pages) * static_cast<size_t>(page) * 2;
  }();
  return limit;
}

class HostBuffer : public Buffer {
 public:
  HostBuffer(void* data, size_t size, std::function<void()> deleter) : Buffer(data, size, destroy), deleter_(std::move(deleter)) {}

 private:
  static void destroy(Buffer* buffer) {
    auto* self = static_cast<HostBuffer*>(buffer);
    if (self->deleter_) self->deleter_();
    delete self;
  }
  std::function<void()> deleter_;
};

}  // namespace

Buffer* Buffer::allocate(size_t size, Destroy destroy) {
  if (size > largest_allocation()) return nullptr;
  const size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, kHeader + (rounded == 0 ? kAlignment : rounded));
  if (memory == nullptr) return nullptr;
  return new (memory) Buffer(static_cast<char*>(memory) + kHeader, size, destroy);
}

void Buffer::free(Buffer* buffer) {
  buffer->~Buffer();
  std::free(buffer);
}

Buffer* Buffer::wrap(void* data, size_t size, std::function<void()> deleter) { return new HostBuffer(data, size, std::move(deleter)); }

}  // namespace weft
