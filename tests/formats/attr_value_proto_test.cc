#include "src/formats/attr_value_proto.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(AttrValueProto, EveryKindSurvives) {
  const std::vector<AttrValue> values = {
      std::string("text"),
      int64_t{-3},
      0.5f,
      true,
      false,
      DType::kInt64,
      ref_dtype(DType::kFloat32),
      PartialShape({2, -1}),
      PartialShape::unknown(),
      Tensor::from<float>({1, 2}),
      FunctionRef{"f", {{"T", "\x30\x01"}}},
      std::vector<std::string>{"a", ""},
      std::vector<int64_t>{1, -2, int64_t{1} << 40},
      std::vector<float>{1.5f, -2},
      std::vector<bool>{true, false},
      std::vector<DType>{DType::kFloat32, DType::kString},
      std::vector<PartialShape>{PartialShape({1}), PartialShape::unknown()},
      std::vector<Tensor>{Tensor::scalar_of(1.0), Tensor::scalar_of(2)},
      std::vector<FunctionRef>{{"g", {}}, {"h", {}}},
  };
  for (const AttrValue& value : values) {
    const auto bytes = serialize_attr_value(value);
    ASSERT_TRUE(bytes.ok()) << to_string(value);
    std::string placeholder;
    const auto back = parse_attr_value(*bytes, &placeholder);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(equal(*back, value)) << to_string(value) << " became " << to_string(*back);
    EXPECT_TRUE(placeholder.empty());
  }
}

TEST(AttrValueProto, EmptyListsTakeTheTypeOfTheirAttribute) {
  const auto bytes = serialize_attr_value(std::vector<int64_t>{});
  ASSERT_TRUE(bytes.ok());
  std::string placeholder;
  AttrValue value = parse_attr_value(*bytes, &placeholder).value();
  fit_to_type(value, AttrType::kListInt);
  EXPECT_TRUE(std::holds_alternative<std::vector<int64_t>>(value));
  AttrValue names = std::vector<std::string>{"a"};
  fit_to_type(names, AttrType::kListInt);
  EXPECT_TRUE(std::holds_alternative<std::vector<std::string>>(names)) << "a wrong value stays, to be refused by name";
}

TEST(AttrValueProto, Placeholder) {
  std::string placeholder;
  const auto value = parse_attr_value("\x4a\x01T", &placeholder);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(placeholder, "T");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*value));
}

TEST(AttrValueProto, UnknownDTypesAreRefused) {
  std::string placeholder;
  EXPECT_EQ(parse_attr_value("\x30\x63", &placeholder).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace weft
