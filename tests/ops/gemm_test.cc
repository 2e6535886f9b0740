#include "src/ops/gemm.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft {
namespace {

template <typename T> std::vector<T> numbers(int64_t count, uint32_t seed) {
  std::vector<T> values(static_cast<size_t>(count));
  for (T& v : values) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<T>(static_cast<int32_t>(seed >> 24) - 128) / T(64);
  }
  return values;
}

// Products of multiples of 1/64 below 2 in size are exact in float for these depths, so every order of summing gives the same bits.
template <typename T> void check(int64_t m, int64_t n, int64_t k, bool transpose_a, bool transpose_b, GemmMode mode) {
  const int64_t a_stride = (transpose_a ? m : k) + 3, b_stride = (transpose_b ? k : n) + 1, c_stride = n + 2;
  const std::vector<T> a = numbers<T>((transpose_a ? k : m) * a_stride + 1, 1);
  const std::vector<T> b = numbers<T>((transpose_b ? n : k) * b_stride + 1, 2);
  std::vector<T> c = numbers<T>(m * c_stride + 1, 3);
  std::vector<T> expected = c;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (int64_t p = 0; p < k; ++p) {
        sum += a[static_cast<size_t>(transpose_a ? p * a_stride + i : i * a_stride + p)] *
               b[static_cast<size_t>(transpose_b ? j * b_stride + p : p * b_stride + j)];
      }
      T& out = expected[static_cast<size_t>(i * c_stride + j)];
      out = mode == GemmMode::kAdd ? out + sum : sum;
    }
  }
  StepContext step;
  NodeBinding node;
  const KernelContext context(&step, nullptr, &node);
  gemm<T>(context, m, n, k, {a.data(), a_stride, transpose_a}, {b.data(), b_stride, transpose_b}, c.data(), c_stride, mode);
  EXPECT_EQ(c, expected) << m << "x" << n << "x" << k << " " << transpose_a << transpose_b;
}

TEST(Gemm, AllLayoutsAgreeWithTheDefinition) {
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1}, {1, 7, 5}, {7, 1, 5}, {3, 4, 0}, {17, 19, 23}, {300, 5, 70}, {200, 300, 33}, {0, 3, 2}}) {
    for (const bool transpose_a : {false, true}) {
      for (const bool transpose_b : {false, true}) {
        for (const GemmMode mode : {GemmMode::kAssign, GemmMode::kAdd}) {
          check<float>(m, n, k, transpose_a, transpose_b, mode);
          check<double>(m, n, k, transpose_a, transpose_b, mode);
        }
      }
    }
  }
}

}  // namespace
}  // namespace weft
