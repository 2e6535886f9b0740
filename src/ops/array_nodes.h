// Sum, until its family has landed.
#pragma once

#include <string>
#include <vector>

#include "weft/graph/op_registry.h"
#include "weft/ops/constant.h"

namespace weft {

namespace array_nodes {
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

inline Output reduce_sum(const Output& x, const array_nodes::SumChoice& choice) {
  AttrMap attrs;
  attrs.set("keep_dims", choice.keepdims);
  return array_nodes::node("Sum", "", {x, choice.axis}, attrs);
}

}  // namespace weft
