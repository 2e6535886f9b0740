// CaseGraph: a row of the table of op cases as a graph with one node of that op.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/ops/op_cases.h"
#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"

namespace weft {

// The numbers in a dtype: integers are rounded away from zero, complex numbers get half the number as imaginary part, text is the
// number's decimal form.
Tensor case_tensor(const CaseInput& input, DType dtype);

// Type attributes that the case leaves open: double where it is allowed and there is a kernel for it, else float, else the default.
AttrMap preferred_types(const OpDef& op, const OpCase& c);
// Attributes as find_kernel wants them.
AttrMap case_attrs(const OpCase& c, const AttrMap& types);
// The open type attributes of `op`, with the dtypes they may have here (no handles, no variants).
std::vector<std::pair<std::string_view, DTypeSet>> open_types(const OpDef& op, const OpCase& c);

// Which inputs are constants of the graph and which are fed, with shapes known or not while the graph is built.
enum class Feeding { kKnownShapes, kUnknownShapes, kEverythingUnknown };

struct CaseGraph {
  std::unique_ptr<Graph> graph;
  Operation op;
  std::vector<Output> inputs;  // as the op takes them; handles of variables among them
  std::vector<Output> fed;     // placeholders, one for each input that is no constant; a variable's is that of its initial value
  std::vector<int> input_of;   // by placeholder
  std::vector<Tensor> values;  // for them
  std::vector<Operation> initializers;
  std::vector<Output> variables;  // reads of them

  static absl::StatusOr<CaseGraph> build(const OpDef& op, const OpCase& c, const AttrMap& types, Feeding feeding);
};

// "Sum #3 (T=float64)"
std::string describe(const OpCase& c, const AttrMap& types);

}  // namespace weft
