#include "src/ops/reduction.h"

namespace weft {

absl::StatusOr<ReductionPlan> ReductionPlan::make(const Shape& shape, const Tensor& axes, bool keep_dims) {
  const int rank = shape.rank();
  absl::InlinedVector<bool, 8> reduced(static_cast<size_t>(rank), false);
  for (int64_t i = 0; i < axes.num_elements(); ++i) {
    const int64_t axis = index_at(axes, i);
    if (axis < -rank || axis >= rank) return invalid_argument("Invalid reduction dimension (", axis, " for input with ", rank, " dimension(s)");
    reduced[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;  // named twice counts once, as in TensorFlow
  }
  ReductionPlan plan;
  for (int i = 0; i < rank; ++i) {
    const bool reduce = reduced[static_cast<size_t>(i)];
    const int64_t size = shape.dim(i);
    if (!reduce) plan.output.add_dim(size);
    if (reduce && keep_dims) plan.output.add_dim(1);
    // An empty input may have any other dimensions, so that products can overflow; nobody looks at them then.
    if (reduce && __builtin_mul_overflow(plan.reduced_count, size, &plan.reduced_count)) plan.reduced_count = Shape::kTooManyElements;
    if (size == 1) continue;
    if (!plan.groups.empty() && plan.groups.back().reduced == reduce) {
      if (__builtin_mul_overflow(plan.groups.back().size, size, &plan.groups.back().size)) plan.groups.back().size = Shape::kTooManyElements;
    } else {
      plan.groups.push_back({size, reduce});
    }
  }
  return plan;
}

}  // namespace weft
