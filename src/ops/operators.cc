#include "weft/ops/operators.h"

#include <array>
#include <string_view>

#include "weft/ops/math_ops.h"

namespace weft {

namespace {

using BuildFn = Output (*)(const Operand&, const Operand&, std::string_view, Loc);

Output add_any(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  const bool strings = x.dtype() == DType::kString || y.dtype() == DType::kString;  // AddV2 knows no strings
  return strings ? add(x, y, name, where) : add_v2(x, y, name, where);
}

struct OperatorRow {
  std::string_view scope;
  BuildFn build;
};

// In the order of BinaryOperator.
constexpr std::array<OperatorRow, 10> kOperators = {{
    {"add", add_any},
    {"sub", subtract},
    {"mul", multiply},
    {"truediv", truediv},
    {"mod", floormod},
    {"pow", pow},
    {"Less", less},
    {"LessEqual", less_equal},
    {"Greater", greater},
    {"GreaterEqual", greater_equal},
}};

// A variable as the operator's self is read before the operator's scope, as TensorFlow's Variable class does.
Operand self_value(const TensorOperand& self) {
  if (self.variable() == nullptr || !*self.variable()) return self;
  return Operand(self.variable()->value(self.location()), self.location());
}

}  // namespace

Output apply_operator(BinaryOperator op, const TensorOperand& x, const Operand& y) {
  const OperatorRow& row = kOperators[static_cast<size_t>(op)];
  return row.build(self_value(x), y, row.scope, x.location());
}

Output apply_reversed_operator(BinaryOperator op, const LiteralOperand& x, const TensorOperand& y) {
  const OperatorRow& row = kOperators[static_cast<size_t>(op)];
  return row.build(x, self_value(y), row.scope, y.location());
}

Output operator-(const TensorOperand& x) { return negative(self_value(x), "", x.location()); }

}  // namespace weft
