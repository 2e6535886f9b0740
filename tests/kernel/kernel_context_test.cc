// What a kernel may do with its inputs and outputs: memory it is given, memory it may take over, loops in tiles.
#include "weft/kernel/kernel_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace weft {
namespace {

// A node with three inputs in slots 0, 1, 2 and two outputs in slots 3 and 4.
class Context : public ::testing::Test {
 protected:
  Context() {
    binding.inputs = inputs;
    binding.input_dies = dies;
    binding.output_dtypes = dtypes;
    binding.num_inputs = 3;
    binding.num_outputs = 2;
    binding.first_output = 3;
    step.cancellation = &cancellation;
  }
  KernelContext context() { return KernelContext(&step, slots, &binding); }

  Tensor slots[5];
  int32_t inputs[3] = {0, 1, 2};
  uint8_t dies[3] = {1, 1, 1};
  DType dtypes[2] = {DType::kFloat32, DType::kFloat32};
  NodeBinding binding;
  Cancellation cancellation;
  StepContext step;
};

TEST_F(Context, OutputsGetMemoryOfTheirDtype) {
  dtypes[1] = DType::kString;
  KernelContext c = context();
  Tensor* out = nullptr;
  ASSERT_TRUE(c.allocate_output(0, {2, 3}, &out).ok());
  EXPECT_EQ(out, &slots[3]);
  EXPECT_EQ(out->describe(), "Tensor(float32, [2,3])");
  ASSERT_TRUE(c.allocate_output(1, {2}, &out).ok());
  EXPECT_EQ(out->flat<std::string>()[1], "") << "strings are made, not left raw";
}

TEST_F(Context, SizesThatOverflowAreAnError) {
  class Greedy : public StepMemory {
   public:
    BufferRef allocate_slot(int32_t, size_t bytes) override {
      asked = bytes;
      return {};
    }
    size_t asked = 0;
  } memory;
  step.memory = &memory;
  KernelContext c = context();
  Tensor* out = nullptr;
  const absl::Status huge = c.allocate_output(0, Shape{int64_t{1} << 62, 1}, &out);
  EXPECT_EQ(huge.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(memory.asked, 0u) << "a size that wrapped around";
  const absl::Status none = c.allocate_output(0, Shape{4}, &out);
  EXPECT_EQ(none.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(message(none)), ::testing::HasSubstr("(16 bytes)"));
  step.memory = nullptr;
  EXPECT_FALSE(c.allocate_output(0, Shape{int64_t{1} << 40, int64_t{1} << 40}, &out).ok());
}

TEST_F(Context, TakesOverTheFirstInputThatFits) {
  slots[0] = Tensor::from<float>({1.0f, 2.0f});
  slots[1] = Tensor::from<float>({3.0f, 4.0f, 5.0f, 6.0f});
  slots[2] = Tensor::from<int32_t>({7, 8, 9, 10});
  KernelContext c = context();
  Tensor* out = nullptr;
  ASSERT_TRUE(c.forward_or_allocate({0, 1, 2}, 0, {2, 2}, &out).ok());
  EXPECT_TRUE(out->shares_buffer_with(slots[1])) << "input 0 has another size";
  EXPECT_EQ(out->shape(), (Shape{2, 2}));
  ASSERT_TRUE(c.forward_or_allocate({2}, 1, {4}, &out).ok());
  EXPECT_TRUE(out->shares_buffer_with(slots[2])) << "another dtype of the same size will do";
  EXPECT_EQ(out->dtype(), DType::kFloat32);
}

TEST_F(Context, LeavesInputsThatSomebodyElseNeeds) {
  slots[0] = Tensor::from<float>({1.0f, 2.0f});
  slots[1] = Tensor::from<float>({3.0f, 4.0f});
  slots[2] = Tensor::from<double>({3.0, 4.0});
  dies[0] = 0;                   // read again later
  const Tensor held = slots[1];  // held outside
  KernelContext c = context();
  Tensor* out = nullptr;
  ASSERT_TRUE(c.forward_or_allocate({0, 1, 2}, 0, {2}, &out).ok());
  for (const Tensor& input : {slots[0], slots[1], slots[2]}) EXPECT_FALSE(out->shares_buffer_with(input));
}

TEST_F(Context, AnInputReadTwiceIsTakenOnce) {
  slots[0] = Tensor::from<float>({1.0f, 2.0f});
  KernelContext c = context();
  Tensor* first = nullptr;
  Tensor* second = nullptr;
  ASSERT_TRUE(c.forward_or_allocate({0}, 0, {2}, &first).ok());
  ASSERT_TRUE(c.forward_or_allocate({0}, 1, {2}, &second).ok());
  EXPECT_FALSE(second->shares_buffer_with(*first)) << "two outputs in one memory";
}

TEST_F(Context, LoopsCoverEachItemOnceInTheSameTiles) {
  class Backwards : public TaskPool {
   public:
    int num_threads() const override { return 3; }
    void schedule(std::function<void()>) override { FAIL(); }
    void for_each_tile(int64_t tiles, absl::FunctionRef<void(int64_t)> f) override {
      for (int64_t t = tiles - 1; t >= 0; --t) f(t);
    }
  } pool;
  const KernelContext c = context();
  const auto tiles_of = [&](int64_t total, int64_t tile) {
    std::set<std::pair<int64_t, int64_t>> tiles;
    c.parallel_for(total, tile, [&](int64_t begin, int64_t end) { tiles.insert({begin, end}); });
    return tiles;
  };
  for (const int64_t total : {0, 1, 7, 8, 9, 100}) {
    for (const int64_t tile : {-1, 0, 1, 8, 1000}) {
      step.pool = nullptr;
      const auto alone = tiles_of(total, tile);
      step.pool = &pool;
      EXPECT_EQ(tiles_of(total, tile), alone) << total << " " << tile;
      int64_t next = 0;
      for (const auto& [begin, end] : alone) {
        EXPECT_EQ(begin, next);
        EXPECT_GT(end, begin);
        next = end;
      }
      EXPECT_EQ(next, total);
    }
  }
}

TEST(TileItems, DependOnTheCostAlone) {
  EXPECT_EQ(tile_items(1), kTileCost);
  EXPECT_EQ(tile_items(0), kTileCost);
  EXPECT_EQ(tile_items(-5), kTileCost);
  EXPECT_EQ(tile_items(kTileCost), 1);
  EXPECT_EQ(tile_items(kTileCost * 10), 1);
}

}  // namespace
}  // namespace weft
