#include "weft/tensor/tensor.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <sstream>

namespace weft {
namespace {

TEST(Tensor, DefaultIsInvalid) {
  const Tensor t;
  EXPECT_FALSE(t.valid());
  EXPECT_EQ(t.num_bytes(), 0u);
  EXPECT_EQ(t.scalar<float>(), 0.0f);
  EXPECT_TRUE(t.to_vector<float>().empty());
  EXPECT_FALSE(t.reshaped({1}).valid());
  EXPECT_FALSE(t.slice(0, 0).valid());
  EXPECT_FALSE(t.clone().valid());
  EXPECT_TRUE(equal(t, Tensor()));
}

TEST(Tensor, FromLists) {
  EXPECT_EQ(Tensor::from<float>({1, 2, 3}).shape(), Shape({3}));
  EXPECT_EQ(Tensor::from({1.0f, 2.0f}).dtype(), DType::kFloat32);
  EXPECT_EQ(Tensor::from<float>({{1, 2}, {3, 4}}).at<float>({1, 0}), 3.0f);
  EXPECT_EQ(Tensor::from<int32_t>({{1}, {2}, {3}}).shape(), Shape({3, 1}));
  EXPECT_EQ(Tensor::from<int64_t>({{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}}).shape(), Shape({2, 2, 3}));
  EXPECT_EQ(Tensor::from<int64_t>({{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}}).at<int64_t>({1, 0, 2}), 9);
  EXPECT_EQ(Tensor::from<std::string>({{"a", "b"}, {"c", "d"}}).at<std::string>({1, 1}), "d");
  EXPECT_EQ(Tensor::from<float>({1, 2, 3, 4}, {2, 2}).shape(), Shape({2, 2}));
  EXPECT_EQ(Tensor::from<float>({}, {0, 3}).shape(), Shape({0, 3}));
  EXPECT_EQ(Tensor::from<bool>({true, false}).to_vector<bool>(), (std::vector<bool>{true, false}));
}

TEST(Tensor, FromContainers) {
  const std::vector<float> v = {1, 2, 3, 4};
  const std::array<float, 3> a = {1, 2, 3};
  EXPECT_EQ(Tensor::from(v).to_vector<float>(), v);
  EXPECT_EQ(Tensor::from(v, {2, 2}).at<float>({1, 1}), 4.0f);
  EXPECT_EQ(Tensor::from<float>(a).shape(), Shape({3}));
  EXPECT_EQ(Tensor::from(std::vector<bool>{true, false}).dtype(), DType::kBool);
  EXPECT_EQ(Tensor::from(std::vector<std::vector<int32_t>>{{1, 2}, {3, 4}, {5, 6}}).shape(), Shape({3, 2}));
}

TEST(Tensor, FromRefusesWhatDoesNotFit) {
  EXPECT_FALSE(Tensor::from<float>({1, 2, 3}, {2, 2}).valid());
  EXPECT_FALSE(Tensor::from<float>({{1, 2}, {3}}).valid());
  EXPECT_FALSE(Tensor::from<float>({{{1, 2}}, {{3, 4}, {5, 6}}}).valid());
}

TEST(Tensor, Scalars) {
  EXPECT_EQ(Tensor::scalar_of(3.5).scalar<double>(), 3.5);
  EXPECT_EQ(Tensor::scalar_of("text").scalar<std::string>(), "text");
  EXPECT_EQ(Tensor::scalar_of(std::string_view("view")).scalar<std::string>(), "view");
  EXPECT_EQ(Tensor::scalar_of(7LL).dtype(), DType::kInt64);
  EXPECT_EQ(Tensor::scalar_of(3.5).scalar<float>(), 0.0f);  // another dtype
}

TEST(Tensor, AtIsSafe) {
  const Tensor t = Tensor::from<float>({{1, 2}, {3, 4}});
  EXPECT_EQ(t.at<float>({2, 0}), 0.0f);
  EXPECT_EQ(t.at<float>({-1, 0}), 0.0f);
  EXPECT_EQ(t.at<float>({0}), 0.0f);
  EXPECT_EQ(t.at<int32_t>({0, 0}), 0);
}

TEST(Tensor, MemoryIsAlignedAndEmptyTensorsHaveSome) {
  for (const int64_t n : {0, 1, 1000}) {
    const Tensor t(DType::kFloat32, {n});
    ASSERT_TRUE(t.valid());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(t.raw_data()) % kAlignment, 0u);
  }
}

TEST(Tensor, TooLargeIsAnErrorNotAnAbort) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_FALSE(Tensor(DType::kFloat32, {huge, huge}).valid());
  EXPECT_FALSE(Tensor(DType::kFloat32, {-1}).valid());
  EXPECT_FALSE(Tensor(DType::kFloat64, {std::numeric_limits<int64_t>::max() / 2}).valid());
  EXPECT_FALSE(Tensor(DType::kString, {int64_t{1} << 50}).valid());
  EXPECT_EQ(Tensor::make(DType::kFloat32, {huge * 1024}).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Tensor::make(DType::kFloat32, {huge, huge}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Tensor::make(DType::kFloat32, {-2}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Tensor::make(DType::kInvalid, {}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Tensor::make(ref_dtype(DType::kFloat32), {2}).value().holds<float>());
}

TEST(Tensor, ObjectsAreConstructedAndDestroyed) {
  Tensor t(DType::kString, {3});
  for (std::string& s : t.flat<std::string>()) {
    EXPECT_EQ(s, "");
    s = std::string(100, 'x');
  }
  const Tensor copy = t.clone();
  t.flat<std::string>()[0] = "changed";
  EXPECT_EQ(copy.flat<std::string>()[0], std::string(100, 'x'));
  auto counted = std::make_shared<int>(1);
  Tensor variants(DType::kVariant, {2});
  variants.flat<Variant>()[1].value = counted;
  EXPECT_EQ(counted.use_count(), 2);
  variants = Tensor();
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_TRUE(Tensor(DType::kResource, {2}).valid());
}

TEST(Tensor, Zeros) {
  EXPECT_EQ(Tensor::zeros(DType::kInt32, {2, 2}).to_vector<int32_t>(), std::vector<int32_t>(4));
  EXPECT_EQ(Tensor::zeros(DType::kString, {2}).to_vector<std::string>(), std::vector<std::string>(2));
  EXPECT_TRUE(Tensor::zeros(DType::kFloat32, {0}).valid());
}

TEST(Tensor, ViewIsTheHostsMemory) {
  std::vector<float> host = {1, 2, 3, 4};
  int freed = 0;
  {
    const Tensor t = Tensor::view(host.data(), {2, 2}, [&] { ++freed; });
    EXPECT_EQ(t.data<float>(), host.data());
    const Tensor row = t.row(1);
    host[2] = 9;
    EXPECT_EQ(row.to_vector<float>(), (std::vector<float>{9, 4}));
  }
  EXPECT_EQ(freed, 1);
  const Tensor constant = Tensor::view(static_cast<const float*>(host.data()), {4});
  EXPECT_EQ(constant.num_elements(), 4);
  EXPECT_EQ(Tensor::view(static_cast<float*>(nullptr), {0}).clone().num_elements(), 0);
}

TEST(Tensor, ReshapeSliceAndRowShareMemory) {
  const Tensor t = Tensor::from<int32_t>({{1, 2}, {3, 4}, {5, 6}});
  const Tensor flat = t.reshaped({6});
  EXPECT_TRUE(flat.shares_buffer_with(t));
  EXPECT_FALSE(t.unique());
  EXPECT_FALSE(t.reshaped({7}).valid());
  EXPECT_EQ(t.slice(1, 3).to_vector<int32_t>(), (std::vector<int32_t>{3, 4, 5, 6}));
  EXPECT_EQ(t.slice(3, 3).shape(), Shape({0, 2}));
  EXPECT_EQ(t.row(2).shape(), Shape({2}));
  EXPECT_EQ(t.row(2).at<int32_t>({1}), 6);
  EXPECT_FALSE(t.slice(2, 1).valid());
  EXPECT_FALSE(t.slice(0, 4).valid());
  EXPECT_FALSE(t.row(3).valid());
  EXPECT_FALSE(t.row(-1).valid());
  EXPECT_FALSE(Tensor::scalar_of(1).slice(0, 1).valid());
  EXPECT_EQ(Tensor::from<std::string>({"a", "b"}).row(1).scalar<std::string>(), "b");
  EXPECT_EQ(Tensor(DType::kFloat32, {0, 3}).slice(0, 0).shape(), Shape({0, 3}));
}

TEST(Tensor, Bitcast) {
  const Tensor t = Tensor::from<float>({1.0f, 2.0f});
  EXPECT_EQ(t.bitcast(DType::kInt32, {2}).at<int32_t>({0}), 0x3f800000);
  EXPECT_EQ(t.bitcast(DType::kUInt8, {2, 4}).num_elements(), 8);
  EXPECT_FALSE(t.bitcast(DType::kInt64, {2}).valid());
  EXPECT_FALSE(t.bitcast(DType::kString, {1}).valid());
}

TEST(Tensor, CloneHasItsOwnMemory) {
  Tensor t = Tensor::from<float>({1, 2});
  const Tensor copy = t.clone();
  t.data<float>()[0] = 9;
  EXPECT_EQ(copy.at<float>({0}), 1.0f);
  EXPECT_TRUE(copy.unique());
}

TEST(Tensor, Equal) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(equal(Tensor::from<float>({nan, 0.0f}), Tensor::from<float>({nan, -0.0f})));
  EXPECT_FALSE(equal(Tensor::from<float>({1}), Tensor::from<float>({2})));
  EXPECT_FALSE(equal(Tensor::from<float>({1}), Tensor::from<double>({1})));
  EXPECT_FALSE(equal(Tensor::from<float>({1}), Tensor::scalar_of(1.0f)));
  EXPECT_TRUE(equal(Tensor::from<std::string>({"a"}), Tensor::from<std::string>({"a"})));
  EXPECT_TRUE(equal(Tensor::from<complex64>({{1, nan}}), Tensor::from<complex64>({{1, nan}})));
  EXPECT_TRUE(equal(Tensor::from<QInt8>({QInt8{3}}), Tensor::from<QInt8>({QInt8{3}})));
}

TEST(Tensor, Text) {
  const Tensor t = Tensor::from<float>({{1, 2}, {3, 4}});
  std::ostringstream out;
  out << t;
  EXPECT_EQ(out.str(), "[[1. 2.]\n [3. 4.]]");
  EXPECT_EQ(t.describe(), "Tensor(float32, [2,2])");
}

}  // namespace
}  // namespace weft
