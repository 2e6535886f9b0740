// The handwritten digits of examples/data/digits.csv: 1,797 images of 8x8 pixels, 0 to 16.
#pragma once

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "weft/weft.h"

namespace example {

struct Digits {
  weft::Tensor images;  // [n, 8, 8, 1] float32 in [0, 1]
  weft::Tensor labels;  // [n] int64
};

// Reads the file, shuffles it by a fixed rule, and splits off the last `held_back` images.
inline absl::StatusOr<std::pair<Digits, Digits>> read_digits(const std::string& path, int64_t held_back) {
  std::ifstream file(path);
  if (!file) return weft::not_found("cannot open ", path);
  std::vector<std::vector<float>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::vector<float> row;
    for (std::string field; std::getline(fields, field, ',');) row.push_back(std::stof(field));
    if (row.size() != 65) return weft::data_loss(path, ": line ", rows.size() + 1, " has ", row.size(), " fields instead of 65");
    rows.push_back(std::move(row));
  }
  if (static_cast<int64_t>(rows.size()) <= held_back) return weft::data_loss(path, " has only ", rows.size(), " images");
  std::shuffle(rows.begin(), rows.end(), std::mt19937(1));
  const auto part = [&](size_t begin, size_t end) {
    const auto n = static_cast<int64_t>(end - begin);
    Digits digits{weft::Tensor(weft::DType::kFloat32, {n, 8, 8, 1}), weft::Tensor(weft::DType::kInt64, {n})};
    for (size_t i = begin; i < end; ++i) {
      for (size_t p = 0; p < 64; ++p) digits.images.data<float>()[(i - begin) * 64 + p] = rows[i][p] / 16.0f;
      digits.labels.data<int64_t>()[i - begin] = static_cast<int64_t>(rows[i][64]);
    }
    return digits;
  };
  const size_t cut = rows.size() - static_cast<size_t>(held_back);
  return std::pair(part(0, cut), part(cut, rows.size()));
}

}  // namespace example
