#include "weft/kernel/philox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "weft/kernel/distributions.h"
#include "weft/tensor/tensor.h"

namespace weft {
namespace {

// A row of philox_golden.inc, which TensorFlow wrote.
struct Golden {
  std::string name;
  DType dtype;
  std::vector<int64_t> bounds;
  int64_t seed, seed2, size;
  int run;
  std::vector<uint64_t> first, last;
  uint64_t hash;
};

const std::vector<Golden>& golden() {
  static const std::vector<Golden> rows = {
#include "philox_golden.inc"
  };
  return rows;
}

uint64_t fnv(const void* data, size_t size) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 1099511628211u;
  return hash;
}

template <typename T>
uint64_t bits(T x) {
  uint64_t word = 0;
  std::memcpy(&word, &x, sizeof x);
  return word;
}

template <typename D>
void check(const Golden& row, const D& distribution) {
  using T = typename D::Element;
  const bool stateless = row.name.starts_with("Stateless");
  PhiloxState state(row.seed, row.seed2);
  Philox philox = stateless ? stateless_philox(row.seed, row.seed2) : state.reserve_outputs(row.size);
  for (int run = 0; run < row.run; ++run) philox = state.reserve_outputs(row.size);
  std::vector<T> out(static_cast<size_t>(row.size));
  fill(distribution, philox, std::span<T>(out));
  const std::string what = row.name + " " + dtype_name(row.dtype) + " seed " + std::to_string(row.seed) + " size " + std::to_string(row.size);
  for (size_t i = 0; i < row.first.size(); ++i) EXPECT_EQ(bits(out[i]), row.first[i]) << what << " at " << i;
  for (size_t i = 0; i < row.last.size(); ++i) EXPECT_EQ(bits(out[out.size() - row.last.size() + i]), row.last[i]) << what << " at last";
  EXPECT_EQ(fnv(out.data(), out.size() * sizeof(T)), row.hash) << what << ", run " << row.run;
}

TEST(Philox, RandomOpsGiveTensorFlowsNumbers) {
  int checked = 0;
  for (const Golden& row : golden()) {
    if (row.name.ends_with("Int")) {
      dispatch<kIndexTypes>(row.dtype, [&](auto tag) {
        using T = typename decltype(tag)::type;
        check(row, Uniform<T>(static_cast<T>(row.bounds[0]), static_cast<T>(row.bounds[1])));
        ++checked;
      });
      continue;
    }
    dispatch<kFloatTypes>(row.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      ++checked;
      if (row.name.ends_with("TruncatedNormal")) {
        check(row, TruncatedNormal<T>());
      } else if (row.name.ends_with("Normal")) {
        check(row, Normal<T>());
      } else {
        check(row, Uniform<T>());
      }
    });
  }
  EXPECT_EQ(checked, static_cast<int>(golden().size()));
}

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

template <typename D>
void expect_parts_equal_whole(const D& distribution, size_t size) {
  using T = typename D::Element;
  const Philox philox(11, 12);
  std::vector<T> whole(size);
  std::vector<T> parts(size);
  fill(distribution, philox, std::span<T>(whole));
  const int64_t groups = group_count<D>(static_cast<int64_t>(size));
  for (int64_t end = groups; end > 0; end -= 37) fill_range(distribution, philox, std::span<T>(parts), std::max<int64_t>(0, end - 37), end);
  EXPECT_TRUE(std::memcmp(whole.data(), parts.data(), size * sizeof(T)) == 0) << size;
}

TEST(Distributions, PartsInAnyOrderEqualTheWhole) {
  for (const size_t size : {1u, 3u, 4u, 255u, 1001u, 4096u}) {
    expect_parts_equal_whole(Uniform<float>(), size);
    expect_parts_equal_whole(Uniform<double>(), size);
    expect_parts_equal_whole(Uniform<int64_t>(-5, 1000), size);
    expect_parts_equal_whole(UniformBits<uint32_t>(), size);
    expect_parts_equal_whole(Normal<half>(), size);
    expect_parts_equal_whole(Normal<float>(), size);
    expect_parts_equal_whole(TruncatedNormal<double>(), size);
    expect_parts_equal_whole(TruncatedNormal<bfloat16>(), size);
  }
}

TEST(Distributions, EmptySpan) {
  fill(Uniform<float>(), Philox(1, 2), std::span<float>());
  fill(TruncatedNormal<float>(), Philox(1, 2), std::span<float>());
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

// What StatefulStandardNormalV2 and StatefulUniformInt of TensorFlow 1.15.5 give for the state [5, 6, 7], and the state after.
TEST(PhiloxState, GeneratorOps) {
  const int64_t state[3] = {5, 6, 7};
  std::array<float, 5> normal;
  fill(Normal<float>(), philox_from_state(state), std::span<float>(normal));
  EXPECT_EQ(bits(normal[0]), 0xbfa4d23cu);
  EXPECT_EQ(bits(normal[3]), 0xbd86b0c3u);
  std::array<int64_t, 4> integer;
  fill(Uniform<int64_t>(0, 100), philox_from_state(state), std::span<int64_t>(integer));
  EXPECT_EQ(integer, (std::array<int64_t, 4>{0x20, 0x18, 0x53, 0x2a}));
  std::array<uint64_t, 2> full;
  fill(UniformBits<uint64_t>(), philox_from_state(state), std::span<uint64_t>(full));
  EXPECT_EQ(full[1], 0xde218a668557a248u);

  int64_t after[3];
  Philox philox = philox_from_state(state);
  philox.skip(5 * PhiloxState::kBlocksPerOutput);
  philox_to_state(philox, after);
  EXPECT_EQ(after[0], 1285);
  philox = philox_from_state(state);
  philox.skip(static_cast<uint64_t>(int64_t{-10} * PhiloxState::kBlocksPerOutput));  // RngSkip by -10
  philox_to_state(philox, after);
  EXPECT_EQ(after[0], -2555);
  EXPECT_EQ(after[1], 6);
}

}  // namespace
}  // namespace weft
