#include "weft/graph/op_def.h"

#include "weft/graph/node.h"

namespace weft {

const AttrDef* OpDef::find_attr(std::string_view attr) const {
  for (const AttrDef& def : attrs)
    if (def.name == attr) return &def;
  return nullptr;
}

namespace {
bool satisfies(const AttrMap& attrs, const std::pair<std::string_view, DTypeSet>& constraint) {
  if (const DType* type = attrs.get_if<DType>(constraint.first)) return constraint.second.contains(*type);
  const auto* list = attrs.get_if<std::vector<DType>>(constraint.first);
  if (list == nullptr) return false;
  for (const DType type : *list)
    if (!constraint.second.contains(type)) return false;
  return true;
}
}  // namespace

const KernelDef* OpDef::find_kernel(const AttrMap& attrs) const {
  for (const KernelDef& kernel : kernels) {
    bool all = true;
    for (const auto& constraint : kernel.constraints) all = all && satisfies(attrs, constraint);
    if (all) return &kernel;
  }
  return nullptr;
}

std::string_view KernelInit::name() const { return node_->name(); }
int KernelInit::num_inputs() const { return node_->num_inputs(); }
int KernelInit::num_outputs() const { return node_->num_outputs(); }
DType KernelInit::input_dtype(int i) const { return base_dtype(node_->input(i).dtype()); }
DType KernelInit::output_dtype(int i) const { return node_->output_dtype(i); }
const AttrMap& KernelInit::attrs() const { return node_->attrs(); }

}  // namespace weft
