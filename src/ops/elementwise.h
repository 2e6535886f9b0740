// Kernels of elementwise ops, each made from one functor.
//
//   struct SoftsignFn {
//     template <typename T> static T apply(T x) { return x / (T(1) + std::abs(x)); }
//   };
//   .kernels = unary_kernels<SoftsignFn, kFloatTypes>()
//
// `apply` computes one element; half and bfloat16 reach it as float and are rounded once. The loop over it is compiled for each
// dtype and vectorised by the compiler, so write it without branches or calls where speed matters (vector_math.h has exp, log, tanh
// and more in that form). Since every element goes through the same arithmetic wherever it lies, results depend neither on alignment
// nor on how the work is cut. A functor may bring its own loop instead:
//
//   template <typename T> static void span(const T* x, T* y, int64_t n);
//
// A binary functor may refuse values: `template <typename T> static bool valid(T x, T y)` with the error's text in `kInvalid` and, where
// it is not InvalidArgument, its code in `kInvalidCode`; then `apply` is not called on them.
//
// Everything but the loops is compiled once, in elementwise.cc.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "weft/graph/op_def.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

// y[k] = f(x[k]) for k in [0, n). x and y may be the same memory.
using UnarySpan = void (*)(const void* x, void* y, int64_t n);
// z[k] = f(x[k * x_step], y[k * y_step]); steps are 0 or 1. z may be the memory of an operand with step 1. False when refused.
using BinarySpan = bool (*)(const void* x, int64_t x_step, const void* y, int64_t y_step, void* z, int64_t n);

struct UnaryLoop {
  UnarySpan span = nullptr;
  int64_t x_size = 0;  // bytes of an element
  int64_t y_size = 0;
  int64_t cost = 1;  // elementary operations an element, see tile_items
};

struct BinaryLoop {
  BinarySpan span = nullptr;
  int64_t x_size = 0;  // of both operands
  int64_t z_size = 0;
  int64_t cost = 1;
  std::string_view invalid = {};  // what to say when span returns false
  absl::StatusCode invalid_code = absl::StatusCode::kInvalidArgument;
};

// Output 0 = f(input 0).
Kernel unary_kernel(const KernelInit& init, const UnaryLoop& loop);
// Output 0 = f(input 0, input 1) with NumPy's broadcasting.
Kernel binary_kernel(const KernelInit& init, const BinaryLoop& loop);
// The same for operands that must have one shape.
Kernel same_shape_binary_kernel(const KernelInit& init, const BinaryLoop& loop);
// The parts of binary_kernel, for kernels that decide about shapes themselves.
absl::Status run_binary(KernelContext& context, const BinaryLoop& loop);
absl::StatusOr<Shape> broadcast_shapes(const Shape& x, const Shape& y);
// An elementwise node small enough to run on the thread that finds it ready; one of unknown size counts as small, since it cuts its
// own work.
bool elementwise_is_cheap(const KernelInit& init, int64_t cost);

template <typename T> inline constexpr bool is_16_bit_float = std::is_same_v<T, half> || std::is_same_v<T, bfloat16>;

// What `apply` sees of a T.
template <typename T> using Computed = std::conditional_t<is_16_bit_float<T>, float, T>;

template <typename F, typename T> using UnaryResult = decltype(F::apply(std::declval<Computed<T>>()));
template <typename F, typename T> using BinaryResult = decltype(F::apply(std::declval<Computed<T>>(), std::declval<Computed<T>>()));
// The element type of the output: T where `apply` gives what it takes, else what it gives (bool).
template <typename T, typename Result> using Stored = std::conditional_t<std::is_same_v<Result, Computed<T>>, T, Result>;

template <typename F, typename T> void unary_span(const void* in, void* out, int64_t n) {
  const T* x = static_cast<const T*>(in);
  if constexpr (requires(T * y) { F::span(x, y, n); }) {
    F::span(x, static_cast<T*>(out), n);
  } else {
    using R = Stored<T, UnaryResult<F, T>>;
    R* y = static_cast<R*>(out);
#pragma GCC ivdep
    for (int64_t k = 0; k < n; ++k) y[k] = static_cast<R>(F::apply(static_cast<Computed<T>>(x[k])));
  }
}

