#include "weft/graph/operand.h"

#include <cmath>
#include <limits>

#include "weft/graph/graph.h"

namespace weft {

namespace {

bool fits_int32(int64_t n) { return n >= std::numeric_limits<int32_t>::min() && n <= std::numeric_limits<int32_t>::max(); }

// Element `from` as a To without loss, except that floating-point values round and overflow to infinity as in NumPy.
template <typename To, typename From> bool convert_number(const From& from, To& to) {
  if constexpr (std::is_same_v<From, To>) {
    to = from;
    return true;
  } else if constexpr (std::is_same_v<To, bool> || std::is_same_v<From, bool>) {
    return false;
  } else if constexpr (is_complex(dtype_of<To>)) {
    to = To(static_cast<typename To::value_type>(from));
    return true;
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (!(from >= static_cast<From>(std::numeric_limits<To>::min())) || !(from <= static_cast<From>(std::numeric_limits<To>::max()))) return false;
    if (from != std::floor(from)) return false;
    to = static_cast<To>(from);
    return std::is_same_v<From, To>;  // a float literal is no integer, even 2.0
  } else if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
    to = static_cast<To>(from);
    return static_cast<From>(to) == from && ((from < 0) == (to < 0));
  } else if constexpr (std::is_same_v<To, half> || std::is_same_v<To, bfloat16>) {
    to = To(static_cast<float>(from));
    return true;
  } else {
    to = static_cast<To>(from);
    return true;
  }
}

constexpr DTypeSet kLiteralTargets = kRealNumberTypes | kComplexTypes | DTypeSet{DType::kBool};
constexpr DTypeSet kLiteralSources = {DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64, DType::kUInt64, DType::kBool};

}  // namespace

Tensor Operand::integer(int64_t number) {
  return fits_int32(number) ? Tensor::scalar_of<int32_t>(static_cast<int32_t>(number)) : Tensor::scalar_of<int64_t>(number);
}

Tensor Operand::unsigned_integer(uint64_t number) {
  if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return Tensor::scalar_of<uint64_t>(number);
  return integer(static_cast<int64_t>(number));
}

std::variant<Output, Variable, Literal> Operand::text_value(const char* text) {
  if (text == nullptr) return Output();
  return Literal{Tensor::scalar_of<std::string>(std::string(text)), false};
}

Tensor Operand::integer_vector(const std::vector<int64_t>& numbers) {
  const Shape shape{static_cast<int64_t>(numbers.size())};
  for (const int64_t n : numbers) {
    if (!fits_int32(n)) return Tensor::from<int64_t>(std::span<const int64_t>(numbers), shape);
  }
  return Tensor::from<int32_t>(std::vector<int32_t>(numbers.begin(), numbers.end()), shape);
}

Graph* Operand::graph() const {
  if (const Output* o = output()) return o->graph();
  if (const Variable* v = variable()) return v->graph();
  return nullptr;
}

DType Operand::dtype() const {
  if (const Output* o = output()) return o->dtype();
  if (const Variable* v = variable()) return v->dtype();
  return literal()->tensor.dtype();
}

PartialShape Operand::shape() const {
  if (const Output* o = output()) return o->shape();
  if (const Variable* v = variable()) return v->shape();
  return literal()->tensor.shape();
}

bool Operand::failed() const {
  if (const Output* o = output()) return o->failed();
  if (const Variable* v = variable()) return !*v;
  return false;
}

absl::StatusOr<Tensor> convert_literal(const Literal& literal, DType dtype) {
  dtype = base_dtype(dtype);
  const Tensor& from = literal.tensor;
  if (from.dtype() == dtype) return from;
  if (!literal.weak) return invalid_argument("expected ", dtype_name(dtype), ", got a tensor of ", dtype_name(from.dtype()));
  WEFT_ASSIGN_OR_RETURN(Tensor to, Tensor::make(dtype, from.shape()));
  bool fits = false;
  dispatch<kLiteralSources>(from.dtype(), [&](auto source) {
    dispatch<kLiteralTargets>(dtype, [&](auto target) {
      using From = typename decltype(source)::type;
      using To = typename decltype(target)::type;
      fits = true;
      for (int64_t i = 0; i < from.num_elements(); ++i) fits = fits && convert_number<To, From>(from.data<From>()[i], to.data<To>()[i]);
    });
  });
  if (!fits)
    return invalid_argument("Expected ", dtype_name(dtype), ", got ", from.to_string(), " of type '", dtype_name(from.dtype()), "' instead.");
  return to;
}

}  // namespace weft
