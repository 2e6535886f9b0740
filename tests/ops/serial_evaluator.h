// SerialEvaluator: runs nodes of a graph one after another in the order they were made, with resources that stay. Enough to test
// kernels that keep state, without plans and sessions.
#pragma once

#include <vector>

#include "weft/graph/graph.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

class SerialEvaluator {
 public:
  explicit SerialEvaluator(Graph& graph) : graph_(&graph) {}

  // The values of `fetches` after one step that runs what they and `targets` need, data and control.
  absl::StatusOr<std::vector<Tensor>> run(const std::vector<Output>& fetches, const std::vector<Operation>& targets = {}) {
    if (!graph_->status().ok()) return graph_->status();
    std::vector<bool> needed(static_cast<size_t>(graph_->num_nodes()));
    for (const Output& fetch : fetches) needed[static_cast<size_t>(fetch.node()->id())] = true;
    for (const Operation& target : targets) needed[static_cast<size_t>(target.node()->id())] = true;
    for (int id = graph_->num_nodes() - 1; id >= 0; --id) {
      if (!needed[static_cast<size_t>(id)]) continue;
      for (const Output& input : graph_->node(id)->inputs()) needed[static_cast<size_t>(input.node()->id())] = true;
      for (const Node* control : graph_->node(id)->control_inputs()) needed[static_cast<size_t>(control->id())] = true;
    }
    std::vector<std::vector<Tensor>> values(needed.size());
    for (int id = 0; id < graph_->num_nodes(); ++id) {
      if (needed[static_cast<size_t>(id)]) WEFT_RETURN_IF_ERROR(run_node(*graph_->node(id), values));
    }
    std::vector<Tensor> results;
    for (const Output& fetch : fetches) results.push_back(values[static_cast<size_t>(fetch.node()->id())][static_cast<size_t>(fetch.index())]);
    return results;
  }

  ResourceManager& resources() { return resources_; }

 private:
  absl::Status run_node(const Node& node, std::vector<std::vector<Tensor>>& values) {
    const KernelDef* def = node.op().find_kernel(node.attrs());
    if (def == nullptr) return unimplemented("no kernel for ", node.describe());
    WEFT_ASSIGN_OR_RETURN(const Kernel kernel, def->make(KernelInit(node, resources_)));
    std::vector<Tensor> slots;
    std::vector<int32_t> inputs;
    for (const Output& input : node.inputs()) {
      inputs.push_back(static_cast<int32_t>(slots.size()));
      slots.push_back(values[static_cast<size_t>(input.node()->id())][static_cast<size_t>(input.index())]);
    }
    const std::vector<uint8_t> dies(inputs.size(), 0);
    std::vector<DType> dtypes;
    for (int i = 0; i < node.num_outputs(); ++i) dtypes.push_back(node.output_dtype(i));
    const NodeBinding binding{.inputs = inputs.data(),
                              .input_dies = dies.data(),
                              .output_dtypes = dtypes.data(),
                              .num_inputs = node.num_inputs(),
                              .num_outputs = node.num_outputs(),
                              .first_output = static_cast<int32_t>(slots.size())};
    slots.resize(slots.size() + static_cast<size_t>(node.num_outputs()));
    StepContext step{.cancellation = &cancellation_, .resources = &resources_, .step_resources = &resources_};
    KernelContext context(&step, slots.data(), &binding);
    absl::Status status;
    if (kernel.run) status = kernel.run(context);
    else kernel.run_async(context, [&](absl::Status done) { status = std::move(done); });
    WEFT_RETURN_IF_ERROR(annotate(status, str_cat(node.describe(), ": ")));
    auto& outputs = values[static_cast<size_t>(node.id())];
    for (int i = 0; i < node.num_outputs(); ++i) outputs.push_back(context.output(i));
    return absl::OkStatus();
  }

  Graph* graph_;
  ResourceManager resources_;
  Cancellation cancellation_;
};

}  // namespace weft
