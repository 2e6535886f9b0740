#include "weft/kernel/philox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace weft {
namespace {

// Known answers of the paper's reference implementation.
TEST(Philox, KnownAnswers) {
  const auto block = [](Philox::Block counter, Philox::Key key) { return Philox(counter, key).next(); };
  EXPECT_EQ(block({0, 0, 0, 0}, {0, 0}), (Philox::Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  EXPECT_EQ(block({ones, ones, ones, ones}, {ones, ones}), (Philox::Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Philox::Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, SkipEqualsNext) {
  Philox a(3, 4);
  Philox b = a;
  for (int i = 0; i < 100; ++i) a.next();
  b.skip(100);
  EXPECT_EQ(a, b);
  const uint32_t ones = 0xffffffff;
  Philox edge(Philox::Block{ones - 1, ones, ones, 7}, Philox::Key{});
  Philox walked = edge;
  for (int i = 0; i < 5; ++i) walked.next();
  edge.skip(5);
  EXPECT_EQ(edge, walked);
  EXPECT_EQ(edge.counter(), (Philox::Block{3, 0, 0, 8}));
}

TEST(Philox, GenerateEqualsNext) {
  for (const uint32_t start : {0u, 0xffffffffu - 20u, 0xffffffffu - 16u, 0xfffffff0u}) {
    for (const int64_t blocks : {0, 1, 15, 16, 17, 100}) {
      Philox a(Philox::Block{start, 0xffffffffu, 5, 6}, Philox::Key{7, 8});
      Philox b = a;
      std::vector<uint32_t> words(static_cast<size_t>(blocks) * 4);
      a.generate(words.data(), blocks);
      for (size_t i = 0; i < words.size(); i += 4) {
        const Philox::Block block = b.next();
        ASSERT_TRUE(std::equal(block.begin(), block.end(), words.begin() + static_cast<std::ptrdiff_t>(i))) << start << " " << i;
      }
      EXPECT_EQ(a, b);
    }
  }
}

TEST(PhiloxWords, GivesTheBlocksWordsInOrder) {
  Philox philox(1, 2);
  PhiloxWords words(philox);
  const Philox::Block first = philox.next();
  const Philox::Block second = philox.next();
  for (const uint32_t word : first) EXPECT_EQ(words.next(), word);
  EXPECT_EQ(words.next64(), static_cast<uint64_t>(second[1]) << 32 | second[0]);
}

TEST(PhiloxWords, SkipEqualsNext) {
  for (int before = 0; before < 6; ++before) {
    for (uint64_t skipped = 0; skipped < 14; ++skipped) {
      PhiloxWords a{Philox(5, 6)};
      for (int i = 0; i < before; ++i) a.next();
      PhiloxWords b = a;
      a.skip(skipped);
      for (uint64_t i = 0; i < skipped; ++i) b.next();
      for (int i = 0; i < 6; ++i) ASSERT_EQ(a.next(), b.next()) << before << " " << skipped;
    }
  }
}

TEST(PhiloxWords, BelowIsInRangeAndReachesAll) {
  PhiloxWords words{Philox(5, 6)};
  std::vector<int> count(7);
  for (int i = 0; i < 7000; ++i) ++count[words.below(7)];
  for (const int c : count) EXPECT_NEAR(c, 1000, 150);
  EXPECT_EQ(words.below(0), 0u);
  EXPECT_EQ(words.below(1), 0u);
  EXPECT_LT(words.below64(1000), 1000u);
}

TEST(PhiloxState, ReservesWhatTensorFlowReserves) {
  PhiloxState state(1, 2);
  Philox expected(1, 2);
  EXPECT_EQ(state.reserve_outputs(3), expected);
  expected.skip(768);
  EXPECT_EQ(state.reserve_words(5), expected);
  expected.skip(2);
  EXPECT_EQ(state.reserve_blocks(1), expected);
}

TEST(PhiloxState, SeedsZeroAreDrawnFromTheSystem) {
  PhiloxState a(0, 0);
  PhiloxState b(0, 0);
  EXPECT_FALSE(a.reserve_blocks(1) == b.reserve_blocks(1));
}

TEST(PhiloxState, StateTensorRoundTrip) {
  const int64_t state[3] = {std::numeric_limits<int64_t>::max(), -2, 0x123456789abcdef};
  int64_t written[3];
  philox_to_state(philox_from_state(state), written);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(written[i], state[i]);
}

}  // namespace
}  // namespace weft
