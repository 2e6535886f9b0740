#include "src/graph/device_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weft {
namespace {

using ::testing::HasSubstr;

std::string inside(std::string_view device, std::string_view outer) {
  const auto merged = device_inside(device, outer);
  return merged.ok() ? *merged : std::string(message(merged.status()));
}

TEST(DeviceName, IsWrittenInFull) {
  EXPECT_EQ(inside("/cpu:0", ""), "/device:CPU:0");
  EXPECT_EQ(inside("/GPU", ""), "/device:GPU:*");
  EXPECT_EQ(inside("gpu:*", ""), "/device:GPU:*");
  EXPECT_EQ(inside("/task:1/job:w/cpu:0", ""), "/job:w/task:1/device:CPU:0");
  EXPECT_EQ(inside("/device:TPU:3/replica:2", ""), "/replica:2/device:TPU:3");
  EXPECT_EQ(inside("", ""), "");
}

TEST(DeviceName, InnerPartsWin) {
  EXPECT_EQ(inside("/gpu:1", "/job:w/device:CPU:0"), "/job:w/device:GPU:1");
  EXPECT_EQ(inside("/job:ps", "/job:w/task:1"), "/job:ps/task:1");
  EXPECT_EQ(inside("", "/job:w"), "/job:w");
  EXPECT_EQ(inside("/gpu", "/device:CPU:2"), "/device:GPU:2") << "a device of any number takes the outer number, as in TensorFlow";
}

TEST(DeviceName, WhatIsNoneIsNamed) {
  EXPECT_THAT(inside("/foo:0", ""), HasSubstr("Unknown attribute: 'foo' in '/foo:0'"));
  EXPECT_THAT(inside("/cpu:0/gpu:1", ""), HasSubstr("Cannot specify multiple device types: /cpu:0/gpu:1"));
  EXPECT_THAT(inside("/cpu:x", ""), HasSubstr("'x' is no device number"));
  EXPECT_THAT(inside("/device:CPU", ""), HasSubstr("Unknown attribute: 'device'"));
}

}  // namespace
}  // namespace weft
