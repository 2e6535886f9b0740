#include "weft/base/location.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

Location here(const std::source_location& where = std::source_location::current()) { return where; }

TEST(Location, DefaultIsUnknown) {
  EXPECT_FALSE(Location().known());
  EXPECT_EQ(Location().to_string(), "unknown location");
  EXPECT_FALSE(Location("a.cc", 0).known());
}

TEST(Location, FileAndLine) { EXPECT_EQ(Location("model.cc", 42).to_string(), "model.cc:42"); }

TEST(Location, IsTheCallersLine) {
  const Location a = here();
  const Location b = here();
  EXPECT_EQ(b.line, a.line + 1);
  EXPECT_NE(std::string(a.file).find("location_test.cc"), std::string::npos);
}

}  // namespace
}  // namespace weft
