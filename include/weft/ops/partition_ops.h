// Taking a tensor apart by labels and joining it again; sets of values.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "weft/ops/op_builder.h"

namespace weft {

// Part p holds the slices of `data` whose label in `partitions` (int32, a prefix of data's shape) is p, in order. InvalidArgument for
// a label outside [0, num_partitions). Gradient: stitched back. TF op DynamicPartition.
std::vector<Output> dynamic_partition(const Operand& data, const Operand& partitions, int64_t num_partitions, std::string_view name = "",
                                      Loc where = Loc::current());

// merged[indices[m][i]] = data[m][i]; the last one wins. Rows that no index names are zero. The inverse of dynamic_partition.
// Gradient: gathered. TF op DynamicStitch.
Output dynamic_stitch(absl::Span<const Operand> indices, absl::Span<const Operand> data, std::string_view name = "", Loc where = Loc::current());
Output dynamic_stitch(absl::Span<const Output> indices, absl::Span<const Output> data, std::string_view name = "", Loc where = Loc::current());
Output dynamic_stitch(std::initializer_list<Operand> indices, std::initializer_list<Operand> data, std::string_view name = "",
                      Loc where = Loc::current());
// The same where TensorFlow promises no order for repeated indices; here the last one wins too. TF op ParallelDynamicStitch.
Output parallel_dynamic_stitch(absl::Span<const Output> indices, absl::Span<const Output> data, std::string_view name = "",
                               Loc where = Loc::current());

struct UniqueOptions {
  DType out_idx = DType::kInt32;  // of the indices and counts; or kInt64
  std::string name = {};          // "Unique", "UniqueWithCounts", "ListDiff"
};
struct UniqueResult {
  Output y;      // the different values, in order of first appearance
  Output idx;    // x[i] = y[idx[i]]
  Output count;  // how often each occurs; empty from unique()
};
// The different elements of a vector. TF ops Unique, UniqueWithCounts. No gradient.
UniqueResult unique(const Operand& x, UniqueOptions options = {}, Loc where = Loc::current());
UniqueResult unique_with_counts(const Operand& x, UniqueOptions options = {}, Loc where = Loc::current());

struct SetDifference {
  Output out;  // the elements of x that are not in y, in order
  Output idx;  // their positions in x
};
// x without the elements of y; both are vectors. TF op ListDiff. No gradient.
SetDifference setdiff1d(const Operand& x, const Operand& y, UniqueOptions options = {}, Loc where = Loc::current());

}  // namespace weft
