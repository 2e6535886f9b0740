// Python looks through a dozen ops (tensor_util.constant_value), the runtime's constant folding through all.
#include "src/ops/python_constant.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "weft/graph/graph.h"
#include "weft/graph/shape_context.h"

namespace weft {

namespace {

bool python_folds(const OpDef& op) {
  static const auto& names = *new absl::flat_hash_set<absl::string_view>{"Const",  "Shape",    "Size", "Rank", "Range", "Cast",
                                                                         "Concat", "ConcatV2", "Pack", "Fill", "Equal", "NotEqual"};
  return names.contains(to_absl(op.name));
}

}  // namespace

const Tensor* python_constant(const Output& value) {
  const Tensor* constant = constant_value(value);
  if (constant == nullptr) return nullptr;
  std::vector<const Node*> stack = {value.node()};
  absl::flat_hash_set<const Node*> seen = {value.node()};
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    if (!python_folds(node->op())) return nullptr;
    if (node->op().partial_value != nullptr && node->num_inputs() == 1) continue;  // of a shape, whatever has it
    for (const Output& input : node->inputs())
      if (seen.insert(input.node()).second) stack.push_back(input.node());
  }
  return constant;
}

}  // namespace weft
