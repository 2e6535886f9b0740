// Constant evaluation while building: shape functions ask for the values of inputs such as a Reshape's shape.
//
// A value is constant when it follows from Const nodes (and from Shape nodes of fully known shapes) by stateless ops that have a
// kernel. It is computed with those kernels, one node after the other, and remembered on the node: each is evaluated at most once.
// Cost: proportional to the nodes not asked about before. An explicit stack replaces recursion.
#include <vector>

#include "weft/graph/graph.h"
#include "weft/graph/shape_context.h"

namespace weft {

namespace {

constexpr int64_t kMaxElements = 1 << 16;  // larger values are data, not shapes
constexpr int kMaxNodes = 4096;            // a chain longer than this is no shape computation

void remember(Node& node, int output, Tensor value) { node.output_info(output).constant = std::make_unique<Tensor>(std::move(value)); }

void remember_not_constant(Node& node) {
  for (int i = 0; i < node.num_outputs(); ++i) remember(node, i, Tensor());
}

bool decided(const Node& node) { return node.num_outputs() == 0 || node.output_info(0).constant != nullptr; }

// Could the node's outputs be constant, going by the node itself?
bool may_be_constant(const Node& node) {
  const OpDef& op = node.op();
  if (op.is_stateful || op.is_placeholder || op.control != ControlRole::kNone || op.kernels.empty()) return false;
  if (op.name == "PlaceholderWithDefault") return false;  // made to be fed, though its default may be constant
  for (int i = 0; i < node.num_outputs(); ++i) {
    const DType dtype = node.output_dtype(i);
    if (is_ref(dtype) || dtype == DType::kResource || dtype == DType::kVariant) return false;
    const PartialShape& shape = node.output_shape(i);
    if (shape.fully_defined() && shape.num_elements() > kMaxElements) return false;
  }
  return true;
}

// A vector that depends on the shape of one input only (Shape), where that shape is known: the input need not be constant.
bool set_from_shape(Node& node) {
  const PartialValueFn partial = node.op().partial_value;
  if (partial == nullptr || node.num_inputs() != 1 || node.num_outputs() != 1) return false;
  const DType dtype = node.output_dtype(0);
  if (!kIndexTypes.contains(dtype) || node.output_shape(0).rank() != 1) return false;
  const absl::StatusOr<PartialShape> value = partial(node, 0);
  if (!value.ok() || !value->fully_defined()) return false;
  Tensor tensor(dtype, Shape{static_cast<int64_t>(value->rank())});
  if (!tensor.valid()) return false;
  for (int i = 0; i < value->rank(); ++i) {
    if (dtype == DType::kInt32) tensor.data<int32_t>()[i] = static_cast<int32_t>(value->dim(i));
    else tensor.data<int64_t>()[i] = value->dim(i);
  }
  remember(node, 0, std::move(tensor));
  return true;
}

// Runs the node's kernel on constant inputs.
absl::Status evaluate(Node& node) {
  const KernelDef* def = node.op().find_kernel(node.attrs());
  if (def == nullptr) return unimplemented(node.op().name);
  ResourceManager resources;
  WEFT_ASSIGN_OR_RETURN(Kernel kernel, def->make(KernelInit(node, resources)));
  if (!kernel.run) return unimplemented(node.op().name, " may wait");
  const auto num_inputs = static_cast<size_t>(node.num_inputs());
  const auto num_outputs = static_cast<size_t>(node.num_outputs());
  std::vector<Tensor> slots(num_inputs + num_outputs);
  std::vector<int32_t> inputs(num_inputs);
  std::vector<uint8_t> dies(num_inputs, 0);
  std::vector<DType> dtypes(num_outputs);
  for (size_t i = 0; i < num_inputs; ++i) {
    const Output& input = node.input(static_cast<int>(i));
    slots[i] = *input.node()->output_info(input.index()).constant;
    inputs[i] = static_cast<int32_t>(i);
  }
  for (size_t i = 0; i < num_outputs; ++i) dtypes[i] = node.output_dtype(static_cast<int>(i));
  NodeBinding binding;
  binding.inputs = inputs.data();
  binding.input_dies = dies.data();
  binding.output_dtypes = dtypes.data();
  binding.num_inputs = static_cast<int32_t>(num_inputs);
  binding.num_outputs = static_cast<int32_t>(num_outputs);
  binding.first_output = static_cast<int32_t>(num_inputs);
  Cancellation cancellation;
  StepContext step;
  step.cancellation = &cancellation;
  step.resources = &resources;
  step.step_resources = &resources;
  KernelContext context(&step, slots.data(), &binding);
  WEFT_RETURN_IF_ERROR(kernel.run(context));
  for (size_t i = 0; i < num_outputs; ++i) remember(node, static_cast<int>(i), std::move(slots[num_inputs + i]));
  return absl::OkStatus();
}

// All inputs decided: decide the node.
void decide(Node& node) {
  for (const Output& input : node.inputs()) {
    const auto& constant = input.node()->output_info(input.index()).constant;
    if (constant == nullptr || !constant->valid()) return remember_not_constant(node);
  }
  if (!evaluate(node).ok()) remember_not_constant(node);
}

}  // namespace

const Tensor* constant_value(const Output& value) {
  if (!value) return nullptr;
  std::vector<Node*> stack;
  if (!decided(*value.node())) stack.push_back(value.node());
  int visited = 0;
  while (!stack.empty()) {
    Node& node = *stack.back();
    if (decided(node)) {
      stack.pop_back();
      continue;
    }
    if (!may_be_constant(node) || ++visited > kMaxNodes) {
      remember_not_constant(node);
      stack.pop_back();
      continue;
    }
    if (set_from_shape(node)) continue;
    bool ready = true;
    bool hopeless = false;
    for (const Output& input : node.inputs()) {
      if (decided(*input.node())) {
        hopeless = hopeless || !input.node()->output_info(input.index()).constant->valid();
      } else {
        ready = false;
      }
    }
    if (hopeless) {
      remember_not_constant(node);
    } else if (ready) {
      decide(node);
    } else {
      for (const Output& input : node.inputs())
        if (!decided(*input.node())) stack.push_back(input.node());
    }
  }
  const Tensor* constant = value.node()->output_info(value.index()).constant.get();
  return constant != nullptr && constant->valid() ? constant : nullptr;
}

}  // namespace weft
