#include "src/train/sparse_gradient.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {

std::pair<Output, Output> without_duplicates(const Output& values, const Output& indices) {
  const UniqueResult distinct = unique(indices);
  const Output count = strided_slice(shape(distinct.y), {0});
  return {unsorted_segment_sum(values, distinct.idx, count), distinct.y};
}

Operation add_rows(const Variable& variable, const Output& indices, const Output& values) {
  return OpBuilder(*variable.graph(), resource_scatter_add_op(), "", Loc::current())
      .input(variable.handle())
      .input(indices)
      .input(values)
      .operation();
}

}  // namespace weft
