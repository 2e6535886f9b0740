// A node's attributes from its inputs, and what is refused.
#include "src/graph/type_resolution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

using test::bundle_op;
using test::join_op;
using test::source;
using ::testing::HasSubstr;

class Resolution : public ::testing::Test {
 protected:
  std::string refused(NodeSpec spec) {
    absl::InlinedVector<DType, 4> types;
    const absl::Status status = resolve_node_types(spec, types);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(message(status));
  }
  Graph graph;
  Output f = source(graph, {}, "f");
  Output i = source(graph, {}, "i", DType::kInt64);
  Output r = source(graph, {}, "r", ref_dtype(DType::kFloat32));
};

TEST_F(Resolution, ListLengthsComeFromTheInputs) {
  NodeSpec spec{.op = &bundle_op(), .name = "b", .inputs = {f, f, i}};
  spec.attrs.set("Trest", std::vector<DType>{DType::kInt64});
  absl::InlinedVector<DType, 4> types;
  EXPECT_THAT(refused(spec), HasSubstr("the length of 'values' is not given"));
  spec.attrs.set("N", int64_t{2});
  ASSERT_TRUE(resolve_node_types(spec, types).ok());
  EXPECT_EQ(types, (absl::InlinedVector<DType, 4>{DType::kFloat32, DType::kFloat32, DType::kInt64}));
}

TEST_F(Resolution, WrongCounts) {
  NodeSpec spec{.op = &bundle_op(), .name = "b", .inputs = {f, f, i}};
  for (const int64_t n : {int64_t{-1}, int64_t{4}, int64_t{1} << 40}) {
    spec.attrs.set("N", n);
    EXPECT_THAT(refused(spec), HasSubstr(str_cat("N=", n)));
  }
  spec.attrs.set("N", int64_t{1});
  spec.attrs.set("Trest", std::vector<DType>{DType::kFloat32});
  EXPECT_THAT(refused(spec), HasSubstr("takes 2 inputs, 3 were given"));
  spec.attrs.set("Trest", std::vector<DType>{DType::kFloat32, DType::kFloat32});
  EXPECT_THAT(refused(spec), HasSubstr("are not of the types in attribute 'Trest'"));
  spec.attrs.set("N", int64_t{0});
  spec.attrs.set("Trest", std::vector<DType>(9, DType::kFloat32));
  EXPECT_THAT(refused(spec), HasSubstr("is missing"));
}

TEST_F(Resolution, RefsAreReadWhereAValueIsWanted) {
  NodeSpec spec{.op = &join_op(), .name = "j", .inputs = {r, f}};
  absl::InlinedVector<DType, 4> types;
  ASSERT_TRUE(resolve_node_types(spec, types).ok());
  EXPECT_EQ(types[0], DType::kFloat32);
  static const OpDef& takes_ref = *new OpDef{.name = "TakesRef",
                                             .inputs = {{"ref", type_attr("T").ref()}},
                                             .outputs = {{"out", type_attr("T").ref()}},
                                             .attrs = {type_attribute("T")},
                                             .shape = unknown_shape,
                                             .gradient = NoGradientDefined{}};
  NodeSpec by_ref{.op = &takes_ref, .name = "t", .inputs = {r}};
  types.clear();
  ASSERT_TRUE(resolve_node_types(by_ref, types).ok());
  EXPECT_EQ(types[0], ref_dtype(DType::kFloat32));
  EXPECT_THAT(refused({.op = &takes_ref, .name = "t", .inputs = {f}}), HasSubstr("requires that input 'ref' be a mutable tensor"));
}

TEST_F(Resolution, FixedTypesAndAttributesThatDisagree) {
  static const OpDef& fixed = *new OpDef{.name = "Fixed",
                                         .inputs = {{"n", DType::kInt32}},
                                         .outputs = {{"out", list_of("N", DType::kFloat32)}},
                                         .attrs = {int_attribute("N")},
                                         .shape = unknown_shape,
                                         .gradient = NoGradientDefined{}};
  EXPECT_THAT(refused({.op = &fixed, .name = "x", .inputs = {i}}), HasSubstr("has type int64 that does not match expected type of int32."));
  const Output n = source(graph, {}, "n", DType::kInt32);
  EXPECT_THAT(refused({.op = &fixed, .name = "x", .inputs = {n}}), HasSubstr("attribute 'N' of 'x' (op: Fixed) is missing"));
  NodeSpec many{.op = &fixed, .name = "x", .inputs = {n}};
  many.attrs.set("N", int64_t{1} << 33);
  EXPECT_THAT(refused(many), HasSubstr("at most 65536 are allowed"));
  NodeSpec given{.op = &join_op(), .name = "j", .inputs = {f, f}};
  given.attrs.set("T", DType::kInt64);
  EXPECT_THAT(refused(given), HasSubstr("has type float32 that does not match type int64 of attribute 'T'"));
}

TEST(NodeNames, ValidOnes) {
  for (const char* name : {"a", "A0", ".a", "1", "a/b", "a//b", "a-b.c_d"}) EXPECT_TRUE(is_valid_node_name(name, true)) << name;
  for (const char* name : {"", "_a", "-a", "/a", "a b", "a:0", "^a", "\xc3\xa9", "a\n"}) EXPECT_FALSE(is_valid_node_name(name, true)) << name;
  for (const char* name : {"_a", "-a", "/a"}) EXPECT_TRUE(is_valid_node_name(name, false)) << name << " inside a scope";
}

}  // namespace
}  // namespace weft
