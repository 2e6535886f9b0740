#include "weft/wire/tensor_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "weft/tensor/handles.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

// The bytes of a message, written field by field: key, then payload.
std::string field(int number, int wire_type, const std::string& payload) {
  return std::string(1, static_cast<char>(number << 3 | wire_type)) + payload;
}
std::string varint(int number, int value) { return field(number, 0, std::string(1, static_cast<char>(value))); }
std::string text(int number, const std::string& value) { return field(number, 2, std::string(1, static_cast<char>(value.size())) + value); }
std::string shape_of(const std::vector<int>& dims) {
  std::string bytes;
  for (const int d : dims) bytes += text(2, varint(1, d));
  return text(2, bytes);
}

void expect_round_trip(const Tensor& tensor) {
  const auto bytes = serialize_tensor_proto(tensor);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto back = parse_tensor_proto(*bytes);
  ASSERT_TRUE(back.ok()) << back.status() << " " << tensor.describe();
  EXPECT_TRUE(equal(*back, tensor)) << tensor.describe() << "\n" << tensor << "\n" << *back;
}

TEST(TensorProto, EveryPlainDTypeSurvives) {
  for (int number = 1; number < kNumDTypes; ++number) {
    const auto dtype = static_cast<DType>(number);
    if (!is_plain(dtype)) continue;
    Tensor tensor(dtype, Shape{2, 3});
    auto* bytes = static_cast<unsigned char*>(tensor.raw_data());
    for (size_t i = 0; i < tensor.num_bytes(); ++i) bytes[i] = dtype == DType::kBool ? i % 2 : static_cast<unsigned char>(i * 7 % 100);
    expect_round_trip(tensor);
    expect_round_trip(Tensor(dtype, Shape{0, 4}));
  }
}

TEST(TensorProto, StringsAndHandlesSurvive) {
  expect_round_trip(Tensor::from<std::string>({"", "a", std::string("\0b", 2)}, Shape{3, 1}));
  Tensor handles(DType::kResource, Shape{});
  handles.data<ResourceHandle>()->name = "v";
  handles.data<ResourceHandle>()->container = "box";
  const auto back = parse_tensor_proto(serialize_tensor_proto(handles).value());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->data<ResourceHandle>()->name, "v");
  EXPECT_EQ(back->data<ResourceHandle>()->container, "box");
}

// As TensorFlow writes small constants.
TEST(TensorProto, TypedValuesRepeatTheLast) {
  const auto ints = parse_tensor_proto(varint(1, 3) + shape_of({5}) + text(7, "\x01\x02"));
  ASSERT_TRUE(ints.ok()) << ints.status();
  EXPECT_EQ(ints->to_vector<int32_t>(), (std::vector<int32_t>{1, 2, 2, 2, 2}));
  const auto unpacked = parse_tensor_proto(varint(1, 9) + shape_of({2}) + varint(10, 4) + varint(10, 6));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked->to_vector<int64_t>(), (std::vector<int64_t>{4, 6}));
  const auto zeros = parse_tensor_proto(varint(1, 1) + shape_of({2, 2}));
  ASSERT_TRUE(zeros.ok());
  EXPECT_EQ(zeros->to_vector<float>(), (std::vector<float>{0, 0, 0, 0}));
  const auto too_many = parse_tensor_proto(varint(1, 7) + shape_of({0}) + text(8, "x"));
  ASSERT_TRUE(too_many.ok()) << "TensorFlow writes one value for an empty tensor of strings";
  EXPECT_EQ(too_many->num_elements(), 0);
  const auto halves = parse_tensor_proto(varint(1, 19) + text(13, std::string("\x80\x78", 2)));  // 0x3c00
  ASSERT_TRUE(halves.ok());
  EXPECT_EQ(static_cast<float>(halves->scalar<half>()), 1.0f);
}

TEST(TensorProto, WhatItRefuses) {
  const auto code = [](const std::string& bytes) { return parse_tensor_proto(bytes).status().code(); };
  EXPECT_EQ(code(""), absl::StatusCode::kInvalidArgument) << "no dtype";
  EXPECT_EQ(code(varint(1, 99)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(varint(1, 1) + text(2, varint(3, 1))), absl::StatusCode::kInvalidArgument) << "unknown rank";
  EXPECT_EQ(code(varint(1, 1) + shape_of({2}) + text(4, "123")), absl::StatusCode::kInvalidArgument) << "content of another size";
  std::string huge;
  for (int i = 0; i < 4; ++i) huge += text(2, field(1, 0, "\xff\xff\xff\x07"));
  EXPECT_EQ(code(varint(1, 1) + text(2, huge)), absl::StatusCode::kInvalidArgument) << "more elements than an int64 counts";
  const std::string large = text(2, field(1, 0, "\xff\xff\xff\xff\x07"));
  const auto status = parse_tensor_proto(varint(1, 1) + text(2, large)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(message(status)), HasSubstr("float32"));
}

// Nothing that can be in a file may crash the reader.
TEST(TensorProto, DamagedBytesGiveATensorOrAnError) {
  const std::string bytes = serialize_tensor_proto(Tensor::from<std::string>({"abc", "defg"})).value() + text(7, "\x01\x02") + varint(17, 3);
  for (size_t i = 0; i < bytes.size(); ++i) {
    (void)parse_tensor_proto(bytes.substr(0, i));
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      (void)parse_tensor_proto(damaged);
    }
  }
}

TEST(ShapeProto, RoundTrip) {
  for (const PartialShape& shape : {PartialShape::unknown(), PartialShape::scalar(), PartialShape({0}), PartialShape({2, -1, 3})}) {
    const auto back = parse_shape_proto(serialize_shape_proto(shape));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, shape) << shape.to_string();
  }
}

}  // namespace
}  // namespace weft
