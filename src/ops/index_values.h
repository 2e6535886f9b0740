// Integer inputs of kernels: axes, sizes, permutations, which may be int32 or int64.
#pragma once

#include "weft/tensor/tensor.h"

namespace weft {

// The elements of an int32 or int64 tensor; empty for other dtypes. Up to four of them without an allocation.
inline Dims index_values(const Tensor& tensor) {
  if (tensor.holds<int32_t>()) return Dims(tensor.data<int32_t>(), tensor.data<int32_t>() + tensor.num_elements());
  if (tensor.holds<int64_t>()) return Dims(tensor.data<int64_t>(), tensor.data<int64_t>() + tensor.num_elements());
  return {};
}

}  // namespace weft
