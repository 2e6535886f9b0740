// The table of op cases: for each op, nodes with small inputs that are valid in every dtype the op has a kernel for. The gradient
// checks and the kernel coverage test both run over it, so an op added to the registry needs a row here and gets both.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/graph/attr_value.h"
#include "weft/tensor/tensor.h"

namespace weft {

// An input as numbers; it becomes a tensor of the dtype that its argument has in a run. A resource argument is a variable that holds
// the numbers.
struct CaseInput {
  Shape shape;
  std::vector<double> values;
  bool fixed = false;  // indices, axes, sizes: known while the graph is built, never made larger
};

// Numbers evenly spread over (low, high), in an order that is neither rising nor falling; no two are equal.
CaseInput spread(Shape shape, double low, double high);
CaseInput values(Shape shape, std::vector<double> numbers);
CaseInput fixed(Shape shape, std::vector<double> numbers);
inline CaseInput fixed(double scalar) { return fixed(Shape{}, {scalar}); }

using Ints = std::vector<int64_t>;

struct CaseAttr {
  CaseAttr(std::string_view n, int v) : name(n), value(int64_t{v}) {}
  CaseAttr(std::string_view n, bool v) : name(n), value(v) {}
  CaseAttr(std::string_view n, double v) : name(n), value(static_cast<float>(v)) {}
  CaseAttr(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  CaseAttr(std::string_view n, DType v) : name(n), value(v) {}
  CaseAttr(std::string_view n, Ints v) : name(n), value(std::move(v)) {}
  CaseAttr(std::string_view n, PartialShape v) : name(n), value(std::move(v)) {}
  CaseAttr(std::string_view n, std::vector<DType> v) : name(n), value(std::move(v)) {}
  std::string_view name;
  AttrValue value;
};

struct OpCase {
  std::string_view op;
  std::vector<CaseInput> inputs;
  std::vector<CaseAttr> attrs = {};
  std::vector<int> none = {};         // inputs of floating type that get no gradient
  std::vector<int> outputs = {};      // whose gradient is checked; empty: all
  bool second_order = false;          // the gradient is differentiated and checked once more
  bool known_shapes = false;          // the gradient needs shapes that are known while the graph is built
  bool differentiable = true;         // false: TensorFlow's gradient fails, or no difference can be taken
  std::vector<int> ignored = {};      // inputs whose gradient has no meaning: not looked at
  bool large = false;                 // enough work for several threads: run for that alone
  std::vector<int> misinferred = {};  // outputs for which TensorFlow's shape function says what its kernel does not keep
  bool complex = true;                // the gradient is checked for complex numbers too, where there is a kernel for them
};

const std::vector<OpCase>& op_cases();

// The rows of one op, for a test each.
struct OpRows {
  std::string_view op;
  std::vector<const OpCase*> rows;
};
std::vector<OpRows> rows_by_op();
inline void PrintTo(const OpRows& rows, std::ostream* out) { *out << rows.op; }

// The families it is made of.
std::vector<OpCase> elementwise_cases();
std::vector<OpCase> math_cases();
std::vector<OpCase> array_cases();
std::vector<OpCase> nn_cases();
std::vector<OpCase> state_cases();
std::vector<OpCase> random_cases();
std::vector<OpCase> large_cases();

}  // namespace weft
