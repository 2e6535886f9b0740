#include "tests/ops/op_cases.h"

#include <map>

namespace weft {

CaseInput spread(Shape shape, double low, double high) {
  const int64_t n = shape.num_elements();
  // A step that shares no divisor with n visits every place once.
  int64_t step = n / 2 + 1;
  const auto divides = [&](int64_t d) { return n % d == 0 && step % d == 0; };
  for (bool shared = true; shared && n > 2;) {
    shared = false;
    for (int64_t d = 2; d <= step && !shared; ++d) shared = divides(d);
    if (shared) ++step;
  }
  CaseInput input{.shape = std::move(shape), .values = {}};
  for (int64_t k = 0; k < n; ++k) input.values.push_back(low + (high - low) * (static_cast<double>(k * step % n) + 0.5) / static_cast<double>(n));
  return input;
}

CaseInput values(Shape shape, std::vector<double> numbers) { return {.shape = std::move(shape), .values = std::move(numbers)}; }
CaseInput fixed(Shape shape, std::vector<double> numbers) { return {.shape = std::move(shape), .values = std::move(numbers), .fixed = true}; }

const std::vector<OpCase>& op_cases() {
  static const auto& cases = *[] {
    auto* all = new std::vector<OpCase>;
    for (const auto& family : {elementwise_cases(), math_cases(), array_cases(), nn_cases(), state_cases(), random_cases(), large_cases()}) {
      all->insert(all->end(), family.begin(), family.end());
    }
    return all;
  }();
  return cases;
}

std::vector<OpRows> rows_by_op() {
  std::map<std::string_view, std::vector<const OpCase*>> by_op;
  for (const OpCase& row : op_cases()) by_op[row.op].push_back(&row);
  std::vector<OpRows> all;
  for (auto& [op, rows] : by_op) all.push_back({op, std::move(rows)});
  return all;
}

}  // namespace weft
