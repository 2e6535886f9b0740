// Gradients by rows, as IndexedSlices have them.
#pragma once

#include <utility>

#include "weft/ops/op_builder.h"

namespace weft {

// `values` and `indices` with the rows of each index added, so that no index stands twice.
std::pair<Output, Output> without_duplicates(const Output& values, const Output& indices);

// variable[indices[k]] += values[k], in order of k. TF op ResourceScatterAdd.
Operation add_rows(const Variable& variable, const Output& indices, const Output& values);

}  // namespace weft
