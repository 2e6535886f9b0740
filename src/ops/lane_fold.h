// lane_fold: sums and maxima of a row of numbers in vector registers, with one result for every machine and compiler.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "weft/tensor/half.h"

namespace weft {

// What floating-point numbers are summed in: 16-bit ones in float.
template <typename T> using Accumulator = std::conditional_t<std::is_same_v<T, double>, double, float>;

// Combines value(row[i]) over i in [0, n). The elements go round 16 lanes, which are combined pairwise in the end, so the compiler may
// use vector registers without changing any result. `start` is what combining begins with in each lane.
template <typename A, typename T, typename Value, typename Combine> A lane_fold(const T* row, int64_t n, A start, Value value, Combine combine) {
  constexpr int64_t kLanes = 16;
  A lanes[kLanes];
  std::fill_n(lanes, kLanes, start);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) lanes[l] = combine(lanes[l], value(static_cast<A>(row[i + l])));
  }
  for (int64_t l = 0; i < n; ++i, ++l) lanes[l] = combine(lanes[l], value(static_cast<A>(row[i])));
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t l = 0; l < width; ++l) lanes[l] = combine(lanes[l], lanes[l + width]);
  }
  return lanes[0];
}

template <typename A, typename T> A lane_sum(const T* row, int64_t n) {
  return lane_fold<A>(
      row, n, A(0), [](A x) { return x; }, [](A a, A x) { return a + x; });
}

}  // namespace weft
