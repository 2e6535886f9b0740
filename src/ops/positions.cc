#include "src/ops/positions.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace weft {

namespace {

// The first element outside [0, limit); -1 when there is none. Two passes: the first, without branches, is vectorised.
template <typename I> int64_t first_outside(const I* indices, int64_t count, int64_t limit) {
  using U = std::make_unsigned_t<I>;
  constexpr auto kMax = static_cast<int64_t>(std::numeric_limits<I>::max());
  U largest = 0;
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, static_cast<U>(indices[i]));
  if (count == 0 || (largest <= static_cast<U>(kMax) && static_cast<int64_t>(largest) < limit)) return -1;
  for (int64_t i = 0; i < count; ++i) {
    if (indices[i] < 0 || static_cast<int64_t>(indices[i]) >= limit) return i;
  }
  return -1;
}

}  // namespace

absl::Status check_indices(const Tensor& indices, int64_t limit, std::string_view name) {
  const int64_t count = indices.num_elements();
  const int64_t bad =
      indices.holds<int32_t>() ? first_outside(indices.data<int32_t>(), count, limit) : first_outside(indices.data<int64_t>(), count, limit);
  if (bad < 0) return absl::OkStatus();
  return invalid_argument(name, position_text(indices.shape(), bad), " = ", index_at(indices, bad), " is not in [0, ", limit, ")");
}

absl::StatusOr<int> wrap_axis(int64_t axis, int rank, std::string_view what) {
  if (axis < -rank || axis >= rank) return invalid_argument("Expected ", what, " in the range [", -rank, ", ", rank, "), but got ", axis);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

bool starts_with(const Shape& shape, const Shape& prefix) {
  if (shape.rank() < prefix.rank()) return false;
  return std::equal(prefix.dims().begin(), prefix.dims().end(), shape.dims().begin());
}

}  // namespace weft
