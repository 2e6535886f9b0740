// What the files of elementwise math share: op definitions of the usual signatures, and builders of their nodes.
#pragma once

#include <string_view>
#include <utility>

#include "src/ops/elementwise.h"
#include "src/ops/op_lists.h"
#include "weft/ops/op_builder.h"

namespace weft {

// The type sets that TensorFlow's math ops allow.
inline constexpr DTypeSet kFloatComplex = kFloatTypes | kComplexTypes;
inline constexpr DTypeSet kUnaryNumbers = kFloatComplex | DTypeSet{DType::kInt32, DType::kInt64};
inline constexpr DTypeSet kBinaryNumbers = kFloatComplex | DTypeSet{DType::kUInt8, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64};
inline constexpr DTypeSet kNoBFloat16 = kFloatComplex - DTypeSet{DType::kBFloat16};

// y = f(x), both of type T and one shape.
inline OpDef unary_op(std::string_view name, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"x", type_attr("T")}},
          .outputs = {{"y", type_attr("T")}},
          .attrs = {type_attribute("T", allowed)},
          .shape = unchanged_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

// z = f(x, y), all of type T, with broadcasting.
inline OpDef binary_op(std::string_view name, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"x", type_attr("T")}, {"y", type_attr("T")}},
          .outputs = {{"z", type_attr("T")}},
          .attrs = {type_attribute("T", allowed)},
          .shape = broadcast_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

// z, the gradient of a unary op's input, from its output y and the output's gradient dy.
inline OpDef unary_gradient_op(std::string_view name, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"y", type_attr("T")}, {"dy", type_attr("T")}},
          .outputs = {{"z", type_attr("T")}},
          .attrs = {type_attribute("T", kFloatComplex)},
          .shape = unchanged_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

// "z = f(x, y) may be computed as f(y, x)".
inline OpDef commutative(OpDef op) {
  op.is_commutative = true;
  return op;
}

inline Output build_unary(const OpDef& op, const Operand& x, std::string_view name, Loc where) {
  return OpBuilder(op, name, where).input(x).output();
}
inline Output build_binary(const OpDef& op, const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return OpBuilder(op, name, where).input(x).input(y).output();
}

// Calls f on integers as if they had no sign, so that overflow wraps around as TensorFlow's does; on others as it is.
template <typename T, typename F> T wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    using Wide = std::conditional_t<(sizeof(T) < sizeof(uint32_t)), uint32_t, std::make_unsigned_t<T>>;
    return static_cast<T>(f(static_cast<Wide>(a), static_cast<Wide>(b)));
  } else {
    return f(a, b);
  }
}

}  // namespace weft
