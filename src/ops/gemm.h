// gemm: the matrix product under MatMul, the convolutions and the recurrent cells. Row-major, on raw pointers.
//
//   gemm<float>(context, m, n, k, {a, k}, {b, n}, c, n);                       // C[m,n]  = A[m,k] B[k,n]
//   gemm<float>(context, m, n, k, {a, m, .transposed = true}, {b, n}, c, n);   // C[m,n]  = A[k,m]^T B[k,n]
//   gemm<float>(context, m, n, k, {a, k}, {b, n}, c, n, GemmMode::kAdd);       // C[m,n] += A[m,k] B[k,n]
#pragma once

#include <cstdint>

#include "weft/kernel/kernel_context.h"

namespace weft {

// A factor as it lies in memory: rows `stride` elements apart. `transposed`: the product takes its transpose.
template <typename T> struct GemmFactor {
  const T* data;
  int64_t stride;
  bool transposed = false;
};

enum class GemmMode : uint8_t { kAssign, kAdd };  // C = A B, or C += A B

// C[m,n] = op(A)[m,k] op(B)[k,n] on the step's threads. The cut into tiles depends on m, n and k only, and each element of C is
// summed by one thread in one order, so the bits do not depend on the number of threads. C must not overlap A or B. Sizes of 0 are
// allowed: k = 0 assigns zeros.
template <typename T> void gemm(const KernelContext& context, int64_t m, int64_t n, int64_t k, GemmFactor<T> a, GemmFactor<T> b, T* c,
                                int64_t c_stride, GemmMode mode = GemmMode::kAssign);

// The same on the caller's thread, for kernels that cut their work themselves.
template <typename T>
void gemm_serial(int64_t m, int64_t n, int64_t k, GemmFactor<T> a, GemmFactor<T> b, T* c, int64_t c_stride, GemmMode mode = GemmMode::kAssign);

extern template void gemm<float>(const KernelContext&, int64_t, int64_t, int64_t, GemmFactor<float>, GemmFactor<float>, float*, int64_t, GemmMode);
extern template void gemm<double>(const KernelContext&, int64_t, int64_t, int64_t, GemmFactor<double>, GemmFactor<double>, double*, int64_t,
                                  GemmMode);
extern template void gemm_serial<float>(int64_t, int64_t, int64_t, GemmFactor<float>, GemmFactor<float>, float*, int64_t, GemmMode);
extern template void gemm_serial<double>(int64_t, int64_t, int64_t, GemmFactor<double>, GemmFactor<double>, double*, int64_t, GemmMode);

}  // namespace weft
