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
  if (plan.has_conditions()) skipped.resize(static_cast<size_t>(plan.num_nodes()));
  if (plan.may_run_in_parallel()) ready = std::make_unique<ReadyNodes>(plan);
}

void Step::check_deadline() {
  if (!has_deadline || std::chrono::steady_clock::now() < deadline) return;
  cancellation.cancel(deadline_exceeded("The run did not end before its deadline. (Timed out waiting for notification)"));
}

bool Step::skips(int32_t node) {
  const Plan::Conditions& conditions = plan.conditions();
  const NodeBinding& binding = plan.nodes()[node].binding;
  const auto n = static_cast<size_t>(node);
  const auto is_dead = [&](int32_t slot) { return slots[static_cast<size_t>(slot)].dtype() == DType::kInvalid; };
  const int32_t* inputs = binding.inputs;
  bool skip = false;
  switch (conditions.skipping[n]) {
    case Plan::Skipping::kNever: break;
    case Plan::Skipping::kMerge: skip = std::all_of(inputs, inputs + binding.num_inputs, is_dead); break;
    case Plan::Skipping::kSwitch:
    case Plan::Skipping::kOrdinary:
      skip = std::any_of(inputs, inputs + binding.num_inputs, is_dead);
      for (uint32_t k = conditions.control_begin[n]; k < conditions.control_begin[n + 1]; ++k)
        skip = skip || skipped[static_cast<size_t>(conditions.controls[k])] != 0;
  }
  skipped[n] = skip ? 1 : 0;
  return skip;
}

absl::Status Step::check_outputs(const NodeBinding& node) const {
  for (int k = 0; k < node.num_outputs; ++k) {
    const DType found = slots[static_cast<size_t>(node.first_output + k)].dtype();
    if (found == node.output_dtypes[k]) continue;
    if (found == DType::kInvalid && plan.has_conditions() && plan.conditions().skipping[static_cast<size_t>(node.node)] == Plan::Skipping::kSwitch)
      continue;  // the branch not taken
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
