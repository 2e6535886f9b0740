#include "tools/weft/replay/comparison.h"

#include <cmath>
#include <complex>
#include <cstring>
#include <type_traits>

namespace weft::replay {

namespace {

template <typename T> inline constexpr bool kIsComplex = std::is_same_v<T, complex64> || std::is_same_v<T, complex128>;

// |got - want| <= atol + rtol * |want|; NaN is NaN, an infinity itself.
bool close(double got, double want, const Expected& e) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got)) return got == want;
  return std::abs(got - want) <= e.atol + e.rtol * std::abs(want);
}

template <typename T> bool same_element(const T& got, const T& want, const Expected& e) {
  if constexpr (std::is_same_v<T, std::string>) {
    return got == want;
  } else if constexpr (kIsComplex<T>) {
    const std::complex<double> g(got), w(want);
    if (e.check == Check::kExact) return std::memcmp(&got, &want, sizeof(T)) == 0 || g == w;
    const bool finite = std::isfinite(w.real()) && std::isfinite(w.imag()) && std::isfinite(g.real()) && std::isfinite(g.imag());
    if (finite) return std::abs(g - w) <= e.atol + e.rtol * std::abs(w);
    return close(g.real(), w.real(), e) && close(g.imag(), w.imag(), e);
  } else if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) {
    const auto g = static_cast<double>(got);
    const auto w = static_cast<double>(want);
    return e.check == Check::kExact ? g == w || (std::isnan(g) && std::isnan(w)) : close(g, w, e);
  } else {
    return got == want;
  }
}

std::string element_text(const Tensor& tensor, int64_t i) { return tensor.reshaped(Shape{tensor.num_elements()}).slice(i, i + 1).to_string(); }

template <typename T> std::string first_difference(const Tensor& got, const Expected& want) {
  int64_t first = -1;
  int64_t wrong = 0;
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    if (same_element(got.data<T>()[i], want.tensor.data<T>()[i], want)) continue;
    if (wrong++ == 0) first = i;
  }
  if (wrong == 0) return "";
  return str_cat(wrong, " of ", got.num_elements(), " elements differ, the first at ", first, ": expected ", element_text(want.tensor, first),
                 ", got ", element_text(got, first), " (", got.describe(), ")");
}

}  // namespace

std::string difference(const Tensor& got, const Expected& want) {
  if (got.dtype() != want.tensor.dtype()) return str_cat("expected ", want.tensor.describe(), ", got ", got.describe());
  if (want.check == Check::kDTypeOnly) return "";
  if (!(got.shape() == want.tensor.shape())) return str_cat("expected ", want.tensor.describe(), ", got ", got.describe());
  if (want.check == Check::kShapeOnly) return "";
  std::string text = str_cat("values of ", dtype_name(got.dtype()), " cannot be compared");
  dispatch<kAllTypes - DTypeSet{DType::kResource, DType::kVariant}>(
      got.dtype(), [&](auto tag) { text = first_difference<typename decltype(tag)::type>(got, want); });
  return text;
}

std::string difference(const absl::Status& got, const ExpectedError& want) {
  const auto code = static_cast<absl::StatusCode>(want.code);
  if (got.code() == code) return "";
  if (got.ok()) return str_cat("expected ", absl::StatusCodeToString(code), " (", want.message.substr(0, 200), "), got success");
  return str_cat("expected ", absl::StatusCodeToString(code), " (", want.message.substr(0, 200), "), got ", got.ToString());
}

}  // namespace weft::replay
