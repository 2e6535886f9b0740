// Comparing results with what TensorFlow gave, by the rule each case carries.
#include <cmath>
#include <complex>

#include "case.h"
#include "weft/base/strings.h"

namespace weft::oracle {

namespace {

// NaN equals NaN, infinities equal themselves.
bool close(double got, double want, double rtol, double atol) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got)) return want == got;
  return std::abs(got - want) <= atol + rtol * std::abs(want);
}
template <typename T> bool close(std::complex<T> got, std::complex<T> want, double rtol, double atol) {
  if (std::isfinite(std::abs(want)) && std::isfinite(std::abs(got))) return std::abs(got - want) <= atol + rtol * std::abs(want);
  return close(static_cast<double>(got.real()), static_cast<double>(want.real()), rtol, atol) &&
         close(static_cast<double>(got.imag()), static_cast<double>(want.imag()), rtol, atol);
}

constexpr DTypeSet kCloseTypes = kFloatTypes | kComplexTypes;

}  // namespace

std::string difference(const Expected& expected, const Tensor& got) {
  const Tensor& want = expected.tensor;
  if (got.dtype() != want.dtype()) return str_cat("is ", dtype_name(got.dtype()), ", expected ", dtype_name(want.dtype()));
  if (expected.check == Expected::Check::kDTypeOnly) return "";
  if (got.shape() != want.shape()) return str_cat("has shape ", got.shape().to_string(), ", expected ", want.shape().to_string());
  if (expected.check == Expected::Check::kShapeOnly) return "";
  bool same = false;
  if (expected.check == Expected::Check::kExact) {
    same = equal(got, want);
  } else {
    dispatch<kCloseTypes>(got.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      same = true;
      for (size_t i = 0; i < got.flat<T>().size(); ++i) {
        if constexpr (is_complex(dtype_of<T>)) same = same && close(got.flat<T>()[i], want.flat<T>()[i], expected.rtol, expected.atol);
        else same = same && close(static_cast<double>(got.flat<T>()[i]), static_cast<double>(want.flat<T>()[i]), expected.rtol, expected.atol);
      }
    });
  }
  return same ? "" : str_cat("is\n", got.to_string(20), "\nexpected (rtol ", expected.rtol, ", atol ", expected.atol, ")\n", want.to_string(20));
}

}  // namespace weft::oracle
