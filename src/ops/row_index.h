// Integer index tensors, int32 or int64, that name rows or slices of another tensor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weft/tensor/tensor.h"

namespace weft {

inline int64_t index_at(const Tensor& indices, int64_t i) {
  return indices.dtype() == DType::kInt32 ? indices.data<int32_t>()[i] : indices.data<int64_t>()[i];
}

inline int64_t product(absl::Span<const int64_t> dims) {
  int64_t n = 1;
  for (const int64_t d : dims) n *= d;
  return n;
}

// "[1,2]": where element `i` of a tensor of shape `shape` stands; "" for a scalar.
std::string position_text(const Shape& shape, int64_t i);

// Every index in [0, rows), else "indices[1,2] = 7 is not in [0, 5)".
absl::Status check_rows(const Tensor& indices, int64_t rows);

// The slices of `params` that the rows of `indices`, each of `depth` numbers, name, counted from the start. `outer` is the shape of the
// rows. The error names the first row that leads outside: "indices[0] = [0, 5] does not index into WHAT [2,2]".
absl::Status slice_numbers(const Tensor& indices, const Shape& outer, int64_t depth, const Shape& params, std::string_view what,
                           std::vector<int64_t>& slices);

}  // namespace weft
