// The value of a tensor as TensorFlow's Python finds it while it builds a graph.
#pragma once

#include "weft/graph/output.h"
#include "weft/tensor/tensor.h"

namespace weft {

// The constant value of `value`, as constant_value() finds it, but only where TensorFlow's Python would find it too: gradients and
// builders choose between short and general forms by it, and so do ours, to make the same nodes. Null when it is not known.
const Tensor* python_constant(const Output& value);

}  // namespace weft
