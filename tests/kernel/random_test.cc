#include "weft/kernel/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "weft/tensor/tensor.h"

namespace weft {
namespace {

// A row of random_golden.inc, which TensorFlow wrote.
struct Golden {
  std::string name;
  DType in, out;
  int64_t seed, seed2;
  std::vector<std::vector<double>> parameters;
  int64_t batch, samples;
  int run;
  std::vector<uint64_t> first;
  uint64_t hash;
};

const std::vector<Golden>& golden() {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  static const std::vector<Golden> rows = {
#include "random_golden.inc"
  };
  return rows;
}

uint64_t fnv(const void* data, size_t size) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 1099511628211u;
  return hash;
}

template <typename T>
std::vector<T> values(const std::vector<double>& numbers) {
  std::vector<T> result;
  for (const double x : numbers) {
    if constexpr (std::is_same_v<T, half>) {
      result.push_back(half(static_cast<float>(x)));
    } else {
      result.push_back(static_cast<T>(x));
    }
  }
  return result;
}

Philox philox_of_run(const Golden& row, int64_t blocks) {
  PhiloxState state(row.seed, row.seed2);
  for (int run = 0; run < row.run; ++run) state.reserve_blocks(blocks);
  return state.reserve_blocks(blocks);
}

template <typename T>
void check(const Golden& row, const std::vector<T>& out) {
  std::string what = row.name + " " + dtype_name(row.in) + " -> " + dtype_name(row.out) + " samples " + std::to_string(row.samples) + " run " +
                     std::to_string(row.run);
  for (const auto& parameter : row.parameters) what += " " + Tensor::from(parameter).to_string();
  for (size_t i = 0; i < row.first.size(); ++i) {
    uint64_t word = 0;
    std::memcpy(&word, &out[i], sizeof(T));
    EXPECT_EQ(word, row.first[i]) << what << " at " << i;
  }
  EXPECT_EQ(fnv(out.data(), out.size() * sizeof(T)), row.hash) << what;
}

// Calls f(begin, end) for the parts of [0, total), the last first.
template <typename F>
void in_parts(int64_t total, int64_t part, F f) {
  for (int64_t end = total; end > 0; end -= part) f(std::max<int64_t>(0, end - part), end);
}

std::vector<const Golden*> rows_of(const std::string& name) {
  std::vector<const Golden*> rows;
  for (const Golden& row : golden()) {
    if (row.name == name) rows.push_back(&row);
  }
  EXPECT_FALSE(rows.empty());
  return rows;
}

constexpr DTypeSet kReals = {DType::kHalf, DType::kFloat32, DType::kFloat64};
constexpr DTypeSet kRates = {DType::kHalf, DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64};

TEST(Random, Shuffle) {
  for (const Golden* row : rows_of("Shuffle")) {
    check(*row, shuffled_indices(row->samples, philox_of_run(*row, (row->samples - 1 + 3) / 4)));
  }
  EXPECT_TRUE(shuffled_indices(0, Philox()).empty());
}

template <typename T, typename Index>
void check_categorical(const Golden& row) {
  const auto logits = values<T>(row.parameters[0]);
  const Categorical<T> categorical{logits, row.batch, static_cast<int64_t>(logits.size()) / row.batch, row.samples};
  const bool stateless = row.name.starts_with("Stateless");
  const Philox philox =
      stateless ? stateless_philox(row.seed, row.seed2) : philox_of_run(row, categorical.reserved_outputs() * PhiloxState::kBlocksPerOutput);
  std::vector<Index> out(static_cast<size_t>(row.batch * row.samples));
  in_parts(row.batch, 2, [&](int64_t begin, int64_t end) { categorical.template draw<Index>(philox, out, begin, end); });
  check(row, out);
}

TEST(Random, Categorical) {
  for (const std::string name : {"Categorical", "StatelessCategorical"}) {
    for (const Golden* row : rows_of(name)) {
      dispatch<kReals>(row->in, [&](auto tag) {
        using T = typename decltype(tag)::type;
        row->out == DType::kInt32 ? check_categorical<T, int32_t>(*row) : check_categorical<T, int64_t>(*row);
      });
    }
  }
}

TEST(Random, Gamma) {
  for (const Golden* row : rows_of("Gamma")) {
    dispatch<kReals>(row->in, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const int64_t size = row->batch * row->samples;
      const auto alphas = values<T>(row->parameters[0]);
      std::vector<T> out(static_cast<size_t>(size));
      const Philox philox = philox_of_run(*row, size * PhiloxState::kBlocksPerOutput);
      in_parts(size, 13, [&](int64_t begin, int64_t end) { gamma_range<T>(alphas, row->samples, philox, out, begin, end); });
      check(*row, out);
    });
  }
}

template <typename Rate, typename T>
void check_poisson(const Golden& row) {
  const int64_t size = row.batch * row.samples;
  const auto rates = values<Rate>(row.parameters[0]);
  std::vector<T> out(static_cast<size_t>(size));
  const Philox philox = philox_of_run(row, size * PhiloxState::kBlocksPerOutput);
  in_parts(size, 13, [&](int64_t begin, int64_t end) { poisson_range<Rate, T>(rates, row.samples, philox, out, begin, end); });
  check(row, out);
}

TEST(Random, Poisson) {
  for (const Golden* row : rows_of("Poisson")) {
    dispatch<kRates>(row->in, [&](auto rate) {
      dispatch<kRates>(row->out, [&](auto tag) { check_poisson<typename decltype(rate)::type, typename decltype(tag)::type>(*row); });
    });
  }
}

TEST(Random, PoissonOfInfiniteRateEnds) {
  const std::vector<double> rates = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()};
  std::vector<double> out(2);
  poisson_range<double, double>(rates, 1, Philox(1, 2), out, 0, 2);
  EXPECT_TRUE(out[0] != out[0] && out[1] != out[1]);
}

TEST(Random, BoundedNormal) {
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

TEST(Random, BoundedNormalRefusesImpossibleParameters) {
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
