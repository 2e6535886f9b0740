// Elementwise ops: one input, two inputs with and without broadcasting, comparisons, selection.
#include "tests/ops/op_cases.h"

namespace weft {

namespace {

struct UnaryRow {
  std::string_view op;
  double low, high;  // away from kinks, poles and the domain's ends
  bool second_order = false;
};

constexpr UnaryRow kUnary[] = {
    {"Abs", -2.1, 1.9, true},       {"Acos", -0.8, 0.75, true},     {"Acosh", 1.2, 3, true},       {"Asin", -0.8, 0.75, true},
    {"Asinh", -2.1, 1.9, true},     {"Atan", -2.1, 1.9, true},      {"Atanh", -0.8, 0.75, true},   {"Conj", -2.1, 1.9, true},
    {"Cos", -2.1, 1.9, true},       {"Cosh", -2.1, 1.9, true},      {"Digamma", 0.5, 4, true},     {"Elu", -2.1, 1.9, true},
    {"Erf", -2.1, 1.9, true},       {"Erfc", -2.1, 1.9, true},      {"Exp", -2.1, 1.9, true},      {"Expm1", -2.1, 1.9, true},
    {"Inv", 0.5, 2.1, true},        {"Lgamma", 0.5, 4, true},       {"Log", 0.2, 3, true},         {"Log1p", -0.5, 3, true},
    {"Neg", -2.1, 1.9, true},       {"Reciprocal", 0.5, 2.1, true}, {"Relu", -2.1, 1.9, true},     {"Relu6", -2.1, 8.3, true},
    {"Rsqrt", 0.3, 3, true},        {"Selu", -2.1, 1.9, true},      {"Sigmoid", -2.1, 1.9, true},  {"Sign", -2.1, 1.9, true},
    {"Sin", -2.1, 1.9, true},       {"Sinh", -2.1, 1.9, true},      {"Softplus", -2.1, 1.9, true}, {"Softsign", -2.1, 1.9},
    {"Sqrt", 0.3, 3, true},         {"Square", -2.1, 1.9, true},    {"Tan", -1.1, 0.9, true},      {"Tanh", -2.1, 1.9, true},
    {"Identity", -2.1, 1.9, true},  {"IsFinite", -2.1, 1.9},        {"IsInf", -2.1, 1.9},          {"IsNan", -2.1, 1.9},
    {"LogicalNot", -2.1, 1.9},      {"OnesLike", -2.1, 1.9},        {"ZerosLike", -2.1, 1.9},      {"StopGradient", -2.1, 1.9},
    {"PreventGradient", -2.1, 1.9},
};

// No gradient flows through these, though they have gradient functions.
constexpr std::string_view kSteps[] = {"Ceil", "Floor", "Rint", "Round"};

// (y, dy) or (gradient, feature): the first ranges over `low`, `high`, the second over −2.1, 1.9.
constexpr UnaryRow kGradientOps[] = {
    {"InvGrad", 0.4, 2.1, true},     {"ReciprocalGrad", 0.4, 2.1, true}, {"RsqrtGrad", 0.4, 2.1, true}, {"SqrtGrad", 0.4, 2.1, true},
    {"SigmoidGrad", 0.1, 0.9, true}, {"TanhGrad", -0.8, 0.7, true},      {"EluGrad", -2.1, 1.9, true},  {"SeluGrad", -2.1, 1.9, true},
    {"ReluGrad", -2.1, 1.9, true},   {"Relu6Grad", -2.1, 1.9, true},     {"SoftplusGrad", -2.1, 1.9},   {"LeakyReluGrad", -2.1, 1.9, true},
    {"SoftsignGrad", -2.1, 1.9},
};

struct BinaryRow {
  std::string_view op;
  double x_low, x_high, y_low, y_high;
  std::vector<int> none = {};
  bool second_order = false;
};

std::vector<BinaryRow> binary_rows() {
  return {
      {.op = "Add", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9, .second_order = true},
      {.op = "AddV2", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9, .second_order = true},
      {.op = "Sub", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9, .second_order = true},
      {.op = "Mul", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9, .second_order = true},
      {.op = "MulNoNan", .x_low = -2.1, .x_high = 1.9, .y_low = 0.5, .y_high = 1.9, .second_order = true},
      {.op = "RealDiv", .x_low = -2.1, .x_high = 1.9, .y_low = 0.6, .y_high = 2.3, .second_order = true},
      {.op = "Div", .x_low = -2.1, .x_high = 1.9, .y_low = 0.6, .y_high = 2.3, .second_order = true},
      {.op = "DivNoNan", .x_low = -2.1, .x_high = 1.9, .y_low = 0.6, .y_high = 2.3, .second_order = true},
      {.op = "FloorDiv", .x_low = -5.1, .x_high = 4.9, .y_low = 0.6, .y_high = 2.3, .none = {0, 1}},
      {.op = "TruncateDiv", .x_low = -5.1, .x_high = 4.9, .y_low = 0.6, .y_high = 2.3},
      {.op = "FloorMod", .x_low = -5.1, .x_high = 4.87, .y_low = 0.61, .y_high = 2.3},
      {.op = "Mod", .x_low = -5.1, .x_high = 4.9, .y_low = 0.6, .y_high = 2.3},
      {.op = "TruncateMod", .x_low = -5.1, .x_high = 4.9, .y_low = 0.6, .y_high = 2.3},
      {.op = "Pow", .x_low = 0.4, .x_high = 2.1, .y_low = 0.3, .y_high = 1.9, .second_order = true},
      {.op = "Maximum", .x_low = -2.1, .x_high = 1.9, .y_low = -1.7, .y_high = 2.2, .second_order = true},
      {.op = "Minimum", .x_low = -2.1, .x_high = 1.9, .y_low = -1.7, .y_high = 2.2, .second_order = true},
      {.op = "SquaredDifference", .x_low = -2.1, .x_high = 1.9, .y_low = -1.7, .y_high = 2.2, .second_order = true},
      {.op = "Xdivy", .x_low = 0.4, .x_high = 1.9, .y_low = 0.6, .y_high = 2.3, .second_order = true},
      {.op = "Xlogy", .x_low = 0.4, .x_high = 1.9, .y_low = 0.6, .y_high = 2.3, .second_order = true},
      {.op = "Atan2", .x_low = 0.4, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9, .second_order = true},
      {.op = "Zeta", .x_low = 2.2, .x_high = 4, .y_low = 0.6, .y_high = 2.3, .none = {0}},
      {.op = "ApproximateEqual", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "Equal", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "NotEqual", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "Greater", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "GreaterEqual", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "Less", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "LessEqual", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "LogicalAnd", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
      {.op = "LogicalOr", .x_low = -2.1, .x_high = 1.9, .y_low = -2.1, .y_high = 1.9},
  };
}

// Equal shapes, a row, crossing, a scalar on either side, nothing.
const std::vector<std::pair<Shape, Shape>>& broadcasts() {
  static const auto& all = *new std::vector<std::pair<Shape, Shape>>{{{2, 3}, {2, 3}}, {{2, 3}, {3}},       {{2, 1}, {1, 3}}, {{}, {3}},
                                                                     {{4}, {}},        {{2, 1, 2}, {3, 1}}, {{0, 3}, {3}}};
  return all;
}

void add_unary(std::vector<OpCase>& cases) {
  for (const UnaryRow& row : kUnary) {
    for (const Shape& shape : {Shape{2, 3}, Shape{}, Shape{0}}) {
      cases.push_back({.op = row.op,
                       .inputs = {spread(shape, row.low, row.high)},
                       .second_order = row.second_order && shape.num_elements() > 0,
                       .complex = row.op != "Sign"});  // the gradient of Sign is 0, which holds for real numbers alone
    }
  }
  for (const std::string_view op : kSteps) cases.push_back({.op = op, .inputs = {spread({2, 3}, -2.1, 1.9)}, .none = {0}});
  for (const UnaryRow& row : kGradientOps) {
    const bool gradient_first = row.low == -2.1;
    CaseInput first = spread({2, 3}, row.low, row.high), second = spread({2, 3}, gradient_first ? -1.3 : -2.1, 1.9);
    cases.push_back({.op = row.op, .inputs = {std::move(first), std::move(second)}, .second_order = row.second_order});
  }
}

void add_binary(std::vector<OpCase>& cases) {
  for (const BinaryRow& row : binary_rows()) {
    for (const auto& [x, y] : broadcasts()) {
      if (row.op == "ApproximateEqual" && !(x == y)) continue;
      if (row.op == "Atan2" && !(x == y)) continue;  // TensorFlow's gradient takes no broadcasting into account
      // TensorFlow's formulas for these are meant for real numbers: nothing is conjugated.
      const bool complex = row.op != "SquaredDifference" && row.op != "MulNoNan" && row.op != "Xdivy" && row.op != "Xlogy";
      cases.push_back({.op = row.op,
                       .inputs = {spread(x, row.x_low, row.x_high), spread(y, row.y_low, row.y_high)},
                       .none = row.none,
                       .second_order = row.second_order && x == y,
                       .complex = complex});
    }
  }
  cases.push_back({.op = "Polygamma", .inputs = {values({3}, {1, 2, 3}), spread({3}, 0.8, 3)}, .none = {0}});
  // What lies where a formula takes another branch. Differences by y would cross a pole, so y is a constant.
  cases.push_back({.op = "DivNoNan", .inputs = {spread({3}, 0.5, 2), fixed({3}, {0, 0, 0})}});
}

void add_select(std::vector<OpCase>& cases) {
  const CaseInput a = spread({2, 3}, -2.1, 1.9), b = spread({2, 3}, -1.3, 2.4);
  cases.push_back({.op = "Select", .inputs = {fixed({2, 3}, {1, 0, 0, 1, 1, 0}), a, b}, .second_order = true});
  cases.push_back({.op = "Select", .inputs = {fixed({2}, {1, 0}), a, b}, .second_order = true});
  cases.push_back({.op = "Select", .inputs = {fixed(1), a, b}, .second_order = true});
  cases.push_back({.op = "SelectV2", .inputs = {fixed({2, 3}, {1, 0, 0, 1, 1, 0}), a, b}, .second_order = true});
  cases.push_back({.op = "SelectV2", .inputs = {fixed({2, 1}, {1, 0}), spread({3}, -2.1, 1.9), b}, .second_order = true});
  cases.push_back({.op = "SelectV2", .inputs = {fixed(0), spread({3}, -2.1, 1.9), spread({}, 1, 2)}, .second_order = true});
}

// From every number to every number; text to itself.
void add_casts(std::vector<OpCase>& cases) {
  constexpr DTypeSet kNumbers = kNumberTypes | kQuantizedTypes | DType::kBool;
  constexpr DTypeSet kDifferentiable = {DType::kFloat32, DType::kFloat64, DType::kComplex64, DType::kComplex128};
  const auto add = [&](DType from, DType to) {
    const bool differentiable = kDifferentiable.contains(from) && kDifferentiable.contains(to);
    cases.push_back({.op = "Cast",
                     .inputs = {spread({2, 3}, -2.1, 1.9)},
                     .attrs = {{"SrcT", from}, {"DstT", to}},
                     .second_order = differentiable,
                     .differentiable = differentiable});
  };
  kNumbers.for_each([&](DType from) { kNumbers.for_each([&](DType to) { add(from, to); }); });
  add(DType::kString, DType::kString);
}

}  // namespace

std::vector<OpCase> elementwise_cases() {
  std::vector<OpCase> cases;
  add_unary(cases);
  add_binary(cases);
  add_select(cases);
  for (const double alpha : {0.2, 0.0})
    cases.push_back({.op = "LeakyRelu", .inputs = {spread({2, 3}, -2.1, 1.9)}, .attrs = {{"alpha", alpha}}, .second_order = true});
  add_casts(cases);
  cases.push_back({.op = "CheckNumerics", .inputs = {spread({2, 3}, -2.1, 1.9)}, .attrs = {{"message", "here"}}, .second_order = true});
  return cases;
}

}  // namespace weft
