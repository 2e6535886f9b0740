// Operations on truth values: LogicalAnd, LogicalOr, LogicalNot.
#include "src/ops/math_op.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

constexpr NotDifferentiable kLogical{"truth values have no derivative"};

struct AndFn {
  static bool apply(bool x, bool y) { return x & y; }
};
struct OrFn {
  static bool apply(bool x, bool y) { return x | y; }
};
struct NotFn {
  static bool apply(bool x) { return !x; }
};

template <typename F> OpDef logical_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"x", DType::kBool}, {"y", DType::kBool}},
          .outputs = {{"z", DType::kBool}},
          .is_commutative = true,
          .shape = broadcast_shape,
          .kernels = {{.make = [](const KernelInit& init) -> absl::StatusOr<Kernel> { return binary_kernel(init, binary_loop<F, bool>(1)); }}},
          .gradient = kLogical};
}

}  // namespace

// LogicalAnd: x and y.
const OpDef& logical_and_op() {
  static const OpDef& op = *new OpDef(logical_op<AndFn>("LogicalAnd"));
  return op;
}

// LogicalOr: x or y.
const OpDef& logical_or_op() {
  static const OpDef& op = *new OpDef(logical_op<OrFn>("LogicalOr"));
  return op;
}

// LogicalNot: not x.
const OpDef& logical_not_op() {
  static const OpDef& op = *new OpDef{
      .name = "LogicalNot",
      .inputs = {{"x", DType::kBool}},
      .outputs = {{"y", DType::kBool}},
      .shape = unchanged_shape,
      .kernels = {{.make = [](const KernelInit& init) -> absl::StatusOr<Kernel> { return unary_kernel(init, unary_loop<NotFn, bool>(1)); }}},
      .gradient = kLogical};
  return op;
}

OpList logical_ops() { return {&logical_and_op(), &logical_or_op(), &logical_not_op()}; }

Output logical_and(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(logical_and_op(), x, y, name, where); }
Output logical_or(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(logical_or_op(), x, y, name, where); }
Output logical_not(const Operand& x, std::string_view name, Loc where) { return build_unary(logical_not_op(), x, name, where); }

Output logical_xor(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  Graph* graph = graph_of({&x, &y});
  if (graph == nullptr) return Output();
  const Scope lines = graph->location_scope(where);
  const Output either = logical_or(x, y);
  const Output both = logical_and(x, y);
  return logical_and(either, logical_not(both), name.empty() ? "LogicalXor" : name);
}

}  // namespace weft
