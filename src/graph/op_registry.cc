#include "weft/graph/op_registry.h"

#include <algorithm>

namespace weft {

absl::Status OpRegistry::add(const OpDef& op) {
  if (!ops_.emplace(std::string(op.name), &op).second) return already_exists("op '", op.name, "' is registered already");
  return absl::OkStatus();
}

const OpDef* OpRegistry::find(std::string_view name) const {
  const auto it = ops_.find(to_absl(name));
  if (it != ops_.end()) return it->second;
  return base_ != nullptr ? base_->find(name) : nullptr;
}

std::vector<const OpDef*> OpRegistry::all() const {
  std::vector<const OpDef*> ops;
  if (base_ != nullptr) {
    for (const OpDef* op : base_->all())
      if (!ops_.contains(to_absl(op->name))) ops.push_back(op);
  }
  for (const auto& [name, op] : ops_) ops.push_back(op);
  std::sort(ops.begin(), ops.end(), [](const OpDef* a, const OpDef* b) { return a->name < b->name; });
  return ops;
}

}  // namespace weft
