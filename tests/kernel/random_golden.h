// The rows of tests/data/random_golden.txt and how the tests compare with them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "weft/kernel/random.h"
#include "weft/tensor/tensor.h"

namespace weft::random_golden {

// A row of the file, which random_golden.py wrote from what TensorFlow gave.
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

// "name in out seed seed2 batch samples run hash ; first bits … ; parameter … ; parameter …"
inline Golden parse_row(const std::string& line) {
  Golden row;
  std::istringstream parts(line);
  std::string part, word;
  std::getline(parts, part, ';');
  std::istringstream head(part);
  int in = 0, out = 0;
  head >> row.name >> in >> out >> row.seed >> row.seed2 >> row.batch >> row.samples >> row.run >> word;
  row.in = static_cast<DType>(in);
  row.out = static_cast<DType>(out);
  row.hash = std::strtoull(word.c_str(), nullptr, 16);
  std::getline(parts, part, ';');
  for (std::istringstream first(part); first >> word;) row.first.push_back(std::strtoull(word.c_str(), nullptr, 16));
  while (std::getline(parts, part, ';')) {
    std::vector<double>& parameter = row.parameters.emplace_back();
    for (std::istringstream numbers(part); numbers >> word;) parameter.push_back(std::strtod(word.c_str(), nullptr));
  }
  return row;
}

inline const std::vector<Golden>& golden() {
  static const std::vector<Golden>& rows = *[] {
    auto* all = new std::vector<Golden>;
    std::ifstream file(WEFT_TEST_DATA "/random_golden.txt");
    for (std::string line; std::getline(file, line);) all->push_back(parse_row(line));
    return all;
  }();
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
