// Reductions: sums, means, products, extremes and truth over the axes of a tensor; and their positions, arg_max and arg_min.
//
//   reduce_sum(x)                         // all of x: a scalar
//   reduce_sum(x, {.axis = 1})            // rows: [m, n] gives [m]
//   reduce_mean(x, {.axis = {0, -1}, .keepdims = true})     // [a, b, c] gives [1, b, 1]
//
// Axes are in [-rank, rank); an integer, a list, or an int32 or int64 tensor. Without one everything is reduced, to a scalar. Kept
// dimensions of size 1 (`keepdims`) let the result broadcast against the input. Float sums are trees of a fixed form: the same bits
// for any number of threads, with an error that grows with the logarithm of the count.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>

#include "weft/ops/op_builder.h"

namespace weft {

// The axes of a reduction: nothing (all of them), an integer, a list of integers, or an integer tensor.
class Axes {
 public:
  Axes() = default;
  Axes(std::initializer_list<int> axes) : operand_(Operand(axes)) {}  // {} means no axis at all: nothing is reduced
  template <typename T>
  requires std::convertible_to<const T&, Operand> Axes(const T& axes) : operand_(Operand(axes)) {}  // NOLINT
  const std::optional<Operand>& operand() const { return operand_; }

 private:
  std::optional<Operand> operand_;
};

struct ReduceOptions {
  Axes axis = Axes();  // omitted: all
  bool keepdims = false;
  std::string name = {};  // the op's type
};

// The sum. Numbers; integers wrap. Of nothing: 0. Gradient: dy, repeated. TF op Sum.
Output reduce_sum(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// The sum over the count, of integers cut to an integer. Of nothing: NaN (integers: 0). Gradient: dy / count, repeated. TF op Mean.
Output reduce_mean(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// The product. Of nothing: 1. Gradient: dy times the product of the other elements. TF op Prod.
Output reduce_prod(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// The largest element; NaN are passed over. Of nothing: -infinity, or the type's lowest. Gradient: dy, shared equally by the elements
// that attain it. TF op Max.
Output reduce_max(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// The smallest element; otherwise as reduce_max. TF op Min.
Output reduce_min(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// Whether all elements are true. bool; of nothing: true. No gradient. TF op All.
Output reduce_all(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// Whether any element is true. bool; of nothing: false. No gradient. TF op Any.
Output reduce_any(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// sqrt(sum |x|^2). Not differentiable, as in TensorFlow. TF op EuclideanNorm.
Output reduce_euclidean_norm(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());

// log(sum(exp(x))), computed without overflow. Floating point.
Output reduce_logsumexp(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// mean((x - mean(x))^2): of the population, not a sample.
Output reduce_variance(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());
// sqrt(reduce_variance(x)). The gradient is NaN where the variance is 0.
Output reduce_std(const Operand& input, ReduceOptions options = {}, Loc where = Loc::current());

struct CountNonzeroOptions {
  Axes axis = Axes();  // omitted: all
  bool keepdims = false;
  DType dtype = DType::kInt64;  // of the result
  std::string name = {};        // "count_nonzero"
};
// How many elements are not 0. No gradient.
Output count_nonzero(const Operand& input, CountNonzeroOptions options = {}, Loc where = Loc::current());

struct ArgOptions {
  std::optional<Operand> axis = {};   // omitted: 0
  DType output_type = DType::kInt64;  // or kInt32
  std::string name = {};              // "ArgMax", "ArgMin"
};
// The position along one axis of the largest (smallest) element; of equal ones the first; NaN are passed over. InvalidArgument for
// an empty axis. No gradient flows. TF ops ArgMax, ArgMin.
Output argmax(const Operand& input, ArgOptions options = {}, Loc where = Loc::current());
Output argmin(const Operand& input, ArgOptions options = {}, Loc where = Loc::current());

struct CumulativeOptions {
  bool exclusive = false;  // element k combines those before it, without it
  bool reverse = false;    // from the end
  std::string name = {};   // "Cumsum", "Cumprod"
};
// Running sum (product) along `axis`: [a, b, c] gives [a, a+b, a+b+c]. Numbers. Gradient: cumsum in the other direction; of cumprod
// NaN where an element is 0, as in TensorFlow. TF ops Cumsum, Cumprod.
Output cumsum(const Operand& x, const Operand& axis = 0, CumulativeOptions options = {}, Loc where = Loc::current());
Output cumprod(const Operand& x, const Operand& axis = 0, CumulativeOptions options = {}, Loc where = Loc::current());

}  // namespace weft
