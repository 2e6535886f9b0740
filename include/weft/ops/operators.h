// Operators of tensors: x + y, 2.0f * x, 1 - x, x / y, x % y, -x, x < y.
//
// One operand is an Output or a Variable, the other one too or a literal, which takes the tensor's dtype. They broadcast as NumPy's.
// There is no ==: as in TensorFlow 1, `a == b` of two Outputs asks whether they are one value of the graph (equal() compares
// elements). && and || would lose their short circuit, so they are functions: logical_and, logical_or. Power is pow(x, y).
//
// Nodes are made and named as TensorFlow's Python makes them for the same expression: a Variable on the left (or beside a literal) is
// read before the operator's name scope, one on the right inside it.
#pragma once

#include <source_location>
#include <type_traits>

#include "weft/graph/operand.h"

namespace weft {

// An Output or a Variable as an operand of an operator, with the line it stands on.
class TensorOperand : public Operand {
 public:
  TensorOperand(const Output& output, std::source_location where = std::source_location::current()) : Operand(output, where) {}        // NOLINT
  TensorOperand(const Variable& variable, std::source_location where = std::source_location::current()) : Operand(variable, where) {}  // NOLINT
};

// Everything else that an Operand can be made of.
template <typename T>
concept LiteralLike =
    std::is_convertible_v<const T&, Operand> && !std::is_base_of_v<Operand, T> && !std::is_same_v<T, Output> && !std::is_same_v<T, Variable>;
class LiteralOperand : public Operand {
 public:
  template <LiteralLike T> LiteralOperand(const T& value, std::source_location where = std::source_location::current())
      : Operand(value, where) {}  // NOLINT
};

// The operator whose self is x (or, for the `reversed` ones, y): the operand whose dtype a literal takes. Each is one TensorFlow op
// and scope: "add" AddV2, "sub" Sub, "mul" Mul, "truediv" RealDiv, "mod" FloorMod, "pow" Pow, "Less" and so on.
enum class BinaryOperator : uint8_t { kAdd, kSub, kMul, kTrueDiv, kMod, kPow, kLess, kLessEqual, kGreater, kGreaterEqual };
Output apply_operator(BinaryOperator op, const TensorOperand& x, const Operand& y);
Output apply_reversed_operator(BinaryOperator op, const LiteralOperand& x, const TensorOperand& y);

#define WEFT_BINARY_OPERATOR(symbol, kind)                                                                                     \
  inline Output symbol(const TensorOperand& x, const TensorOperand& y) { return apply_operator(BinaryOperator::kind, x, y); }  \
  inline Output symbol(const TensorOperand& x, const LiteralOperand& y) { return apply_operator(BinaryOperator::kind, x, y); } \
  inline Output symbol(const LiteralOperand& x, const TensorOperand& y) { return apply_reversed_operator(BinaryOperator::kind, x, y); }
WEFT_BINARY_OPERATOR(operator+, kAdd)  // strings: joined
WEFT_BINARY_OPERATOR(operator-, kSub)
WEFT_BINARY_OPERATOR(operator*, kMul)
WEFT_BINARY_OPERATOR(operator/, kTrueDiv)  // integers are cast to floating point first; floordiv() divides integers
WEFT_BINARY_OPERATOR(operator%, kMod)      // the remainder has the sign of y
WEFT_BINARY_OPERATOR(pow, kPow)            // x ** y
WEFT_BINARY_OPERATOR(operator<, kLess)
WEFT_BINARY_OPERATOR(operator<=, kLessEqual)
WEFT_BINARY_OPERATOR(operator>, kGreater)
WEFT_BINARY_OPERATOR(operator>=, kGreaterEqual)
#undef WEFT_BINARY_OPERATOR

Output operator-(const TensorOperand& x);  // Neg

}  // namespace weft
