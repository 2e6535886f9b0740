// Clipping: keeping values, or the length of gradients, below a limit.
//
//   auto gradients = optimizer.compute_gradients(loss);
//   auto [clipped, norm] = clip_by_global_norm(values, 5.0f);
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "weft/graph/gradient.h"
#include "weft/ops/op_builder.h"

namespace weft {

// t, at least clip_value_min and at most clip_value_max; these are scalars or broadcast to t's shape. InvalidArgument when they would
// make the result larger than t. Made of Minimum and Maximum, whose gradients it has.
Output clip_by_value(const Operand& t, const Operand& clip_value_min, const Operand& clip_value_max, std::string_view name = "",
                     Loc where = Loc::current());
IndexedSlices clip_by_value(const IndexedSlices& t, const Operand& clip_value_min, const Operand& clip_value_max, std::string_view name = "",
                            Loc where = Loc::current());

// t c / max(|t|, c), |t| being the L2 norm over `axes` (omitted: of all of t): no longer than c. Floating point; t = 0 stays 0.
Output clip_by_norm(const Operand& t, const Operand& clip_norm, const std::optional<Operand>& axes = {}, std::string_view name = "",
                    Loc where = Loc::current());
IndexedSlices clip_by_norm(const IndexedSlices& t, const Operand& clip_norm, const std::optional<Operand>& axes = {}, std::string_view name = "",
                           Loc where = Loc::current());
// t c min(size / |t|, 1 / c). float32. TensorFlow calls it deprecated: use clip_by_norm.
Output clip_by_average_norm(const Operand& t, const Operand& clip_norm, std::string_view name = "", Loc where = Loc::current());

// sqrt of the sum of the squares of all elements of all tensors: a scalar. Absent gradients are passed over; of IndexedSlices the
// values count. InvalidArgument when there is none at all.
Output global_norm(absl::Span<const Gradient> tensors, std::string_view name = "", Loc where = Loc::current());

struct ClippedByGlobalNorm {
  std::vector<Gradient> clipped;  // absent ones stay absent
  Output global_norm;
};
// Each tensor times c / max(global norm, c), so that together they are no longer than c; all NaN when the norm is not finite.
// `use_norm`, if not empty, is taken for the global norm. Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural
// networks. ICML 2013.
ClippedByGlobalNorm clip_by_global_norm(absl::Span<const Gradient> tensors, const Operand& clip_norm, const Output& use_norm = {},
                                        std::string_view name = "", Loc where = Loc::current());

}  // namespace weft
