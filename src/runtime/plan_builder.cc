#include "src/runtime/plan_builder.h"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "src/runtime/ancestors.h"
#include "weft/base/strings.h"
#include "weft/kernel/variable_resource.h"
#include "weft/tensor/handles.h"

namespace weft {
namespace {

constexpr size_t kShownNodes = 5;  // of each op that has no kernel

ControlRole role_of(const DraftNode& node) { return node.reads ? ControlRole::kNone : node.source->op().control; }

bool makes_loops(ControlRole role) { return role == ControlRole::kEnter || role == ControlRole::kNextIteration; }

Plan::Skipping skipping_of(ControlRole role) {
  switch (role) {
    case ControlRole::kSwitch: return Plan::Skipping::kSwitch;
    case ControlRole::kMerge: return Plan::Skipping::kMerge;
    case ControlRole::kControlTrigger: return Plan::Skipping::kNever;
    default: return Plan::Skipping::kOrdinary;
  }
}

// "MatMul (T=int8)": the op and the values of its type attributes.
std::string op_with_types(const Node& node) {
  std::string types;
  for (const auto& [name, value] : node.attrs()) {
    if (const DType* type = std::get_if<DType>(&value)) str_append(types, types.empty() ? "" : ", ", name, "=", dtype_name(*type));
  }
  return types.empty() ? std::string(node.op().name) : str_cat(node.op().name, " (", types, ")");
}

absl::StatusOr<Kernel> make_kernel(const KernelDef& def, const KernelInit& init) {
  try {
    return def.make(init);
  } catch (const std::exception& e) {  // a program's own op
    return internal("making the kernel threw an exception: ", e.what());
  }
}

// Shares the variable's value, as it is when the node runs.
Kernel reference_reader(const Output& reference) {
  return Kernel::inline_kernel([name = reference.node()->name()](KernelContext& context) -> absl::Status {
    auto* variable = dynamic_cast<VariableResource*>(context.input(0).data<ResourceHandle>()->resource.get());
    if (variable == nullptr) return internal("the reference '", name, "' names no variable");
    const std::lock_guard<std::mutex> lock(variable->mutex);
    if (!variable->initialized) return failed_precondition("Attempting to use uninitialized value ", name);
    context.set_output(0, variable->value);
    return absl::OkStatus();
  });
}

template <typename Counts> void counts_to_begins(Counts& counts) {  // [n + 1], counts[i + 1] holds the number of items of i
  for (size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Plan>> PlanBuilder::build() {
  WEFT_RETURN_IF_ERROR(check_control_flow());
  plan_->diagnostics_ = std::move(draft_.diagnostics);
  WEFT_RETURN_IF_ERROR(make_kernels());
  number_slots();
  fill_bindings();
  find_last_uses();
  find_conditions();
  plan_->engine_ = options_.engine;
  if ((options_.threads > 1 && options_.engine != EngineKind::kSerial) || plan_->has_async() || options_.engine == EngineKind::kPool) {
    find_successors();
    find_reads();
  }
  find_dying_inputs();
  return plan_;
}

absl::Status PlanBuilder::check_control_flow() const {
  for (const DraftNode& node : draft_.nodes) {
    if (!makes_loops(role_of(node))) continue;
    return unimplemented("Node ", node.source->describe(), " is part of a loop, which no engine of this version runs.");
  }
  return absl::OkStatus();
}

absl::Status PlanBuilder::missing_kernels(const std::vector<const Node*>& nodes) const {
  std::map<std::string, std::vector<const Node*>> by_op;
  for (const Node* node : nodes) by_op[op_with_types(*node)].push_back(node);
  std::string message = "There is no kernel for";
  for (const auto& [op, users] : by_op) {
    str_append(message, by_op.size() > 1 ? "\n  " : " ", op, ", needed by ");
    for (size_t i = 0; i < std::min(users.size(), kShownNodes); ++i) {
      str_append(message, i == 0 ? "" : ", ", "'", users[i]->name(), "' (", users[i]->location().to_string(), ")");
    }
    if (users.size() > kShownNodes) str_append(message, " and ", users.size() - kShownNodes, " more");
  }
  return unimplemented(message);
}

absl::Status PlanBuilder::make_kernels() {
  const size_t n = draft_.nodes.size();
  plan_->nodes_.resize(n + 1);
  plan_->sources_.reserve(n);
  plan_->cheap_.resize(n);
  std::vector<const Node*> missing;
  std::vector<const KernelDef*> defs(n);
  for (size_t i = 0; i < n; ++i) {
    const Node& node = *draft_.nodes[i].source;
    plan_->sources_.push_back(&node);
    if (draft_.nodes[i].reads) continue;
    defs[i] = node.op().find_kernel(node.attrs());
    if (defs[i] == nullptr) missing.push_back(&node);
  }
  if (!missing.empty()) return missing_kernels(missing);
  for (size_t i = 0; i < n; ++i) {
    absl::StatusOr<Kernel> kernel =
        draft_.nodes[i].reads ? reference_reader(draft_.nodes[i].reads) : make_kernel(*defs[i], KernelInit(*plan_->sources_[i], *options_.resources));
    if (kernel.ok() && !kernel->run && !kernel->run_async) kernel = internal("the op's kernel factory returned a kernel without a function");
    if (!kernel.ok()) return plan_->annotate(static_cast<int>(i), kernel.status());
    plan_->cheap_[i] = kernel->cheap ? 1 : 0;
    if (kernel->run) {
      plan_->nodes_[i].run = std::move(kernel->run);
    } else {
      plan_->async_.push_back({static_cast<int32_t>(i), std::move(kernel->run_async)});
    }
  }
  return absl::OkStatus();
}

void PlanBuilder::number_slots() {
  auto& dtypes = plan_->slot_dtypes_;
  for (const Output& feed : request_.feeds) {
    dtypes.push_back(base_dtype(feed.dtype()));
    plan_->feeds_.push_back({base_dtype(feed.dtype()), feed.shape(), feed.name(), feed.op().location()});
  }
  for (size_t i = 0; i < draft_.nodes.size(); ++i) {
    const DraftNode& node = draft_.nodes[i];
    plan_->nodes_[i].binding.first_output = static_cast<int32_t>(dtypes.size());
    for (int k = 0; k < node.num_outputs(); ++k) dtypes.push_back(node.output_dtype(k));
  }
  plan_->recyclable_.resize(dtypes.size());
  for (size_t s = request_.feeds.size(); s < dtypes.size(); ++s) plan_->recyclable_[s] = is_plain(dtypes[s]) ? 1 : 0;
  for (const DraftValue& fetch : draft_.fetches) {
    plan_->fetch_slots_.push_back(slot(fetch));
    plan_->recyclable_[static_cast<size_t>(slot(fetch))] = 0;
  }
}

void PlanBuilder::fill_bindings() {
  plan_->inputs_.reserve(draft_.inputs.size());
  for (const DraftNode& node : draft_.nodes) {
    for (const DraftValue& value : draft_.inputs_of(node)) {
      plan_->inputs_.push_back(slot(value));
      if (!node.reads && node.source->op().keeps_input) plan_->recyclable_[static_cast<size_t>(slot(value))] = 0;
    }
  }
  plan_->input_dies_.resize(plan_->inputs_.size());
  size_t first_input = 0;
  for (size_t i = 0; i < draft_.nodes.size(); ++i) {
    NodeBinding& binding = plan_->nodes_[i].binding;
    const DraftNode& node = draft_.nodes[i];
    binding.node = static_cast<int32_t>(i);
    binding.num_inputs = node.num_inputs();
    binding.num_outputs = node.num_outputs();
    binding.inputs = plan_->inputs_.data() + first_input;
    binding.input_dies = plan_->input_dies_.data() + first_input;
    binding.output_dtypes = plan_->slot_dtypes_.data() + binding.first_output;
    first_input += static_cast<size_t>(node.num_inputs());
  }
}

void PlanBuilder::find_last_uses() {
  const size_t slots = plan_->slot_dtypes_.size();
  last_use_.assign(slots, -1);
  for (size_t i = 0; i < draft_.nodes.size(); ++i) {
    const NodeBinding& binding = plan_->nodes_[i].binding;
    for (int k = 0; k < binding.num_inputs; ++k) last_use_[static_cast<size_t>(binding.inputs[k])] = binding.node;
    for (int k = 0; k < binding.num_outputs; ++k) last_use_[static_cast<size_t>(binding.first_output + k)] = binding.node;
  }
  for (size_t s = 0; s < request_.feeds.size(); ++s) last_use_[s] = -1;
  for (const int32_t s : plan_->fetch_slots_) last_use_[static_cast<size_t>(s)] = -1;

  std::vector<uint32_t> begin(draft_.nodes.size() + 1);
  for (const int32_t node : last_use_)
    if (node >= 0) ++begin[static_cast<size_t>(node) + 1];
  counts_to_begins(begin);
  for (size_t i = 0; i < begin.size(); ++i) plan_->nodes_[i].releases = begin[i];
  plan_->releases_.resize(begin.back());
  for (size_t s = 0; s < slots; ++s) {
    if (last_use_[s] >= 0) plan_->releases_[begin[static_cast<size_t>(last_use_[s])]++] = static_cast<int32_t>(s);
  }
}

// Also of a plan with Merges alone, whose inputs may all be fed.
void PlanBuilder::find_conditions() {
  const auto conditional = [](const DraftNode& node) {
    const Plan::Skipping skipping = skipping_of(role_of(node));
    return skipping == Plan::Skipping::kSwitch || skipping == Plan::Skipping::kMerge;
  };
  if (std::none_of(draft_.nodes.begin(), draft_.nodes.end(), conditional)) return;
  plan_->conditions_ = std::make_unique<Plan::Conditions>();
  Plan::Conditions& conditions = *plan_->conditions_;
  for (const DraftNode& node : draft_.nodes) {
    conditions.skipping.push_back(skipping_of(role_of(node)));
    conditions.control_begin.push_back(static_cast<uint32_t>(conditions.controls.size()));
    const absl::Span<const int32_t> controls = draft_.controls_of(node);
    conditions.controls.insert(conditions.controls.end(), controls.begin(), controls.end());
  }
  conditions.control_begin.push_back(static_cast<uint32_t>(conditions.controls.size()));
}

void PlanBuilder::predecessors(size_t i, std::vector<int32_t>& out) const {
  out.clear();
  for (const DraftValue& value : draft_.inputs_of(draft_.nodes[i]))
    if (!value.is_feed()) out.push_back(value.node);
  for (const int32_t control : draft_.controls_of(draft_.nodes[i])) out.push_back(control);
  for (size_t k = order_begin_[i]; k < order_begin_[i + 1]; ++k) out.push_back(draft_.orders[k].before);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

void PlanBuilder::find_successors() {
  const size_t n = draft_.nodes.size();
  order_begin_.assign(n + 1, 0);
  for (const Draft::Order& order : draft_.orders) ++order_begin_[static_cast<size_t>(order.after) + 1];
  counts_to_begins(order_begin_);
  plan_->parallel_ = std::make_unique<Plan::Parallel>();
  Plan::Parallel& parallel = *plan_->parallel_;
  parallel.pending.resize(n);
  parallel.successor_begin.resize(n + 1);
  std::vector<int32_t> before;
  for (size_t i = 0; i < n; ++i) {
    predecessors(i, before);
    parallel.pending[i] = static_cast<int32_t>(before.size());
    if (before.empty()) parallel.roots.push_back(static_cast<int32_t>(i));
    for (const int32_t p : before) ++parallel.successor_begin[static_cast<size_t>(p) + 1];
  }
  counts_to_begins(parallel.successor_begin);
  parallel.successors.resize(parallel.successor_begin.back());
  std::vector<uint32_t> next(parallel.successor_begin.begin(), parallel.successor_begin.end() - 1);
  for (size_t i = 0; i < n; ++i) {
    predecessors(i, before);
    for (const int32_t p : before) parallel.successors[next[static_cast<size_t>(p)]++] = static_cast<int32_t>(i);
  }
}

void PlanBuilder::find_reads() {
  Plan::Parallel& parallel = *plan_->parallel_;
  parallel.readers.resize(plan_->slot_dtypes_.size());
  std::vector<int32_t> slots;
  for (size_t i = 0; i < draft_.nodes.size(); ++i) {
    const NodeBinding& binding = plan_->nodes_[i].binding;
    slots.assign(binding.inputs, binding.inputs + binding.num_inputs);
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    parallel.read_begin.push_back(static_cast<uint32_t>(parallel.reads.size()));
    for (const int32_t s : slots) {
      if (last_use_[static_cast<size_t>(s)] < 0) continue;
      parallel.reads.push_back(s);
      ++parallel.readers[static_cast<size_t>(s)];
    }
    for (int k = 0; k < binding.num_outputs; ++k) {  // values that nobody reads
      if (last_use_[static_cast<size_t>(binding.first_output + k)] == binding.node) parallel.reads.push_back(binding.first_output + k);
    }
  }
  parallel.read_begin.push_back(static_cast<uint32_t>(parallel.reads.size()));
}

// An input dies when its slot is read for the last time, by this node, and only once: an op that reads one value twice gets it whole.
// Where nodes may run in another order, all other readers must have finished before.
void PlanBuilder::find_dying_inputs() {
  const size_t n = draft_.nodes.size();
  std::vector<uint8_t> dies(plan_->slot_dtypes_.size());
  for (size_t s = 0; s < dies.size(); ++s) dies[s] = last_use_[s] >= 0 ? 1 : 0;
  if (plan_->parallel_ != nullptr) {
    const Ancestors ancestors(static_cast<int>(n), *plan_->parallel_);
    for (size_t i = 0; i < n; ++i) {
      const NodeBinding& binding = plan_->nodes_[i].binding;
      for (int k = 0; k < binding.num_inputs; ++k) {
        const auto s = static_cast<size_t>(binding.inputs[k]);
        if (dies[s] != 0 && last_use_[s] != binding.node && !ancestors.ordered(binding.node, last_use_[s])) dies[s] = 0;
      }
    }
  }
  std::vector<int32_t> read_by(dies.size(), -1);
  size_t at = 0;
  for (size_t i = 0; i < n; ++i) {
    const NodeBinding& binding = plan_->nodes_[i].binding;
    for (int k = 0; k < binding.num_inputs; ++k) {
      const auto s = static_cast<size_t>(binding.inputs[k]);
      if (std::exchange(read_by[s], binding.node) == binding.node && last_use_[s] == binding.node) dies[s] = 0;
    }
    for (int k = 0; k < binding.num_inputs; ++k) {
      const auto s = static_cast<size_t>(binding.inputs[k]);
      plan_->input_dies_[at++] = dies[s] != 0 && last_use_[s] == binding.node ? 1 : 0;
    }
  }
}

}  // namespace weft
