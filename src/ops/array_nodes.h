// Array nodes that gradients of elementwise ops are made of, while their families are on their way.
#pragma once

#include <string>
#include <vector>

#include "weft/graph/op_registry.h"
#include "weft/ops/constant.h"

namespace weft {

namespace array_nodes {
struct ShapeChoice { bool optimize = true; };
struct FillChoice { DType dtype = DType::kInvalid; };
struct SumChoice { Operand axis; bool keepdims = false; };
inline Output node(std::string_view type, std::string_view name, std::initializer_list<Operand> inputs, AttrMap attrs = {}) {
  const OpDef* op = OpRegistry::standard().find(type);
  Graph* graph = inputs.begin()->graph();
  if (op == nullptr) {
    graph->add_error(unimplemented("op ", type));
    return Output::failed(graph);
  }
  OpBuilder builder(*op, name, Loc::current());
  for (const Operand& input : inputs) builder.input(input);
  for (const auto& [key, value] : attrs) builder.attr(key, value);
  return builder.output();
}
}  // namespace array_nodes

inline Output shape(const Output& x, array_nodes::ShapeChoice choice = {}) {
  if (choice.optimize && x.shape().fully_defined()) {
    return convert(Operand(std::vector<int64_t>(x.shape().dims().begin(), x.shape().dims().end())), x.graph(), DType::kInt32, "Shape");
  }
  return array_nodes::node("Shape", "", {x});
}
inline Output reshape(const Output& x, const Operand& shape) { return array_nodes::node("Reshape", "", {x, shape}); }
inline Output zeros_like(const Output& x) { return array_nodes::node("ZerosLike", "zeros_like", {x}); }
inline Output ones_like(const Output& x) { return array_nodes::node("OnesLike", "ones_like", {x}); }
inline Output zeros(const Output& dims, array_nodes::FillChoice choice) {
  const Scope scope = dims.graph()->name_scope("zeros");
  const Output zero = convert(Operand(0), dims.graph(), choice.dtype, "Const");
  return array_nodes::node("Fill", scope.name(), {dims, zero});
}
inline Output reduce_sum(const Output& x, const array_nodes::SumChoice& choice) {
  AttrMap attrs;
  attrs.set("keep_dims", choice.keepdims);
  return array_nodes::node("Sum", "", {x, choice.axis}, attrs);
}

}  // namespace weft
