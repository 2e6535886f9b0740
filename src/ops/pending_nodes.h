// Array nodes that gradients are made of, while their families are on their way.
#pragma once

#include <optional>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/operators.h"

namespace weft::pending {

inline Output node(Graph& graph, std::string_view type, std::string_view name, std::initializer_list<Operand> inputs, AttrMap attrs = {}) {
  const OpDef* op = OpRegistry::standard().find(type);
  if (op == nullptr) {
    graph.add_error(unimplemented("op ", type));
    return Output::failed(&graph);
  }
  OpBuilder builder(graph, *op, name, Loc::current());
  for (const Operand& input : inputs) builder.input(input);
  for (const auto& [key, value] : attrs) builder.attr(key, value);
  return builder.output();
}

inline Output tile(const Output& x, const Operand& multiples) { return node(*x.graph(), "Tile", "", {x, multiples}); }
inline Output range(const Operand& start, const Output& limit, const Operand& step = 1) { return node(*limit.graph(), "Range", "range", {start, limit, step}); }
inline Output range(Graph& graph, int64_t start, int64_t limit) { return node(graph, "Range", "range", {start, limit, 1}); }
inline Output transpose(const Output& x, const Operand& perm, std::string_view name = "") {
  return node(*x.graph(), "Transpose", name.empty() ? "transpose" : name, {x, perm});
}
inline Output invert_permutation(const Output& p) { return node(*p.graph(), "InvertPermutation", "", {p}); }

inline Output bound(Graph& g, const Operand& at, std::string_view name) {
  if (at.output() != nullptr) return stack({at}, {.name = std::string(name)});
  return convert(at.literal()->tensor.reshaped(Shape{1}), &g, DType::kInt32, name);
}
// x[begin:end], as Python builds it; no value: from the start, to the end.
inline Output slice_of(const Output& x, const std::optional<Operand>& begin, const std::optional<Operand>& end, bool shrink = false) {
  Graph& g = *x.graph();
  const Scope scope = g.name_scope("strided_slice");
  const Output b = bound(g, begin.value_or(Operand(0)), "stack");
  const Output e = bound(g, end.value_or(Operand(0)), "stack_1");
  const Output s = convert({1}, &g, DType::kInt32, "stack_2");
  AttrMap attrs;
  attrs.set("begin_mask", static_cast<int64_t>(begin.has_value() ? 0 : 1));
  attrs.set("end_mask", static_cast<int64_t>(end.has_value() ? 0 : 1));
  attrs.set("shrink_axis_mask", static_cast<int64_t>(shrink ? 1 : 0));
  return node(g, "StridedSlice", scope.name(), {x, b, e, s}, attrs);
}
// x[i].
inline Output element(const Output& x, int i) { return slice_of(x, Operand(i), Operand(i + 1), true); }
inline Output element(const Output& x, const Output& i) {
  const Output next = i + 1;
  return slice_of(x, Operand(i), Operand(next), true);
}

}  // namespace weft::pending
