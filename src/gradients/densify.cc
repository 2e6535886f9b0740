#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {

Output densify(const IndexedSlices& slices, std::string_view name, Loc where) {
  if (!slices.values || !slices.indices) return Output::failed(slices.values.graph());
  if (!slices.dense_shape) {
    slices.values.graph()->add_error(invalid_argument("Tensor conversion requested for IndexedSlices without dense_shape: values ",
                                                      slices.values.describe(), ", indices ", slices.indices.describe()),
                                     where);
    return Output::failed(slices.values.graph());
  }
  const Output rows = strided_slice(slices.dense_shape, {0}, "", where);
  return unsorted_segment_sum(slices.values, slices.indices, rows, name, where);
}

}  // namespace weft
