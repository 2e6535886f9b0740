#include "weft/tensor/dtype.h"

#include <gtest/gtest.h>

#include <map>

#include "weft/tensor/tensor.h"

namespace weft {
namespace {

TEST(DType, NamesAreTensorFlows) {
  EXPECT_EQ(dtype_name(DType::kFloat32), "float32");
  EXPECT_EQ(dtype_cc_name(DType::kFloat32), "float");
  EXPECT_EQ(dtype_name(DType::kHalf), "float16");
  EXPECT_EQ(dtype_cc_name(DType::kHalf), "half");
  EXPECT_EQ(dtype_name(ref_dtype(DType::kFloat64)), "float64_ref");
  EXPECT_EQ(dtype_cc_name(ref_dtype(DType::kFloat64)), "double_ref");
  EXPECT_EQ(dtype_name(DType::kInvalid), "invalid");
  EXPECT_EQ(dtype_name(static_cast<DType>(99)), "invalid");
}

TEST(DType, EveryNameReadsBack) {
  kAllTypes.for_each([](DType t) {
    for (const DType type : {t, ref_dtype(t)}) {
      EXPECT_EQ(dtype_from_name(dtype_name(type)), type);
      EXPECT_EQ(dtype_from_name(dtype_cc_name(type)), type);
    }
  });
  EXPECT_EQ(dtype_from_name("DT_FLOAT"), DType::kFloat32);
  EXPECT_EQ(dtype_from_name("DT_INT64_REF"), ref_dtype(DType::kInt64));
  for (const char* name : {"", "_ref", "invalid", "INVALID", "DT_INVALID", "Float", "float99"})
    EXPECT_EQ(dtype_from_name(name), DType::kInvalid) << name;
}

TEST(DType, RefsAreBasePlus100) {
  EXPECT_EQ(static_cast<int>(ref_dtype(DType::kFloat32)), 101);
  EXPECT_EQ(base_dtype(ref_dtype(DType::kUInt64)), DType::kUInt64);
  EXPECT_EQ(ref_dtype(ref_dtype(DType::kInt8)), ref_dtype(DType::kInt8));
  EXPECT_TRUE(is_ref(ref_dtype(DType::kInt8)));
  EXPECT_FALSE(is_ref(DType::kInt8));
  EXPECT_TRUE(is_valid(ref_dtype(DType::kUInt64)));
  EXPECT_FALSE(is_valid(DType::kInvalid));
  EXPECT_FALSE(is_valid(static_cast<DType>(24)));
  EXPECT_FALSE(is_valid(static_cast<DType>(100)));
}

TEST(DType, SizeIsThatOfTheType) {
  EXPECT_EQ(dtype_size(DType::kInvalid), 0u);
  EXPECT_EQ(dtype_size(ref_dtype(DType::kFloat64)), 8u);
  kAllTypes.for_each([](DType t) {
    const bool known = dispatch<kAllTypes>(t, [&](auto tag) {
      using T = typename decltype(tag)::type;
      EXPECT_EQ(dtype_size(t), sizeof(T)) << dtype_name(t);
      EXPECT_EQ(dtype_of<T>, t);
      EXPECT_EQ(is_plain(t), std::is_trivially_copyable_v<T> || kComplexTypes.contains(t)) << dtype_name(t);
    });
    EXPECT_TRUE(known) << dtype_name(t);
  });
}

TEST(DTypeSet, Operations) {
  constexpr DTypeSet a = {DType::kFloat32, DType::kInt32};
  constexpr DTypeSet b = DType::kInt32;
  static_assert(a.contains(DType::kInt32) && !a.contains(DType::kInt64));
  static_assert(a.contains(ref_dtype(DType::kInt32)));
  EXPECT_EQ(a & b, b);
  EXPECT_EQ(a - b, DTypeSet(DType::kFloat32));
  EXPECT_EQ(a | b, a);
  EXPECT_TRUE((b - a).empty());
  EXPECT_EQ(a.to_string(), "float, int32");
  EXPECT_EQ(DTypeSet().to_string(), "");
}

TEST(Dispatch, CallsOnlyForMembers) {
  int calls = 0;
  EXPECT_TRUE(dispatch<kFloatTypes>(DType::kHalf, [&](auto) { ++calls; }));
  EXPECT_FALSE(dispatch<kFloatTypes>(DType::kInt32, [&](auto) { ++calls; }));
  EXPECT_FALSE(dispatch<kAllTypes>(DType::kInvalid, [&](auto) { ++calls; }));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace weft
