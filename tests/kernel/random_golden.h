// The rows of random_golden.inc and how the tests compare with them.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "weft/kernel/random.h"
#include "weft/tensor/tensor.h"

namespace weft::random_golden {

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

inline const std::vector<Golden>& golden() {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  static const std::vector<Golden> rows = {
#include "random_golden.inc"
  };
  return rows;
}

inline uint64_t fnv(const void* data, size_t size) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 1099511628211u;
  return hash;
}

template <typename T> std::vector<T> values(const std::vector<double>& numbers) {
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

inline Philox philox_of_run(const Golden& row, int64_t blocks) {
  PhiloxState state(row.seed, row.seed2);
  for (int run = 0; run < row.run; ++run) state.reserve_blocks(blocks);
  return state.reserve_blocks(blocks);
}

template <typename T> void check(const Golden& row, const std::vector<T>& out) {
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

inline std::vector<const Golden*> rows_of(const std::string& name) {
  std::vector<const Golden*> rows;
  for (const Golden& row : golden()) {
    if (row.name == name) rows.push_back(&row);
  }
  EXPECT_FALSE(rows.empty());
  return rows;
}

inline constexpr DTypeSet kReals = {DType::kHalf, DType::kFloat32, DType::kFloat64};

}  // namespace weft::random_golden
