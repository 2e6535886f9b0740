// Quotients and remainders: Div, RealDiv, DivNoNan, FloorDiv, TruncateDiv, Mod, FloorMod, TruncateMod.
#include <cmath>

#include "src/ops/broadcast_gradient.h"
#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

inline constexpr DTypeSet kDivisionTypes = kBinaryNumbers | DType::kUInt16;
inline constexpr DTypeSet kModTypes = kFloatTypes | kIndexTypes;
inline constexpr int64_t kDivisionCost = 4;

// Integer quotients are refused for y = 0; the least integer divided by -1 wraps around to itself.
struct IntegerDivision {
  static constexpr std::string_view kInvalid = "Integer division by zero";
  template <typename T> static bool valid(T, T y) {
    if constexpr (std::is_integral_v<T>) return y != 0;
    else return true;
  }
  template <typename T> static T quotient(T x, T y) {
    if constexpr (std::is_signed_v<T>) {
      if (y == T(-1)) return wrapping(T(0), x, [](auto a, auto b) { return a - b; });
    }
    return static_cast<T>(x / y);
  }
  template <typename T> static T remainder(T x, T y) {
    if constexpr (std::is_signed_v<T>) {
      if (y == T(-1)) return T(0);
    }
    return static_cast<T>(x % y);
  }
};

// Rounds towards zero for integers.
struct DivFn : IntegerDivision {
  template <typename T> static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) return quotient(x, y);
    else return x / y;
  }
};

struct RealDivFn {
  template <typename T> static T apply(T x, T y) { return x / y; }
};

struct DivNoNanFn {
  template <typename T> static T apply(T x, T y) { return y == T(0) ? T(0) : x / y; }
};

struct FloorDivFn : IntegerDivision {
  template <typename T> static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) {
      const T q = quotient(x, y);
      if constexpr (std::is_signed_v<T>) {
        if ((x < 0) != (y < 0) && remainder(x, y) != 0) return static_cast<T>(q - 1);
      }
      return q;
    } else {
      return std::floor(x / y);
    }
  }
};

struct ModFn : IntegerDivision {
  template <typename T> static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) return remainder(x, y);
    else return std::fmod(x, y);
  }
};

// TensorFlow expects a zero divisor in the other integer divisions only, so that TruncateDiv and TruncateMod report it as Internal.
template <typename Fn> struct ZeroIsUnexpected : Fn {
  static constexpr std::string_view kInvalid =
      "Integer division by zero: Unexpected error in binary operator (only integer div and mod should have errors)";
  static constexpr absl::StatusCode kInvalidCode = absl::StatusCode::kInternal;
};

// The remainder has the sign of y.
struct FloorModFn : IntegerDivision {
  template <typename T> static T apply(T x, T y) {
    const T r = ModFn::apply(x, y);
    return r != T(0) && (r < T(0)) != (y < T(0)) ? static_cast<T>(r + y) : r;
  }
};

// dx = dz / y, dy = dz (-x / y / y), each with the op's own quotient.
template <typename Quotient> Gradients quotient_gradient(GradientContext& g, Quotient quotient) {
  const BroadcastGradient broadcast = BroadcastGradient::plain(g.x(0), g.x(1));
  const Output dz = g.dy();
  const Output x = conj(g.x(0));
  const Output y = conj(g.x(1));
  const Output dx = broadcast.reduce_x(quotient(dz, y));
  return g.two(dx, broadcast.reduce_y(dz * quotient(quotient(-x, y), y)));
}

Gradients div_gradient(GradientContext& g) {
  return quotient_gradient(g, [](const Output& a, const Output& b) { return divide(a, b); });
}
Gradients real_div_gradient(GradientContext& g) {
  return quotient_gradient(g, [](const Output& a, const Output& b) { return realdiv(a, b); });
}
Gradients div_no_nan_gradient(GradientContext& g) {
  return quotient_gradient(g, [](const Output& a, const Output& b) { return div_no_nan(a, b); });
}

Gradients integral_gradient(GradientContext& g) { return g.none(); }

// dx = dz, dy = -dz floor(x / y).
Gradients floor_mod_gradient(GradientContext& g) {
  const Output x = conj(g.x(0));
  const Output y = conj(g.x(1));
  const Output dz = g.dy();
  const BroadcastGradient broadcast = BroadcastGradient::plain(x, y);
  const Output whole = floor_div(x, y);
  const Output dx = broadcast.reduce_x(dz);
  return g.two(dx, broadcast.reduce_y(dz * negative(whole)));
}

}  // namespace

// Div: x / y; integers round towards zero.
const OpDef& div_op() {
  static const OpDef& op = *new OpDef(binary_op("Div", kDivisionTypes, binary_kernels<DivFn, kDivisionTypes>(kDivisionCost), div_gradient));
  return op;
}

