// A variable's value: what was read stays as it was, whatever is written afterwards.
#include "weft/kernel/variable_resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace weft {
namespace {

std::shared_ptr<VariableResource> holding(Tensor value) {
  auto variable = std::make_shared<VariableResource>("w", "", value.dtype(), PartialShape(value.shape()));
  variable->value = std::move(value);
  variable->initialized = true;
  return variable;
}

TEST(VariableResource, UninitializedSaysSoInTensorFlowsWords) {
  VariableResource variable("w", "", DType::kFloat32, PartialShape({2}));
  Tensor out;
  const absl::Status status = variable.read(&out);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(message(status)),
              ::testing::HasSubstr(
                  "Error while reading resource variable w from Container: localhost. This could mean that the variable was uninitialized."));
  EXPECT_FALSE(out.valid());
}

TEST(VariableResource, AReadSharesMemoryAndAWriteLeavesIt) {
  const auto variable = holding(Tensor::from<float>({1.0f, 2.0f}));
  Tensor before;
  ASSERT_TRUE(variable->read(&before).ok());
  EXPECT_TRUE(before.shares_buffer_with(variable->value));
  {
    const std::lock_guard<std::mutex> lock(variable->mutex);
    ASSERT_TRUE(variable->make_unique().ok());
    variable->value.data<float>()[0] = 10.0f;
  }
  EXPECT_EQ(before.to_vector<float>(), (std::vector<float>{1, 2}));
  Tensor after;
  ASSERT_TRUE(variable->read(&after).ok());
  EXPECT_EQ(after.to_vector<float>(), (std::vector<float>{10, 2}));
}

TEST(VariableResource, WithoutReadersItIsWrittenInPlace) {
  const auto variable = holding(Tensor::from<float>({1.0f}));
  const void* memory = variable->value.raw_data();
  ASSERT_TRUE(variable->make_unique().ok());
  EXPECT_EQ(variable->value.raw_data(), memory);
  {
    const Tensor slice = variable->value.slice(0, 1);  // holds the memory as well
    ASSERT_TRUE(variable->make_unique().ok());
    EXPECT_NE(variable->value.raw_data(), memory);
  }
}

TEST(VariableResource, ReadsAmongWritesAreWhole) {
  const auto variable = holding(Tensor::from<int64_t>(std::vector<int64_t>(64, 0)));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int64_t i = 1; i < 2000; ++i) {
      const std::lock_guard<std::mutex> lock(variable->mutex);
      ASSERT_TRUE(variable->make_unique().ok());
      for (int64_t& v : variable->value.flat<int64_t>()) v = i;
    }
    stop = true;
  });
  int64_t last = 0;
  while (!stop) {
    Tensor seen;
    ASSERT_TRUE(variable->read(&seen).ok());
    const auto values = seen.flat<int64_t>();
    for (const int64_t v : values) ASSERT_EQ(v, values[0]);
    ASSERT_GE(values[0], last);
    last = values[0];
  }
  writer.join();
}

}  // namespace
}  // namespace weft
