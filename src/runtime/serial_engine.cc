#include <chrono>

#include "src/runtime/engine.h"

namespace weft {
namespace {

class SerialEngine : public Engine {
 public:
  absl::Status run(Step& step) const override {
    const bool watched = step.watch || step.measure || step.has_deadline;
    int32_t at = 0;
    absl::Status status;
    try {
      if (step.plan.has_conditions()) status = run_nodes<true, true>(step, at);
      else status = watched ? run_nodes<true, false>(step, at) : run_nodes<false, false>(step, at);
    } catch (...) { status = exception_status(); }
    step.nodes_run += at;
    if (status.ok()) return status;
    if (step.cancellation.cancelled()) return step.cancellation.status();
    return step.plan.annotate(at - 1, status);
  }

 private:
  // `at` counts the nodes begun. kWatched: also deadlines, measurements, sharing of memory. kConditional: the plan has conditions.
  template <bool kWatched, bool kConditional> static absl::Status run_nodes(Step& step, int32_t& at) {
    const PlanNode* nodes = step.plan.nodes();
    const int32_t* releases = step.plan.releases();
    Tensor* slots = step.slots.data();
    for (const int32_t n = step.plan.num_nodes(); at < n;) {
      const PlanNode& node = nodes[at];
      if constexpr (kWatched) step.check_deadline();
      if (step.cancellation.cancelled()) [[unlikely]]
        return step.cancellation.status();
      ++at;
      if constexpr (kConditional) {
        if (step.skips(node.binding.node)) {
          --step.nodes_run;
          release(step, node, nodes[at]);
          continue;
        }
      }
      KernelContext context(&step.context, slots, &node.binding);
      absl::Status status = kWatched ? run_watched(step, node, context) : node.run(context);
      if (!status.ok()) [[unlikely]]
        return status;
      for (int32_t k = 0; k < node.binding.num_outputs; ++k) {
        if (slots[node.binding.first_output + k].dtype() != node.binding.output_dtypes[k]) [[unlikely]] {
          WEFT_RETURN_IF_ERROR(step.check_outputs(node.binding));
        }
      }
      for (uint32_t r = node.releases, end = nodes[at].releases; r < end; ++r) TensorSlot::clear(slots[releases[r]]);
    }
    return absl::OkStatus();
  }

  static void release(Step& step, const PlanNode& node, const PlanNode& next) {
    for (uint32_t r = node.releases; r < next.releases; ++r) TensorSlot::clear(step.slots[static_cast<size_t>(step.plan.releases()[r])]);
  }

  static absl::Status run_watched(Step& step, const PlanNode& node, KernelContext& context) {
    std::chrono::steady_clock::time_point begin;
    if (step.measure) begin = std::chrono::steady_clock::now();
    absl::Status status = node.run(context);
    if (step.measure) step.costs->add(node.binding.node, (std::chrono::steady_clock::now() - begin).count());
    if (step.watch) step.memory.watch(node.binding, step.slots.data());
    return status;
  }
};

}  // namespace

const Engine& serial_engine() {
  static const SerialEngine engine;
  return engine;
}

}  // namespace weft