// RealDiv: x / y of real or complex numbers.
const OpDef& real_div_op() {
  static const OpDef& op =
      *new OpDef(binary_op("RealDiv", kDivisionTypes, binary_kernels<RealDivFn, kFloatComplex>(kDivisionCost), real_div_gradient));
  return op;
}

// DivNoNan: x / y, and 0 where y is 0.
const OpDef& div_no_nan_op() {
  static const OpDef& op =
      *new OpDef(binary_op("DivNoNan", kNoBFloat16, binary_kernels<DivNoNanFn, kNoBFloat16>(kDivisionCost), div_no_nan_gradient));
  return op;
}

// FloorDiv: floor(x / y).
const OpDef& floor_div_op() {
  static const OpDef& op =
      *new OpDef(binary_op("FloorDiv", kDivisionTypes, binary_kernels<FloorDivFn, kDivisionTypes - kComplexTypes>(kDivisionCost), integral_gradient));
  return op;
}

// TruncateDiv: x / y of integers, towards zero.
const OpDef& truncate_div_op() {
  static const OpDef& op = *new OpDef(binary_op(
      "TruncateDiv", kDivisionTypes, binary_kernels<ZeroIsUnexpected<DivFn>, kDivisionTypes - kFloatComplex>(kDivisionCost), integral_gradient));
  return op;
}

// Mod: the remainder of x / y with the sign of x.
const OpDef& mod_op() {
  static const OpDef& op = *new OpDef(binary_op("Mod", kModTypes, binary_kernels<ModFn, kModTypes>(4 * kDivisionCost), NoGradientDefined{}));
  return op;
}

// TruncateMod: the same as Mod.
const OpDef& truncate_mod_op() {
  static const OpDef& op =
      *new OpDef(binary_op("TruncateMod", kModTypes, binary_kernels<ZeroIsUnexpected<ModFn>, kModTypes>(4 * kDivisionCost), NoGradientDefined{}));
  return op;
}

// FloorMod: x - floor(x / y) y, the remainder with the sign of y.
const OpDef& floor_mod_op() {
  static const OpDef& op = *new OpDef(binary_op("FloorMod", kModTypes, binary_kernels<FloorModFn, kModTypes>(4 * kDivisionCost), floor_mod_gradient));
  return op;
}

OpList division_ops() {
  return {&div_op(), &real_div_op(), &div_no_nan_op(), &floor_div_op(), &truncate_div_op(), &mod_op(), &truncate_mod_op(), &floor_mod_op()};
}

Output realdiv(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(real_div_op(), x, y, name, where); }
Output truncatediv(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(truncate_div_op(), x, y, name, where);
}
Output truncatemod(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(truncate_mod_op(), x, y, name, where);
}
Output floormod(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(floor_mod_op(), x, y, name, where); }
Output floor_div(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(floor_div_op(), x, y, name, where); }
Output floordiv(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(floor_div_op(), x, y, name.empty() ? "floordiv" : name, where);
}
Output div_no_nan(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(div_no_nan_op(), x, y, name.empty() ? "div_no_nan" : name, where);
}

namespace {

// What TensorFlow casts integers to before it divides them as real numbers; kInvalid: nothing to cast.
DType real_dtype_for_division(DType dtype) {
  switch (dtype) {
    case DType::kUInt8:
    case DType::kInt8:
    case DType::kUInt16:
    case DType::kInt16: return DType::kFloat32;
    case DType::kInt32:
    case DType::kInt64: return DType::kFloat64;
    default: return DType::kInvalid;
  }
}

}  // namespace

Output truediv(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &y});
  if (graph == nullptr) return Output();
  const Scope scope = graph->name_scope(name.empty() ? "truediv" : name);
  const bool literal_x = x.literal() != nullptr && x.literal()->weak;
  const bool literal_y = y.literal() != nullptr && y.literal()->weak;
  Output a = convert(x, graph, literal_x ? base_dtype(y.dtype()) : DType::kInvalid, "x", where);
  Output b = convert(y, graph, literal_y ? base_dtype(x.dtype()) : DType::kInvalid, "y", where);
  if (!a || !b) return Output::failed(graph);
  const DType real = real_dtype_for_division(base_dtype(a.dtype()));
  if (real != DType::kInvalid && base_dtype(a.dtype()) == base_dtype(b.dtype())) {
    a = cast(a, real, "", where);
    b = cast(b, real, "", where);
  }
  return realdiv(a, b, scope.name(), where);
}

Output divide(const Operand& x, const Operand& y, std::string_view name, Loc where) { return truediv(x, y, name, where); }

Output div(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  const Operand& typed = x.literal() == nullptr ? x : y;
  const DType dtype = base_dtype(typed.dtype());
  return build_binary(is_floating(dtype) || is_complex(dtype) ? real_div_op() : floor_div_op(), x, y, name.empty() ? "div" : name, where);
}

}  // namespace weft
