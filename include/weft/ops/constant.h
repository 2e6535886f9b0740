// constant(): values known while the graph is built. TF op Const.
#pragma once

#include <string>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct ConstantOptions {
  DType dtype = DType::kInvalid;                   // kInvalid: the value's own
  DeclaredShape shape = DeclaredShape::unknown();  // reshapes the value; one element is repeated
  std::string name = {};                           // "Const"
};

// A node that yields `value` in every step. Gradient: none, it depends on nothing.
Output constant(Graph& graph, Tensor value, ConstantOptions options = {}, Loc where = Loc::current());
Output constant(Graph& graph, const Operand& value, ConstantOptions options = {}, Loc where = Loc::current());  // a literal
template <ArithmeticLiteral T> Output constant(Graph& graph, T value, ConstantOptions options = {}, Loc where = Loc::current()) {
  return constant(graph, Operand(value, where), std::move(options), where);
}
// Lists: `constant(graph, {1.0f, 2.0f})`, `constant(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}})`.
template <ArithmeticLiteral T>
Output constant(Graph& graph, std::initializer_list<T> values, ConstantOptions options = {}, Loc where = Loc::current()) {
  return constant(graph, Tensor::from<T>(values), std::move(options), where);
}
template <ArithmeticLiteral T>
Output constant(Graph& graph, std::initializer_list<std::initializer_list<T>> rows, ConstantOptions options = {}, Loc where = Loc::current()) {
  return constant(graph, Tensor::from<T>(rows), std::move(options), where);
}

const OpDef& const_op();

}  // namespace weft
