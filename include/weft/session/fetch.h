// Fetch and Feed: what a run gives back and what it is given, by handle or by name.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/graph/operand.h"
#include "weft/graph/output.h"
#include "weft/graph/variable.h"
#include "weft/runtime/run_options.h"
#include "weft/tensor/tensor.h"

namespace weft {

// Names a value or a node of a graph: an Output; a Variable, for the value it was made with a read of; an Operation; or text,
// "loss:0" for a value and "train" for a node. A node has no value: its place in the results is an empty Tensor.
class Fetch {
 public:
  Fetch(const Output& output) : output_(output), kind_(Kind::kOutput) {}                     // NOLINT: converts on purpose, as those below
  Fetch(const Operation& operation) : operation_(operation), kind_(Kind::kOperation) {}      // NOLINT
  Fetch(const Variable& variable) : output_(variable.snapshot()), kind_(Kind::kVariable) {}  // NOLINT
  template <typename T>
  requires std::convertible_to<const T&, std::string_view> Fetch(const T& name) : Fetch(text(name)) {}  // NOLINT
  Fetch(std::nullptr_t) = delete;                                                                       // NOLINT: names nothing

  enum class Kind : uint8_t { kOutput, kOperation, kVariable, kName };
  Kind kind() const { return kind_; }
  const Output& output() const { return output_; }           // of kOutput and kVariable
  const Operation& operation() const { return operation_; }  // of kOperation
  const std::string& name() const { return name_; }          // of kName

 private:
  // A null pointer names nothing, and is refused like an empty Output.
  explicit Fetch(std::optional<std::string_view> name) : name_(name.value_or("")), kind_(name.has_value() ? Kind::kName : Kind::kOutput) {}
  template <typename T> static std::optional<std::string_view> text(const T& name) {
    if constexpr (std::is_pointer_v<T>) {
      if (name == nullptr) return std::nullopt;
    }
    return std::string_view(name);
  }

  Output output_;
  Operation operation_;
  std::string name_;
  Kind kind_;
};

// A value for a tensor of the graph, which is then not computed. The tensor may be any, not just a placeholder's.
class Feed {
 public:
  Feed(Fetch key, Tensor value) : key_(std::move(key)), value_{std::move(value), false} {}
  // A number takes the dtype of the tensor it is fed for, if that loses nothing.
  template <ArithmeticLiteral T> Feed(Fetch key, T number) : key_(std::move(key)), value_(*Operand(number).literal()) {}

  const Fetch& key() const { return key_; }
  const Literal& value() const { return value_; }

 private:
  Fetch key_;
  Literal value_;
};

// Arguments of Session::run.
struct RunArguments {
  std::vector<Feed> feeds = {};
  std::vector<Fetch> fetches = {};  // results come in this order
  std::vector<Fetch> targets = {};  // run, without a result
  RunOptions options = {};
};

// What a callable is made for.
struct CallableArguments {
  std::vector<Fetch> feeds = {};  // values come in this order
  std::vector<Fetch> fetches = {};
  std::vector<Fetch> targets = {};
};

}  // namespace weft
