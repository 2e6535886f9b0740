// The arguments of gradients() and of a tape's gradient() as tensors of one graph.
#pragma once

#include <string_view>
#include <vector>

#include "weft/gradients/gradients.h"

namespace weft {

// The graph of the first operand that has one; null when none has.
Graph* graph_of(const OperandList& operands);

// Whether every operand is a tensor or a variable of `graph`. What is not is recorded as an error that names it as the k-th of `list`;
// operands that failed before are not reported again.
bool belong_to(Graph& graph, const OperandList& operands, std::string_view list, Location call);

// What gradients are taken by: of a variable its handle.
std::vector<Output> differentiation_targets(const OperandList& xs);

// Zeros like `x`, or like the variable whose handle it is; with `optimize` a constant where the shape is known while building.
Output zeros_like_value(const Output& x, bool optimize = true);

// `count` absent gradients: the graph holds the error.
std::vector<Gradient> failed_gradients(size_t count);

}  // namespace weft
