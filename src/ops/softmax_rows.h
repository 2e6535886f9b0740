// The row-wise arithmetic of Softmax, LogSoftmax and the cross entropies. 16-bit floats are computed in float.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "src/ops/lane_fold.h"
#include "src/ops/vector_math.h"
#include "weft/tensor/half.h"

namespace weft {

inline constexpr int64_t kSoftmaxCost = 16;  // elementary operations an element, see tile_items

template <typename T> using RowValue = Accumulator<T>;

// The greatest element; elements that are NaN do not count. -infinity when there is none.
template <typename T> RowValue<T> row_max(const T* row, int64_t n) {
  using A = RowValue<T>;
  return lane_fold<A>(
      row, n, -std::numeric_limits<A>::infinity(), [](A x) { return x; }, [](A a, A x) { return a < x ? x : a; });
}

// The sum of exp(x - shift).
template <typename T> RowValue<T> row_sum_exp(const T* row, int64_t n, RowValue<T> shift) {
  using A = RowValue<T>;
  return lane_fold<A>(
      row, n, A(0), [shift](A x) { return vector_math::exp(x - shift); }, [](A a, A x) { return a + x; });
}

// out = softmax(row); the two may be the same memory.
template <typename T> void softmax_row(const T* row, int64_t n, T* out) {
  using A = RowValue<T>;
  const A shift = row_max(row, n);
  if constexpr (std::is_same_v<T, A>) {
    for (int64_t i = 0; i < n; ++i) out[i] = vector_math::exp(row[i] - shift);
    const A scale = A(1) / lane_sum<A>(out, n);
    for (int64_t i = 0; i < n; ++i) out[i] *= scale;
  } else {
    const A scale = A(1) / row_sum_exp(row, n, shift);
    for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(vector_math::exp(static_cast<A>(row[i]) - shift) * scale);
  }
}

// out = log(softmax(row)).
template <typename T> void log_softmax_row(const T* row, int64_t n, T* out) {
  using A = RowValue<T>;
  const A shift = row_max(row, n);
  const A log_sum = std::log(row_sum_exp(row, n, shift));
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(static_cast<A>(row[i]) - shift - log_sum);
}

}  // namespace weft