namespace elementwise_internal {

template <typename F, typename T>
concept Refuses = requires(Computed<T> x) {
  F::valid(x, x);
};

template <typename F, typename T, typename R, typename X, typename Y> inline bool binary_element(const X& x, const Y& y, R& z) {
  if constexpr (Refuses<F, T>) {
    if (!F::valid(static_cast<Computed<T>>(x), static_cast<Computed<T>>(y))) return false;
  }
  z = static_cast<R>(F::apply(static_cast<Computed<T>>(x), static_cast<Computed<T>>(y)));
  return true;
}

}  // namespace elementwise_internal

template <typename F, typename T> bool binary_span(const void* left, int64_t x_step, const void* right, int64_t y_step, void* out, int64_t n) {
  using R = Stored<T, BinaryResult<F, T>>;
  const T* x = static_cast<const T*>(left);
  const T* y = static_cast<const T*>(right);
  R* z = static_cast<R*>(out);
  if constexpr (requires { F::span(x, x_step, y, y_step, z, n); }) {
    return F::span(x, x_step, y, y_step, z, n);
  } else {
    bool ok = true;
    if (n == 1) return elementwise_internal::binary_element<F, T>(*x, *y, *z);
    if (x_step != 0 && y_step != 0) {
#pragma GCC ivdep
      for (int64_t k = 0; k < n; ++k) ok &= elementwise_internal::binary_element<F, T>(x[k], y[k], z[k]);
    } else if (x_step != 0) {
      const T b = *y;
#pragma GCC ivdep
      for (int64_t k = 0; k < n; ++k) ok &= elementwise_internal::binary_element<F, T>(x[k], b, z[k]);
    } else {
      const T a = *x;
#pragma GCC ivdep
      for (int64_t k = 0; k < n; ++k) ok &= elementwise_internal::binary_element<F, T>(a, y[k * y_step], z[k]);
    }
    return ok;
  }
}

template <typename F, typename T> UnaryLoop unary_loop(int64_t cost) {
  return {&unary_span<F, T>, sizeof(T), sizeof(Stored<T, UnaryResult<F, T>>), cost};
}

template <typename F, typename T> BinaryLoop binary_loop(int64_t cost) {
  BinaryLoop loop{&binary_span<F, T>, sizeof(T), sizeof(Stored<T, BinaryResult<F, T>>), cost};
  if constexpr (requires { F::kInvalid; }) loop.invalid = F::kInvalid;
  if constexpr (requires { F::kInvalidCode; }) loop.invalid_code = F::kInvalidCode;
  return loop;
}

// Kernels of a unary op for the dtypes in Set, found in the type attribute `attr`.
template <typename F, DTypeSet Set> KernelTable unary_kernels(int64_t cost = 1, std::string_view attr = "T") {
  return {{.constraints = {{attr, Set}}, .make = [cost, attr](const KernelInit& init) -> absl::StatusOr<Kernel> {
             UnaryLoop loop;
             dispatch<Set>(init.type(attr), [&](auto tag) { loop = unary_loop<F, typename decltype(tag)::type>(cost); });
             return unary_kernel(init, loop);
           }}};
}

using BinaryKernelMaker = Kernel (*)(const KernelInit&, const BinaryLoop&);

// Kernels of a binary op; `maker` is binary_kernel (broadcasting) or same_shape_binary_kernel.
template <typename F, DTypeSet Set>
KernelTable binary_kernels(int64_t cost = 1, BinaryKernelMaker maker = binary_kernel, std::string_view attr = "T") {
  return {{.constraints = {{attr, Set}}, .make = [cost, maker, attr](const KernelInit& init) -> absl::StatusOr<Kernel> {
             BinaryLoop loop;
             dispatch<Set>(init.type(attr), [&](auto tag) { loop = binary_loop<F, typename decltype(tag)::type>(cost); });
             return maker(init, loop);
           }}};
}

// Two tables of one op: functors that differ by dtype.
inline KernelTable operator+(KernelTable a, KernelTable b) {
  for (KernelDef& def : b) a.push_back(std::move(def));
  return a;
}

}  // namespace weft
