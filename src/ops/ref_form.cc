#include "src/ops/ref_form.h"

#include <algorithm>

#include "src/ops/variable_access.h"

namespace weft {

namespace {

std::string_view attr_of_ref_form(std::string_view attr) { return attr == "dtype" ? std::string_view("T") : attr; }

// The kernel, then the reference as output.
KernelFactory with_reference(KernelFactory make, int variables) {
  return [make = std::move(make), variables](const KernelInit& init) -> absl::StatusOr<Kernel> {
    WEFT_ASSIGN_OR_RETURN(Kernel kernel, make(init));
    return Kernel([run = std::move(kernel.run), variables](KernelContext& context) -> absl::Status {
      WEFT_RETURN_IF_ERROR(check_initialized(context, variables));
      WEFT_RETURN_IF_ERROR(run(context));
      context.set_output(0, context.input(0));
      return absl::OkStatus();
    });
  };
}

}  // namespace

absl::Status check_initialized(KernelContext& context, int count) {
  for (int i = 0; i < count; ++i) {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, i, &variable));
    const std::lock_guard<std::mutex> lock(variable->mutex);
    if (!variable->initialized) return failed_precondition("Attempting to use uninitialized value ", variable->name);
  }
  return absl::OkStatus();
}

absl::Status ref_shape(ShapeContext& c) {
  c.set_output(0, c.input(0));
  return absl::OkStatus();
}

OpDef ref_form(const OpDef& resource_op, const RefForm& form) {
  OpDef op = resource_op;
  op.name = form.name;
  op.is_stateful = false;
  op.shape = ref_shape;
  op.outputs = {{form.output, type_attr("T").ref()}};
  int variables = 0;
  for (ArgDef& input : op.inputs) {
    if (input.type.fixed == DType::kResource) {
      input.type = type_attr("T").ref();
      ++variables;
    } else {
      input.type.type_attr = attr_of_ref_form(input.type.type_attr);
    }
  }
  if (op.inputs[0].name == "resource") op.inputs[0].name = "ref";
  for (AttrDef& attr : op.attrs) attr.name = attr_of_ref_form(attr.name);
  std::erase_if(op.attrs, [](const AttrDef& attr) { return attr.name == "use_locking"; });
  op.attrs.push_back(bool_attribute("use_locking", form.use_locking));
  for (KernelDef& kernel : op.kernels) {
    for (auto& constraint : kernel.constraints) constraint.first = attr_of_ref_form(constraint.first);
    kernel.make = with_reference(std::move(kernel.make), variables);
  }
  return op;
}

}  // namespace weft
