#include "weft/tensor/buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <thread>
#include <vector>

namespace weft {
namespace {

TEST(Buffer, IsAlignedAndWritable) {
  for (const size_t size : {0u, 1u, 63u, 64u, 65u, 100000u}) {
    Buffer* buffer = Buffer::allocate(size);
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % kAlignment, 0u);
    EXPECT_EQ(buffer->size(), size);
    EXPECT_TRUE(buffer->unique());
    std::memset(buffer->data(), 1, size);
    buffer->release();
  }
}

TEST(Buffer, NullWhenThereIsNoMemory) {
  EXPECT_EQ(Buffer::allocate(std::numeric_limits<size_t>::max()), nullptr);
  EXPECT_EQ(Buffer::allocate(std::numeric_limits<size_t>::max() - 64), nullptr);
  EXPECT_EQ(Buffer::allocate(size_t{1} << 60), nullptr);
}

TEST(Buffer, DeleterRunsOnceWithTheLastReference) {
  int freed = 0;
  float data[4] = {};
  {
    const BufferRef a = BufferRef::adopt(Buffer::wrap(data, sizeof data, [&] { ++freed; }));
    BufferRef b = a;
    BufferRef c = std::move(b);
    EXPECT_FALSE(b);  // NOLINT: moved from on purpose
    EXPECT_FALSE(a->unique());
    c = BufferRef();
    EXPECT_TRUE(a->unique());
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(freed, 1);
  BufferRef::adopt(Buffer::wrap(data, sizeof data, {}));  // no deleter is fine
}

TEST(Buffer, DestroyMayRecycle) {
  static int returned = 0;
  Buffer* buffer = Buffer::allocate(64, [](Buffer* b) {
    ++returned;
    b->revive();
  });
  buffer->release();
  buffer->release();
  EXPECT_EQ(returned, 2);
  Buffer::free(buffer);
}

TEST(Buffer, ReferencesAreCountedAcrossThreads) {
  int freed = 0;
  {
    BufferRef shared = BufferRef::adopt(Buffer::wrap(&freed, sizeof freed, [&] { ++freed; }));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([mine = shared] {
        for (int i = 0; i < 1000; ++i) BufferRef copy = mine;
      });
    }
    for (std::thread& t : threads) t.join();
  }
  EXPECT_EQ(freed, 1);
}

}  // namespace
}  // namespace weft
