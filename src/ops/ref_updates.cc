// ScatterAdd, ApplyAdam and the like: each op on resource variables that TensorFlow also has for references.
#include <string>

#include "src/ops/op_lists.h"
#include "src/ops/ref_form.h"

namespace weft {

namespace {

constexpr std::string_view kPrefix = "Resource";

bool has_ref_form(std::string_view name) {
  for (const std::string_view without : {"KerasMomentum", "AdamWithAmsgrad"})
    if (name.find(without) != std::string_view::npos) return false;
  return true;
}

// Where the two forms differ in what their schemas allow.
DTypeSet allowed_types(std::string_view name, DTypeSet of_resource_form) {
  if (name == "ScatterMin" || name == "ScatterMax") return kFloatTypes | kIndexTypes;
  if (name == "ScatterNdAdd" || name == "ScatterNdSub") return kNumberTypes;
  return of_resource_form;
}

OpDef make(const OpDef& resource_op) {
  const std::string_view name = resource_op.name.substr(kPrefix.size());
  const bool scatter = name.rfind("Scatter", 0) == 0;
  OpDef op = ref_form(resource_op, {.name = name,
                                    .output = scatter ? std::string_view("output_ref") : std::string_view("out"),
                                    .use_locking = name == "ScatterUpdate" || name == "ScatterNdUpdate"});
  for (AttrDef& attr : op.attrs)
    if (attr.name == "T") attr.allowed = allowed_types(name, attr.allowed);
  const bool silent = !scatter || name == "ScatterUpdate" || name == "ScatterMin" || name == "ScatterMax";
  if (!silent) op.gradient = NotDifferentiable{"an update has no derivative"};
  return op;
}

OpList ref_forms_of(const OpList& resource_ops) {
  OpList ops;
  for (const OpDef* op : resource_ops)
    if (has_ref_form(op->name)) ops.push_back(new OpDef(make(*op)));
  return ops;
}

}  // namespace

OpList ref_scatter_ops() {
  static const OpList& ops = *new OpList(ref_forms_of(resource_scatter_ops()));
  return ops;
}

OpList ref_training_ops() {
  static const OpList& ops = *new OpList(ref_forms_of(training_ops()));
  return ops;
}

}  // namespace weft
