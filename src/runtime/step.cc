#include "src/runtime/step.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <new>

namespace weft {

void NodeCosts::add(int node, int64_t nanoseconds) {
  std::atomic<uint32_t>& cost = costs_[static_cast<size_t>(node)];
  const uint64_t known = cost.load(std::memory_order_relaxed);
  const auto sample = static_cast<uint64_t>(std::clamp<int64_t>(nanoseconds, 1, std::numeric_limits<uint32_t>::max()));
  cost.store(static_cast<uint32_t>(known == 0 ? sample : (known * 7 + sample) / 8), std::memory_order_relaxed);
}

Step::Step(const Plan& p) : plan(p), slots(static_cast<size_t>(p.num_slots())), memory(p) {
  context.memory = &memory;
  context.cancellation = &cancellation;
  context.step_resources = &step_resources;
  if (plan.may_run_in_parallel()) ready = std::make_unique<ReadyNodes>(plan);
}

void Step::check_deadline() {
  if (!has_deadline || std::chrono::steady_clock::now() < deadline) return;
  cancellation.cancel(deadline_exceeded("The run did not end before its deadline. (Timed out waiting for notification)"));
}

absl::Status Step::check_outputs(const NodeBinding& node) const {
  for (int k = 0; k < node.num_outputs; ++k) {
    const DType found = slots[static_cast<size_t>(node.first_output + k)].dtype();
    if (found == node.output_dtypes[k]) continue;
    return internal("the kernel gave output ", k, found == DType::kInvalid ? std::string(" no value") : " the dtype " + dtype_name(found),
                    "; it must be ", dtype_name(node.output_dtypes[k]));
  }
  return absl::OkStatus();
}

absl::Status exception_status() {
  try {
    throw;
  } catch (const std::bad_alloc&) { return resource_exhausted("no memory left"); } catch (const std::exception& e) {
    return internal("the kernel threw an exception: ", e.what());
  } catch (...) { return internal("the kernel threw something that is no std::exception"); }
}

}  // namespace weft
