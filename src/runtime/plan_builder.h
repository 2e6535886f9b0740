// PlanBuilder: from a scheduled draft to a Plan.
#pragma once

#include <memory>
#include <vector>

#include "src/runtime/draft.h"
#include "weft/runtime/plan.h"

namespace weft {

class PlanBuilder {
 public:
  PlanBuilder(const PlanRequest& request, const PlanOptions& options, Draft draft)
      : request_(request), options_(options), draft_(std::move(draft)), plan_(std::make_shared<Plan>()) {}

  absl::StatusOr<std::shared_ptr<const Plan>> build();

 private:
  // In the order in which build() calls them.
  absl::Status check_control_flow() const;
  absl::Status make_kernels();
  void number_slots();
  void fill_bindings();
  void find_last_uses();
  void find_conditions();
  void find_successors();
  void find_reads();
  void find_dying_inputs();

  int32_t slot(const DraftValue& value) const {
    return value.is_feed() ? value.feed_number() : plan_->nodes_[static_cast<size_t>(value.node)].binding.first_output + value.output;
  }
  absl::Status missing_kernels(const std::vector<const Node*>& nodes) const;
  // The distinct nodes that run before node `i`.
  void predecessors(size_t i, std::vector<int32_t>& out) const;

  const PlanRequest& request_;
  const PlanOptions& options_;
  Draft draft_;
  std::shared_ptr<Plan> plan_;
  std::vector<int32_t> last_use_;    // by slot: the node; -1 for feeds and fetches, which are not released
  std::vector<size_t> order_begin_;  // by node: where its part of draft_.orders begins
};

}  // namespace weft
