// UpdateOp: the node that updates one variable: the variable's handle, its slots, hyper-parameters, the gradient.
#pragma once

#include "weft/ops/math_ops.h"
#include "weft/ops/op_builder.h"
#include "weft/train/optimizer.h"

namespace weft {

class UpdateOp {
 public:
  UpdateOp(const OpDef& op, const Variable& variable, bool use_locking)
      : graph_(*variable.graph()), builder_(graph_, op, "", Loc::current()), dtype_(variable.dtype()) {
    builder_.input(variable.handle()).attr("use_locking", use_locking);
  }
  UpdateOp& slot(const Variable& slot) {
    builder_.input(slot.handle());
    return *this;
  }
  // Cast to the variable's dtype. A variable of that dtype is read inside the update's own scope.
  UpdateOp& hyper(const Operand& value) {
    if (value.variable() != nullptr && value.dtype() == dtype_) builder_.input(value);
    else if (value.literal() != nullptr) builder_.input(cast(graph_, value, dtype_));
    else builder_.input(cast(value, dtype_));
    return *this;
  }
  UpdateOp& input(const Output& value) {
    builder_.input(value);
    return *this;
  }
  UpdateOp& attr(std::string_view name, AttrValue value) {
    builder_.attr(name, std::move(value));
    return *this;
  }
  Operation operation() { return builder_.operation(); }

 private:
  Graph& graph_;
  OpBuilder builder_;
  DType dtype_;
};

}  // namespace weft
