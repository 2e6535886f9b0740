#include "weft/graph/attr_value.h"

#include <gtest/gtest.h>

#include <limits>

namespace weft {
namespace {

TEST(AttrMap, KeepsNameOrderAtAnySize) {
  AttrMap attrs;
  for (const char* name : {"g", "a", "f", "b", "e", "c", "d"}) attrs.set(name, std::string(name));
  std::string order;
  for (const auto& [name, value] : attrs) order += name;
  EXPECT_EQ(order, "abcdefg");
  for (const char* name : {"a", "d", "g"}) EXPECT_EQ(attrs.get<std::string>(name), name);  // beyond the size that is searched from the front
  EXPECT_FALSE(attrs.has("aa"));
  EXPECT_FALSE(attrs.has("h"));
  attrs.set("d", int64_t{4});
  EXPECT_EQ(attrs.size(), 7u);
  EXPECT_EQ(attrs.get<int64_t>("d"), 4);
  EXPECT_EQ(attrs.get<std::string>("d"), "") << "of another type";
  EXPECT_EQ(attrs.get_if<std::string>("d"), nullptr);
  for (const char* name : {"d", "a", "g", "nothing"}) attrs.erase(name);
  EXPECT_EQ(attrs.size(), 4u);
  EXPECT_FALSE(attrs.has("d"));
}

TEST(AttrValue, HoldsExactlyOneType) {
  const PartialShape shape({2});
  const Tensor tensor = Tensor::scalar_of(1.0f);
  std::vector<AttrValue> values;
  values.emplace_back(std::string());
  values.emplace_back(int64_t{});
  values.emplace_back(float{});
  values.emplace_back(bool{});
  values.emplace_back(DType::kFloat32);
  values.emplace_back(shape);
  values.emplace_back(tensor);
  values.emplace_back(FunctionRef());
  values.emplace_back(std::vector<std::string>());
  values.emplace_back(std::vector<int64_t>());
  values.emplace_back(std::vector<float>());
  values.emplace_back(std::vector<bool>());
  values.emplace_back(std::vector<DType>());
  values.emplace_back(std::vector<PartialShape>());
  values.emplace_back(std::vector<Tensor>());
  values.emplace_back(std::vector<FunctionRef>());
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t t = 0; t < values.size(); ++t)
      EXPECT_EQ(holds_type(values[i], static_cast<AttrType>(t)), i == t) << i << " as " << attr_type_name(static_cast<AttrType>(t));
  EXPECT_FALSE(holds_type(std::monostate(), AttrType::kString));
  EXPECT_EQ(attr_type_name(AttrType::kListFunc), "list(func)");
}

TEST(AttrValue, ComparesTensorsByValue) {
  const Tensor a = Tensor::from<float>({1.0f, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_TRUE(equal(a, a.clone()));
  EXPECT_TRUE(equal(AttrValue(std::vector<Tensor>{a}), AttrValue(std::vector<Tensor>{a.clone()})));
  EXPECT_FALSE(equal(AttrValue(a), AttrValue(a.reshaped({1, 2}))));
  EXPECT_FALSE(equal(AttrValue(std::vector<Tensor>{a}), AttrValue(std::vector<Tensor>{a, a})));
  EXPECT_FALSE(equal(AttrValue(int64_t{1}), AttrValue(true)));
  EXPECT_FALSE(equal(AttrValue(std::vector<int64_t>{}), AttrValue(std::vector<float>{})));
}

TEST(AttrValue, AsText) {
  EXPECT_EQ(to_string(AttrValue(std::string("a\"b"))), "\"a\\\"b\"");
  EXPECT_EQ(to_string(AttrValue(0.1f)), "0.100000001");
  EXPECT_EQ(to_string(AttrValue(std::vector<bool>{true, false})), "[true, false]");
  EXPECT_EQ(to_string(AttrValue(std::vector<PartialShape>{PartialShape(), {2, -1}})), "[<unknown>, [2,?]]");
  EXPECT_EQ(to_string(AttrValue(Tensor::zeros(DType::kFloat32, {100}))), "Tensor(float32, [100])");
}

}  // namespace
}  // namespace weft
