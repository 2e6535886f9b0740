// Reducers: what Sum, Mean, Prod, Max, Min and their segment forms do with two elements, with the first and with the last. A reducer has
//   identity<Acc>()      the result of nothing;
//   load<Acc>(x)         an element as an accumulator;
//   combine(a, b)        associative up to rounding;
//   finish<T>(acc, n)    the result of n elements;
//   empty<T>()           the result of no elements;
//   check<T>(n)          whether n elements can be reduced;
//   Again                the reducer that combines accumulators (R itself unless load changes the element).
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "weft/base/status.h"
#include "weft/tensor/tensor.h"

namespace weft {

// Accumulators: 16-bit floats are summed in float; everything else in itself (bool in a byte, for std::vector's sake).
template <typename T> using AccumulatorOf =
    std::conditional_t<std::is_same_v<T, half> || std::is_same_v<T, bfloat16>, float, std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>>;

struct SumReducer {
  using Again = SumReducer;
  template <typename Acc> static Acc identity() { return Acc(0); }
  template <typename Acc, typename T> static Acc load(T x) { return static_cast<Acc>(x); }
  template <typename Acc> static Acc combine(Acc a, Acc b) {
    if constexpr (std::is_integral_v<Acc>) {  // wraps, as TensorFlow's does
      using U = std::make_unsigned_t<Acc>;
      return static_cast<Acc>(static_cast<U>(static_cast<U>(a) + static_cast<U>(b)));
    } else {
      return a + b;
    }
  }
  template <typename T, typename Acc> static T finish(Acc a, int64_t) { return static_cast<T>(a); }
  template <typename T> static T empty() { return T(0); }
  template <typename T> static absl::Status check(int64_t) { return absl::OkStatus(); }
};

// The sum over the count; of integers both in the element's type, the quotient cut to an integer (TensorFlow's rule).
struct MeanReducer : SumReducer {
  using Again = SumReducer;
  template <typename T, typename Acc> static T finish(Acc a, int64_t n) {
    if constexpr (std::is_same_v<Acc, complex64> || std::is_same_v<Acc, complex128>) return a / static_cast<typename Acc::value_type>(n);
    else return static_cast<T>(a / static_cast<Acc>(n));
  }
  template <typename T> static T empty() {
    if constexpr (std::is_integral_v<T>) return T(0);
    else return T(std::numeric_limits<float>::quiet_NaN());
  }
  template <typename T> static absl::Status check(int64_t count) {
    if constexpr (std::is_integral_v<T>) {
      if (count != 0 && static_cast<T>(count) == T(0)) {
        return invalid_argument("Mean of ", count, " elements of ", dtype_name(dtype_of<T>),
                                ": the type cannot hold the count. Cast to a wider type first.");
      }
    }
    return absl::OkStatus();
  }
};

struct ProdReducer : SumReducer {
  using Again = ProdReducer;
  template <typename Acc> static Acc identity() { return Acc(1); }
  template <typename Acc> static Acc combine(Acc a, Acc b) {
    if constexpr (std::is_integral_v<Acc>) {
      using U = std::conditional_t<sizeof(Acc) < 4, uint32_t, std::make_unsigned_t<Acc>>;
      return static_cast<Acc>(static_cast<U>(a) * static_cast<U>(b));
    } else {
      return a * b;
    }
  }
  template <typename T> static T empty() { return T(1); }
};

template <typename T> T lowest_value() {
  if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::lowest();
  else return T(-std::numeric_limits<float>::infinity());
}
template <typename T> T highest_value() {
  if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::max();
  else return T(std::numeric_limits<float>::infinity());
}

// NaN elements are passed over, as TensorFlow's kernels do.
struct MaxReducer : SumReducer {
  using Again = MaxReducer;
  template <typename Acc> static Acc identity() { return lowest_value<Acc>(); }
  template <typename Acc> static Acc combine(Acc a, Acc b) { return a < b ? b : a; }
  template <typename T> static T empty() { return lowest_value<T>(); }
};
struct MinReducer : SumReducer {
  using Again = MinReducer;
  template <typename Acc> static Acc identity() { return highest_value<Acc>(); }
  template <typename Acc> static Acc combine(Acc a, Acc b) { return b < a ? b : a; }
  template <typename T> static T empty() { return highest_value<T>(); }
};
struct AllReducer : SumReducer {
  using Again = AllReducer;
  template <typename Acc> static Acc identity() { return true; }
  template <typename Acc> static Acc combine(Acc a, Acc b) { return static_cast<Acc>(a & b); }
  template <typename T> static T empty() { return true; }
};
struct AnyReducer : SumReducer {
  using Again = AnyReducer;
  template <typename Acc> static Acc identity() { return false; }
  template <typename Acc> static Acc combine(Acc a, Acc b) { return static_cast<Acc>(a | b); }
  template <typename T> static T empty() { return false; }
};

// sqrt(sum |x|^2); integers go through double for the root. Of one element it is that element, sign and all, as of every reduction.
struct EuclideanNormReducer : SumReducer {
  using Again = SumReducer;
  template <typename Acc, typename T> static Acc load(T x) {
    if constexpr (std::is_same_v<Acc, complex64> || std::is_same_v<Acc, complex128>) return x * std::conj(x);
    else return ProdReducer::combine(static_cast<Acc>(x), static_cast<Acc>(x));
  }
  template <typename T, typename Acc> static T finish(Acc a, int64_t) {
    if constexpr (std::is_integral_v<Acc>) return static_cast<T>(std::sqrt(static_cast<double>(a)));
    else return static_cast<T>(std::sqrt(a));
  }
};

}  // namespace weft
