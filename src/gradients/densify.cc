#include "weft/gradients/gradients.h"

namespace weft {

Output densify(const IndexedSlices& slices, std::string_view name, Loc where) {
  if (!slices.values || !slices.indices) return Output::failed(slices.values.graph());
  if (!slices.dense_shape) {
    slices.values.graph()->add_error(invalid_argument("Tensor conversion requested for IndexedSlices without dense_shape: values ", slices.values.describe(),
                                                      ", indices ", slices.indices.describe()),
                                     where);
    return Output::failed(slices.values.graph());
  }
  static_cast<void>(name);
  slices.values.graph()->add_error(unimplemented("no op here makes IndexedSlices dense: ", slices.values.describe()), where);
  return Output::failed(slices.values.graph());
}

}  // namespace weft
