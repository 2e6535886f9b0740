#include "weft/runtime/plan.h"

#include <algorithm>
#include <mutex>

#include "src/runtime/draft.h"
#include "src/runtime/plan_builder.h"
#include "weft/base/strings.h"

namespace weft {

absl::StatusOr<std::shared_ptr<const Plan>> Plan::compile(const PlanRequest& request, const PlanOptions& options) {
  const std::lock_guard<std::mutex> lock(request.graph->mutex());
  WEFT_ASSIGN_OR_RETURN(Draft draft, prune(request));
  WEFT_RETURN_IF_ERROR(schedule(draft));
  read_references(request, draft);
  order_variable_accesses(draft);
  find_idle_updates(request, draft);
  return PlanBuilder(request, options, std::move(draft)).build();
}

const AsyncKernelFn& Plan::async_kernel(int node) const {
  return std::lower_bound(async_.begin(), async_.end(), node, [](const Async& a, int n) { return a.node < n; })->run;
}

absl::Status Plan::annotate(int node, const absl::Status& error) const {
  const Node& source = this->source(node);
  std::string text =
      str_cat(message(error), "\n\t [[{{node ", source.name(), "}}]] (op: ", source.op().name, ", built at ", source.location().to_string());
  if (source.call_location().known()) str_append(text, " by the call at ", source.call_location().to_string());
  return absl::Status(error.code(), text + ")");
}

std::string Plan::to_string() const {
  std::string text;
  for (int i = 0; i < num_nodes(); ++i) {
    const PlanNode& node = nodes_[static_cast<size_t>(i)];
    str_append(text, i, " ", source(i).op().name, " '", source(i).name(), "'");
    for (int k = 0; k < node.binding.num_inputs; ++k)
      str_append(text, k == 0 ? " (" : " ", node.binding.inputs[k], node.binding.input_dies[k] != 0 ? "!" : "");
    if (node.binding.num_inputs > 0) str_append(text, ")");
    for (int k = 0; k < node.binding.num_outputs; ++k) str_append(text, k == 0 ? " -> " : " ", node.binding.first_output + k);
    for (uint32_t r = node.releases; r < nodes_[static_cast<size_t>(i) + 1].releases; ++r) {
      str_append(text, r == node.releases ? " releases " : " ", releases_[r]);
    }
    str_append(text, "\n");
  }
  return text;
}

}  // namespace weft
