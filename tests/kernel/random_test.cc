#include "weft/kernel/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/kernel/random_golden.h"

namespace weft {
namespace {

using namespace random_golden;

// Calls f(begin, end) for the parts of [0, total), the last first.
template <typename F> void in_parts(int64_t total, int64_t part, F f) {
  for (int64_t end = total; end > 0; end -= part) f(std::max<int64_t>(0, end - part), end);
}

constexpr DTypeSet kRates = {DType::kHalf, DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64};

TEST(Random, Shuffle) {
  for (const Golden* row : rows_of("Shuffle")) { check(*row, shuffled_indices(row->samples, philox_of_run(*row, (row->samples - 1 + 3) / 4))); }
  EXPECT_TRUE(shuffled_indices(0, Philox()).empty());
}

template <typename T, typename Index> void check_categorical(const Golden& row) {
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

template <typename Rate, typename T> void check_poisson(const Golden& row) {
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

}  // namespace
}  // namespace weft
