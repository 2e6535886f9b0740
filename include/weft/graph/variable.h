// Variable: a value that a session keeps from step to step. Made by variable() and get_variable() (weft/ops/variable_ops.h).
#pragma once

#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>

#include "weft/graph/output.h"

namespace weft {

class Operand;
class Variable;

// What differs between resource variables (VarHandleOp) and ref variables (VariableV2). Both kinds are defined where their ops are.
struct VariableKind {
  bool is_resource;
  // A read of the current value: a new ReadVariableOp, or the ref variable's `read` Identity.
  Output (*value)(const Variable&, std::source_location);
  // A new read node, named `name` if given.
  Output (*read_value)(const Variable&, std::string_view name, std::source_location);
  enum class Update { kAssign, kAdd, kSub };
  Operation (*update)(const Variable&, Update, const Operand&, std::string_view name, std::source_location);
};

struct VariableState {
  const VariableKind* kind = nullptr;
  Output handle;  // VarHandleOp's handle, or VariableV2's ref
  Output initial_value;
  Operation initializer;  // assigns initial_value
  Output snapshot;        // the read made with the variable: x/Read/ReadVariableOp:0 or x/read:0
  Output is_initialized;  // x/IsInitialized/VarIsInitializedOp:0; ref variables make one on demand
  DType dtype = DType::kInvalid;
  PartialShape shape;
  bool trainable = true;
  std::function<Output(const Output&)> constraint;  // applied after each optimizer update; may be empty
};

// A cheap handle; copies name the same variable. Wherever an op takes an Operand a Variable may stand and is read there.
class Variable {
 public:
  Variable() = default;  // names no variable
  explicit Variable(std::shared_ptr<VariableState> state) : state_(std::move(state)) {}

  explicit operator bool() const { return state_ != nullptr && state_->handle; }
  Graph* graph() const { return state_ != nullptr ? state_->handle.graph() : nullptr; }
  Operation op() const { return state_ != nullptr ? state_->handle.op() : Operation(); }
  std::string_view name() const { return op().name(); }  // "w", without ":0"
  DType dtype() const { return state_ != nullptr ? state_->dtype : DType::kInvalid; }
  const PartialShape& shape() const;
  bool trainable() const { return state_ != nullptr && state_->trainable; }
  bool is_resource() const { return state_ != nullptr && state_->kind->is_resource; }
  Output handle() const { return state_ != nullptr ? state_->handle : Output(); }
  Output initial_value() const { return state_ != nullptr ? state_->initial_value : Output(); }
  Operation initializer() const { return state_ != nullptr ? state_->initializer : Operation(); }
  // What a fetch of the variable reads.
  Output snapshot() const { return state_ != nullptr ? state_->snapshot : Output(); }
  Output is_initialized() const { return state_ != nullptr ? state_->is_initialized : Output(); }
  const std::function<Output(const Output&)>& constraint() const;
  Location location() const { return op().location(); }

  // The value where the graph stands now, as TF1's Variable.value().
  Output value(std::source_location where = std::source_location::current()) const;
  // A read of its own, ordered by control dependencies in force.
  Output read_value(std::string_view name = "", std::source_location where = std::source_location::current()) const;

  // Nodes that set the variable to `value`, add it or subtract it. Same dtype and shape as the variable.
  Operation assign(const Operand& value, std::string_view name = "", std::source_location where = std::source_location::current()) const;
  Operation assign_add(const Operand& delta, std::string_view name = "", std::source_location where = std::source_location::current()) const;
  Operation assign_sub(const Operand& delta, std::string_view name = "", std::source_location where = std::source_location::current()) const;

  // "'w' (float32 [3,2], model.cc:10)"
  std::string describe() const;
  const std::shared_ptr<VariableState>& state() const { return state_; }
  friend bool operator==(const Variable& a, const Variable& b) { return a.state_ == b.state_; }

 private:
  std::shared_ptr<VariableState> state_;
};

}  // namespace weft
