#include "weft/kernel/distributions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

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

template <typename T> uint64_t bits(T x) {
  uint64_t word = 0;
  std::memcpy(&word, &x, sizeof x);
  return word;
}

template <typename D> void check(const Golden& row, const D& distribution) {
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

TEST(Distributions, RandomOpsGiveTensorFlowsNumbers) {
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

template <typename D> void expect_parts_equal_whole(const D& distribution, size_t size) {
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

// What StatefulStandardNormalV2 and StatefulUniformInt of TensorFlow 1.15.5 give for the state [5, 6, 7], and the state after.
TEST(Distributions, GeneratorOps) {
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
