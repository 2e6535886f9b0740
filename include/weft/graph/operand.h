// Operand: an argument of an op before it is converted: an Output, a Variable, a literal or a tensor.
//
// Builders take operands so that `x * 2.0f`, `x * w` and `x * y` are one function, and convert them inside the op's own name scope,
// which is what gives TensorFlow's node names (`mul/y`, `add/ReadVariableOp`). A literal takes the dtype of the tensors it meets;
// where there is none, its C++ type decides.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "weft/graph/output.h"
#include "weft/graph/variable.h"
#include "weft/tensor/tensor.h"

namespace weft {

// Numbers; characters are none.
template <typename T>
concept ArithmeticLiteral = std::is_arithmetic_v<T> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> &&
                            !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

namespace operand_internal {
template <typename> inline constexpr bool kNever = false;
}

// A number or a small array as the program wrote it; `natural` is the dtype of its C++ type (Python's rule for integers: int32 when
// it fits). `weak` literals take another numeric dtype when they meet a tensor; tensors do not.
struct Literal {
  Tensor tensor;
  bool weak = true;
};

class Operand {
 public:
  Operand(const Output& output, std::source_location where = std::source_location::current()) : value_(output), location_(where) {}        // NOLINT
  Operand(const Variable& variable, std::source_location where = std::source_location::current()) : value_(variable), location_(where) {}  // NOLINT
  Operand(Tensor tensor, std::source_location where = std::source_location::current())
      : value_(Literal{std::move(tensor), false}), location_(where) {}  // NOLINT
  template <ArithmeticLiteral T> Operand(T number, std::source_location where = std::source_location::current())
      : value_(Literal{scalar(number), true}), location_(where) {}  // NOLINT
  Operand(std::string_view text, std::source_location where = std::source_location::current())
      : value_(Literal{Tensor::scalar_of<std::string>(std::string(text)), false}), location_(where) {}  // NOLINT
  // A null pointer names no text: it counts as an empty Output, which ops refuse.
  Operand(const char* text, std::source_location where = std::source_location::current()) : value_(text_value(text)), location_(where) {}  // NOLINT
  template <std::same_as<std::nullptr_t> Null> Operand(Null, std::source_location = std::source_location::current()) {                     // NOLINT
    static_assert(operand_internal::kNever<Null>, "nullptr is no value: give a number, a text, a Tensor, an Output or a Variable");
  }
  Operand(const std::string& text, std::source_location where = std::source_location::current())
      : Operand(std::string_view(text), where) {}  // NOLINT
  // Vectors of numbers: shapes, axes, permutations. int32 unless they meet an int64 tensor.
  Operand(std::initializer_list<int> numbers, std::source_location where = std::source_location::current())
      : value_(Literal{ints(numbers.begin(), numbers.end()), true}), location_(where) {}  // NOLINT
  Operand(const std::vector<int>& numbers, std::source_location where = std::source_location::current())
      : value_(Literal{ints(numbers.begin(), numbers.end()), true}), location_(where) {}  // NOLINT
  Operand(const std::vector<int64_t>& numbers, std::source_location where = std::source_location::current())
      : value_(Literal{ints(numbers.begin(), numbers.end()), true}), location_(where) {}  // NOLINT
  Operand(const std::vector<float>& numbers, std::source_location where = std::source_location::current())
      : value_(Literal{Tensor::from<float>(std::span<const float>(numbers)), true}), location_(where) {}  // NOLINT

  const Output* output() const { return std::get_if<Output>(&value_); }
  const Variable* variable() const { return std::get_if<Variable>(&value_); }
  const Literal* literal() const { return std::get_if<Literal>(&value_); }
  Graph* graph() const;  // null for literals
  DType dtype() const;   // of a literal: its natural dtype; of a ref variable: the base dtype
  PartialShape shape() const;
  bool failed() const;  // a failed Output, or a variable that is none
  const std::source_location& location() const { return location_; }

 private:
  template <typename T> static Tensor scalar(T number) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, float> || std::is_same_v<T, double>) return Tensor::scalar_of<T>(number);
    else if constexpr (std::is_floating_point_v<T>) return Tensor::scalar_of<double>(static_cast<double>(number));
    else if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(uint64_t)) return unsigned_integer(number);
    else return integer(static_cast<int64_t>(number));
  }
  static Tensor integer(int64_t number);
  static Tensor unsigned_integer(uint64_t number);
  static std::variant<Output, Variable, Literal> text_value(const char* text);
  template <typename It> static Tensor ints(It begin, It end) { return integer_vector(std::vector<int64_t>(begin, end)); }
  static Tensor integer_vector(const std::vector<int64_t>& numbers);

  std::variant<Output, Variable, Literal> value_;
  std::source_location location_;
};

// A literal as a tensor of `dtype`: InvalidArgument when that loses something (2.5 as an int32, 300 as a uint8).
absl::StatusOr<Tensor> convert_literal(const Literal& literal, DType dtype);

}  // namespace weft
