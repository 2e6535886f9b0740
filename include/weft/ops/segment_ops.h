// Reductions over groups of slices that a vector of group numbers names.
//
//   segment_sum([[1, 2], [3, 4], [5, 6]], [0, 0, 1])                 // [[4, 6], [5, 6]]
//   unsorted_segment_sum([1, 2, 3], [2, 0, 2], 4)                    // [2, 0, 4, 0]
#pragma once

#include <string_view>

#include "weft/ops/op_builder.h"

namespace weft {

// `segment_ids`, int32 or int64 [n], gives the group of each slice data[i] and does not decrease; the result has
// segment_ids[n-1] + 1 slices, 0 (for prod 1) in those that no slice belongs to. InvalidArgument for ids that decrease or are
// negative. Gradients: gathered; of max and min shared equally by what attains it; of prod none. TF ops SegmentSum, …
Output segment_sum(const Operand& data, const Operand& segment_ids, std::string_view name = "", Loc where = Loc::current());
Output segment_mean(const Operand& data, const Operand& segment_ids, std::string_view name = "", Loc where = Loc::current());
Output segment_prod(const Operand& data, const Operand& segment_ids, std::string_view name = "", Loc where = Loc::current());
Output segment_max(const Operand& data, const Operand& segment_ids, std::string_view name = "", Loc where = Loc::current());
Output segment_min(const Operand& data, const Operand& segment_ids, std::string_view name = "", Loc where = Loc::current());

// `segment_ids` is any tensor whose shape begins data's, in any order; the result has `num_segments` slices. Negative ids are dropped;
// InvalidArgument for ids of num_segments or more. Groups without a slice are 0 (sum), 1 (prod), or the type's lowest (max) and highest
// (min) finite value. Slices are added in order. Gradients: gathered, 0 where the id is negative. TF ops UnsortedSegmentSum, …
Output unsorted_segment_sum(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                            Loc where = Loc::current());
Output unsorted_segment_prod(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                             Loc where = Loc::current());
Output unsorted_segment_max(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                            Loc where = Loc::current());
Output unsorted_segment_min(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                            Loc where = Loc::current());
// The sum over the count, and over its square root; an empty group counts as one element. The ranks must be known.
Output unsorted_segment_mean(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                             Loc where = Loc::current());
Output unsorted_segment_sqrt_n(const Operand& data, const Operand& segment_ids, const Operand& num_segments, std::string_view name = "",
                               Loc where = Loc::current());

}  // namespace weft
