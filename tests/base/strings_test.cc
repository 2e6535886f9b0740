#include "weft/base/strings.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(Strings, CatAndAppend) {
  EXPECT_EQ(str_cat(), "");
  EXPECT_EQ(str_cat("a", std::string_view("bc").substr(1), 7, true), "ac7true");
  std::string text = "x";
  str_append(text, "=", 1.5f, std::string_view(";"));
  EXPECT_EQ(text, "x=1.5;");
}

TEST(Strings, EditDistance) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("abc", ""), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("MatMul", "Matmul"), 1);
  EXPECT_EQ(edit_distance("same", "same"), 0);
}

TEST(Strings, NearestNamesAreLikelyMistakesBestFirst) {
  const std::vector<std::string> names = {"weights", "bias", "weight_decay", "loss", "global_step"};
  EXPECT_EQ(nearest_names("wieghts", names), std::vector<std::string>{"weights"});
  EXPECT_EQ(nearest_names("weight", names), (std::vector<std::string>{"weights", "weight_decay"}));
  EXPECT_EQ(nearest_names("weight", names, 1).size(), 1u);
  EXPECT_TRUE(nearest_names("zzzzzzzzzzzz", names).empty());
  EXPECT_TRUE(nearest_names("x", {}).empty());
}

TEST(Strings, JsonQuote) {
  EXPECT_EQ(json_quote("plain"), "\"plain\"");
  EXPECT_EQ(json_quote("a\"b\\c\nd"), "\"a\\\"b\\\\c\\nd\"");
  EXPECT_EQ(json_quote(std::string_view("\x01\t\0", 3)), "\"\\u0001\\u0009\\u0000\"");
  EXPECT_EQ(json_quote("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
}

}  // namespace
}  // namespace weft
