// summarize_value(): the first elements of a tensor on one line, as TensorFlow's Assert and Print write them.
#pragma once

#include <string>

#include "weft/tensor/tensor.h"

namespace weft {

// "1 2 3...", "[1 2][3...]..."; at most `limit` elements, all of them when it is negative.
std::string summarize_value(const Tensor& tensor, int64_t limit);

}  // namespace weft
