#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <vector>

#include "tests/kernel/random_golden.h"
#include "weft/kernel/random.h"

namespace weft {
namespace {

using namespace random_golden;

TEST(BoundedNormal, GivesTensorFlowsNumbers) {
  for (const Golden* row : rows_of("BoundedNormal")) {
    dispatch<kReals>(row->in, [&](auto tag) {
      using T = typename decltype(tag)::type;
      std::vector<std::vector<T>> p;
      for (const auto& parameter : row->parameters) p.push_back(values<T>(parameter));
      const BoundedNormal<T> normal{p[0], p[1], p[2], p[3], row->batch, row->samples};
      std::vector<T> out(static_cast<size_t>(row->batch * row->samples));
      EXPECT_TRUE(normal.draw(philox_of_run(*row, normal.reserved_blocks()), out).ok());
      check(*row, out);
    });
  }
}

TEST(BoundedNormal, RefusesImpossibleParameters) {
  const auto draw = [](float deviation, float minimum, float maximum) {
    const std::vector<float> p = {0.0f, deviation, minimum, maximum};
    const std::span<const float> all(p);
    std::vector<float> out(4);
    return BoundedNormal<float>{all.subspan(0, 1), all.subspan(1, 1), all.subspan(2, 1), all.subspan(3, 1), 1, 4}.draw(Philox(1, 2), out);
  };
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(draw(1, -1, 1).ok());
  for (const auto& status :
       {draw(0, -1, 1), draw(-1, -1, 1), draw(1, 1, 1), draw(1, -kInf, kInf), draw(1, std::numeric_limits<float>::quiet_NaN(), 1)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace weft
