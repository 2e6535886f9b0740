#include "src/train/slot_values.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"

namespace weft {

Output filled_like(Graph& graph, const Variable& variable, float value) {
  if (!variable.shape().fully_defined()) return cast(fill(shape(variable.initial_value()), value), variable.dtype());
  return constant(graph, value, {.dtype = variable.dtype(), .shape = variable.shape().to_shape()});
}

Output ones_like_variable(Graph& graph, const Variable& variable) {
  if (!variable.shape().fully_defined()) return ones_like(variable.initial_value());
  return ones(graph, variable.shape().to_shape(), {.dtype = variable.dtype()});
}

Output filled_beside(const Variable& variable, float value) {
  const Scope place = variable.graph()->colocate_with(variable.op());
  return filled_like(*variable.graph(), variable, value);
}

}  // namespace weft
