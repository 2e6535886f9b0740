#include "src/ops/strided_slice_spec.h"

#include <algorithm>

namespace weft {

namespace {

constexpr int kNewAxis = -1;

// One dimension of x as the specification names it.
struct Entry {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t stride = 1;
  bool begin_masked = true;
  bool end_masked = true;
  bool shrinks = false;
};

// The specification with its ellipsis written out: an entry for each dimension of x, and where each dimension of the result comes from.
struct Dense {
  absl::InlinedVector<Entry, 4> entries;
  absl::InlinedVector<int, 6> result_from;  // a dimension of x, or kNewAxis
};

bool bit(uint64_t mask, int i) { return (mask >> i & 1) != 0; }

absl::StatusOr<Dense> dense_spec(const std::optional<Dims>& begin, const std::optional<Dims>& end, const Dims& strides, SliceMasks masks, int rank) {
  auto given = static_cast<int>(strides.size());
  int new_axes_after_ellipsis = 0;
  bool ellipsis_seen = false;
  for (int i = 0; i < given; ++i) {
    if (ellipsis_seen && bit(masks.new_axis, i)) ++new_axes_after_ellipsis;
    if (bit(masks.ellipsis, i)) ellipsis_seen = true;
  }
  if (!ellipsis_seen) masks.ellipsis |= uint64_t{1} << given++;  // x[i] is x[i, …]
  Dense dense;
  for (int i = 0; i < given; ++i) {
    auto next = static_cast<int>(dense.entries.size());
    if (bit(masks.ellipsis, i)) {
      const int until = std::min(rank - (given - i) + 1 + new_axes_after_ellipsis, rank);
      for (; next < until; ++next) {
        dense.entries.emplace_back();
        dense.result_from.push_back(next);
      }
    } else if (bit(masks.new_axis, i)) {
      dense.result_from.push_back(kNewAxis);
    } else {
      if (next == rank) return invalid_argument("Index out of range using input dim ", next, "; input has only ", rank, " dims");
      const auto at = static_cast<size_t>(i);
      dense.entries.push_back({.begin = begin.has_value() ? (*begin)[at] : 0,
                               .end = end.has_value() ? (*end)[at] : 0,
                               .stride = strides[at],
                               .begin_masked = bit(masks.begin, i),
                               .end_masked = bit(masks.end, i),
                               .shrinks = bit(masks.shrink_axis, i)});
      if (!dense.entries.back().shrinks) dense.result_from.push_back(next);
    }
  }
  while (static_cast<int>(dense.entries.size()) < rank) dense.entries.emplace_back();
  return dense;
}

// An index as Python reads it: negative from the end, clamped to the dimension.
int64_t canonical(int64_t index, bool masked, bool is_end, int64_t stride, int64_t dim) {
  const int64_t low = stride > 0 ? 0 : -1;
  const int64_t high = stride > 0 ? dim : dim - 1;
  if (masked) return is_end == (stride > 0) ? high : low;
  return std::clamp(index < 0 ? dim + index : index, low, high);
}

// How many indices lie in [begin, end) by `stride`.
int64_t count(int64_t begin, int64_t end, int64_t stride) {
  const int64_t length = end - begin;
  if (length == 0 || (length < 0) != (stride < 0)) return 0;
  return length / stride + (length % stride != 0 ? 1 : 0);
}

// The size of dimension `i` after slicing, kUnknownDim where that is not known; makes entry.begin an index inside it.
absl::StatusOr<int64_t> sliced_size(Entry& entry, int i, int64_t dim, bool known) {
  if (entry.stride == 0) return invalid_argument("strides[", i, "] must be non-zero");
  if (dim < 0) return entry.shrinks ? 1 : kUnknownDim;
  if (entry.shrinks && entry.stride <= 0) return invalid_argument("only stride 1 allowed on non-range indexing.");
  if (entry.shrinks) {
    if (!known) return 1;
    if (entry.begin < 0) entry.begin += dim;
    if (entry.begin < 0 || entry.begin >= dim) return invalid_argument("slice index ", entry.begin, " of dimension ", i, " out of bounds.");
    return 1;
  }
  if (!known && !(entry.begin_masked && entry.end_masked)) return kUnknownDim;
  entry.begin = canonical(entry.begin, entry.begin_masked, false, entry.stride, dim);
  entry.end = canonical(entry.end, entry.end_masked, true, entry.stride, dim);
  return count(entry.begin, entry.end, entry.stride);
}

}  // namespace

SliceMasks::SliceMasks(const AttrMap& attrs) {
  const auto mask = [&](std::string_view name) { return static_cast<uint64_t>(attrs.get<int64_t>(name)) & 0xffffffffu; };
  begin = mask("begin_mask");
  end = mask("end_mask");
  ellipsis = mask("ellipsis_mask");
  new_axis = mask("new_axis_mask");
  shrink_axis = mask("shrink_axis_mask");
}

absl::StatusOr<SliceSpec> slice_spec(const std::optional<Dims>& begin, const std::optional<Dims>& end, const Dims& strides, const SliceMasks& masks,
                                     const PartialShape& x) {
  if ((begin.has_value() && begin->size() != strides.size()) || (end.has_value() && end->size() != strides.size()) || strides.size() >= 32) {
    return invalid_argument("Expected begin, end, and strides to be 1D equal size tensors of fewer than 32 elements, but got sizes ",
                            begin.has_value() ? static_cast<int64_t>(begin->size()) : -1, ", ",
                            end.has_value() ? static_cast<int64_t>(end->size()) : -1, ", and ", strides.size(), " instead.");
  }
  if ((masks.ellipsis & (masks.ellipsis - 1)) != 0) return invalid_argument("Multiple ellipses in slice spec not allowed");
  SliceSpec spec;
  if (!x.known_rank()) return spec;
  WEFT_ASSIGN_OR_RETURN(Dense dense, dense_spec(begin, end, strides, masks, x.rank()));
  spec.processed = PartialShape::scalar();
  spec.result = PartialShape::scalar();
  for (int i = 0; i < x.rank(); ++i) {
    Entry& entry = dense.entries[static_cast<size_t>(i)];
    WEFT_ASSIGN_OR_RETURN(const int64_t size, sliced_size(entry, i, x.dim(i), begin.has_value() && end.has_value()));
    spec.begin.push_back(entry.begin);
    spec.strides.push_back(entry.stride);
    spec.processed.add_dim(size);
  }
  for (const int from : dense.result_from) spec.result.add_dim(from == kNewAxis ? 1 : spec.processed.dim(from));
  return spec;
}

}  // namespace weft
