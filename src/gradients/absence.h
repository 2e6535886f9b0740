// Why gradients are absent: found by one walk over the ancestors of ys, only when some gradient is.
#pragma once

#include <functional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "weft/gradients/gradients.h"

namespace weft {

// How gradients were made, as far as it explains their absence.
struct FlowRules {
  std::function<bool(const Node*)> stops;         // no gradient passes this node
  std::string_view stop_text;                     // why
  std::function<bool(const Node*, int)> refuses;  // the op's gradient function gave none for that input
};

// For each absent one of `found`, the gradients of `ys` by `xs`: the op or dtype that blocks every path, nearest to ys, or that there is
// no path at all.
void explain_absence(const Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs, const FlowRules& rules,
                     std::vector<Gradient>& found);

}  // namespace weft
