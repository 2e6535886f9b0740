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
      status = watched ? run_nodes<true>(step, at) : run_nodes<false>(step, at);
    } catch (...) { status = exception_status(); }
    step.nodes_run += at;
    if (status.ok()) return status;
    if (step.cancellation.cancelled()) return step.cancellation.status();
    return step.plan.annotate(at - 1, status);
  }

 private:
  // `at` counts the nodes begun. kWatched: also deadlines, measurements, sharing of memory.
  template <bool kWatched> static absl::Status run_nodes(Step& step, int32_t& at) {
    const PlanNode* nodes = step.plan.nodes();
    const int32_t* releases = step.plan.releases();
    Tensor* slots = step.slots.data();
    for (const int32_t n = step.plan.num_nodes(); at < n;) {
      const PlanNode& node = nodes[at];
      if constexpr (kWatched) step.check_deadline();
      if (step.cancellation.cancelled()) [[unlikely]]
        return step.cancellation.status();
      ++at;
      KernelContext context(&step.context, slots, &node.binding);
      absl::Status status = kWatched ? run_watched(step, node, context) : node.run(context);
      if (!status.ok()) [[unlikely]]
        return status;
      for (int32_t k = 0; k < node.binding.num_outputs; ++k) {
        if (slots[node.binding.first_output + k].dtype() != node.binding.output_dtypes[k]) [[unlikely]]
          return step.check_outputs(node.binding);
      }
      for (uint32_t r = node.releases, end = nodes[at].releases; r < end; ++r) TensorSlot::clear(slots[releases[r]]);
    }
    return absl::OkStatus();
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
