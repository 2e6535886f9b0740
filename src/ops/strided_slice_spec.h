// What x[begin:end:stride, …, newaxis, i] means for a given x: the part shared by StridedSlice's shape function and its kernels.
#pragma once

#include <cstdint>
#include <optional>

#include "weft/graph/attr_value.h"
#include "weft/tensor/shape.h"

namespace weft {

// A bit for each entry of the specification.
struct SliceMasks {
  uint64_t begin = 0;        // this entry's begin is left out
  uint64_t end = 0;          // this entry's end is left out
  uint64_t ellipsis = 0;     // this entry stands for all dimensions not named
  uint64_t new_axis = 0;     // this entry is a new dimension of size 1
  uint64_t shrink_axis = 0;  // this entry is one index: its dimension goes

  explicit SliceMasks(const AttrMap& attrs);
};

// One entry for each dimension of x.
struct SliceSpec {
  Dims begin;              // first index, inside the dimension
  Dims strides;            // not zero
  PartialShape processed;  // sizes before dimensions go and come
  PartialShape result;
};

// `begin` and `end` may be unknown while building; unknown dimensions of x stay unknown. InvalidArgument, with TensorFlow's texts, for
// entries that do not fit x.
absl::StatusOr<SliceSpec> slice_spec(const std::optional<Dims>& begin, const std::optional<Dims>& end, const Dims& strides, const SliceMasks& masks,
                                     const PartialShape& x);

}  // namespace weft
