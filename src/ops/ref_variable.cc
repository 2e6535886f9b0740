// Variables as TensorFlow 1's files have them: VariableV2 gives a reference, which ops update in place and from which others take the value. In the
// slots of a step a reference is a handle, as VarHandleOp makes it; where an op wants the value, the plan reads it.
#include <limits>

#include "src/ops/op_lists.h"
#include "src/ops/ref_form.h"
#include "src/ops/variable_access.h"
#include "weft/graph/node.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/tensor/handles.h"

namespace weft {

namespace {

absl::Status declared_shape(ShapeContext& c) {
  c.set_output(0, c.get<PartialShape>("shape"));
  return absl::OkStatus();
}

// In old files a scalar shape also stands for an unknown one.
absl::Status old_declared_shape(ShapeContext& c) {
  const PartialShape shape = c.get<PartialShape>("shape");
  c.set_output(0, shape.rank() == 0 ? PartialShape::unknown() : shape);
  return absl::OkStatus();
}

OpDef variable_of(std::string_view name, ShapeFn shape) {
  return {.name = name,
          .outputs = {{"ref", type_attr("dtype").ref()}},
          .attrs = {attribute("shape", AttrType::kShape), type_attribute("dtype"), string_attribute("container", ""),
                    string_attribute("shared_name", "")},
          .is_stateful = true,
          .shape = shape,
          .kernels = var_handle_op().kernels,
          .gradient = NoGradientDefined{}};
}

// --- Assign --------------------------------------------------------------------------------------------------------------------------

// The shape that a variable has, or will have once it is assigned; false when that is open.
bool shape_of(const VariableResource& variable, Shape* shape) {
  if (variable.initialized) *shape = variable.value.shape();
  else if (variable.shape.fully_defined()) *shape = variable.shape.to_shape();
  else return false;
  return true;
}

absl::StatusOr<Kernel> make_assign(const KernelInit& init) {
  return Kernel([validate = init.get<bool>("validate_shape")](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    if (validate) {
      const std::lock_guard<std::mutex> lock(variable->mutex);
      Shape shape;
      if (shape_of(*variable, &shape) && shape != context.input(1).shape()) {
        return invalid_argument("Assign requires shapes of both tensors to match. lhs shape= ", shape.to_string(),
                                " rhs shape= ", context.input(1).shape().to_string());
      }
    }
    WEFT_RETURN_IF_ERROR(assign_input(context, *variable));
    context.set_output(0, context.input(0));
    return absl::OkStatus();
  });
}

absl::Status assign_shape(ShapeContext& c) {
  if (!c.get<bool>("validate_shape")) {
    c.set_output(0, c.input(1));
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input(0).merge(c.input(1)));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::Status update_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input(0).merge(c.input(1)));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

// --- CountUpTo -----------------------------------------------------------------------------------------------------------------------

absl::StatusOr<Kernel> make_count_up_to(const KernelInit& init) {
  return Kernel([limit = init.get<int64_t>("limit")](KernelContext& context) -> absl::Status {
    WEFT_RETURN_IF_ERROR(check_initialized(context, 1));
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    const std::lock_guard<std::mutex> lock(variable->mutex);
    if (variable->value.rank() != 0) return invalid_argument("input is not a scalar: ", variable->value.shape().to_string());
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{}, &out));
    absl::Status status = absl::OkStatus();
    dispatch<kIndexTypes>(variable->dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const T value = *variable->value.data<T>();
      if (static_cast<int64_t>(value) >= limit) {
        status = out_of_range("Reached limit of ", limit);
        return;
      }
      *out->data<T>() = value;
      status = variable->make_unique();
      if (status.ok()) ++*variable->value.data<T>();
    });
    return status;
  });
}

// --- TemporaryVariable ---------------------------------------------------------------------------------------------------------------

constexpr std::string_view kTemporary = "tmp_var";  // their container among the step's resources

absl::StatusOr<Kernel> make_temporary(const KernelInit& init) {
  std::string name = init.get<std::string>("var_name");
  if (name.empty()) name = std::string(init.name());
  const PartialShape shape = init.get<PartialShape>("shape");
  if (!shape.fully_defined()) return invalid_argument("a TemporaryVariable needs a fully defined shape, got ", shape.to_string());
  return Kernel([name, dtype = init.type("dtype"), shape = shape.to_shape()](KernelContext& context) -> absl::Status {
    auto variable = std::make_shared<VariableResource>(name, std::string(kTemporary), dtype, shape);
    variable->value = Tensor::zeros(dtype, shape);
    if (!variable->value.valid()) return resource_exhausted("no memory for the temporary variable '", name, "'");
    variable->initialized = true;
    WEFT_RETURN_IF_ERROR(context.step_resources().create(kTemporary, name, variable));
    Tensor handle(DType::kResource, Shape{});
    ResourceHandle& h = *handle.data<ResourceHandle>();
    h.name = name;
    h.container = std::string(kTemporary);
    h.resource = std::move(variable);
    context.set_output(0, std::move(handle));
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_destroy_temporary(const KernelInit& init) {
  return Kernel([name = init.get<std::string>("var_name")](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    WEFT_RETURN_IF_ERROR(variable->read(&context.output(0)));
    return context.step_resources().erase(kTemporary, name);
  });
}

// --- Definitions ---------------------------------------------------------------------------------------------------------------------

// VariableV2: the reference of the session's variable `shared_name` (or the node's name) in `container`.
const OpDef& variable_v2_op() {
  static const OpDef& op = *new OpDef(variable_of("VariableV2", declared_shape));
  return op;
}

// Variable: VariableV2 in old files.
const OpDef& variable_op() {
  static const OpDef& op = *new OpDef(variable_of("Variable", old_declared_shape));
  return op;
}

// TemporaryVariable: a variable that lives until DestroyTemporaryVariable, within one step.
const OpDef& temporary_variable_op() {
  static const OpDef& op = *new OpDef{.name = "TemporaryVariable",
                                      .outputs = {{"ref", type_attr("dtype").ref()}},
                                      .attrs = {attribute("shape", AttrType::kShape), type_attribute("dtype"), string_attribute("var_name", "")},
                                      .is_stateful = true,
                                      .shape = declared_shape,
                                      .kernels = {{.make = make_temporary}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// DestroyTemporaryVariable: the variable's last value.
const OpDef& destroy_temporary_variable_op() {
  static const OpDef& op = *new OpDef{.name = "DestroyTemporaryVariable",
                                      .inputs = {{"ref", type_attr("T").ref()}},
                                      .outputs = {{"value", type_attr("T")}},
                                      .attrs = {type_attribute("T"), attribute("var_name", AttrType::kString)},
                                      .variable_access = VariableAccess::kWrite,
                                      .shape = ref_shape,
                                      .kernels = {{.make = make_destroy_temporary}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// Assign: the variable becomes `value`.
const OpDef& assign_op() {
  static const OpDef& op = *new OpDef{.name = "Assign",
                                      .inputs = {{"ref", type_attr("T").ref()}, {"value", type_attr("T")}},
                                      .outputs = {{"output_ref", type_attr("T").ref()}},
                                      .attrs = {type_attribute("T"), bool_attribute("validate_shape", true), bool_attribute("use_locking", true)},
                                      .allows_uninitialized_input = true,
                                      .keeps_input = true,
                                      .variable_access = VariableAccess::kWrite,
                                      .shape = assign_shape,
                                      .kernels = {{.make = make_assign}},
                                      .gradient = NotDifferentiable{"an assignment has no derivative"}};
  return op;
}

OpDef update_of(const OpDef& resource_op, std::string_view name) {
  OpDef op = ref_form(resource_op, {.name = name});
  op.shape = update_shape;
  for (AttrDef& attr : op.attrs)
    if (attr.name == "T") attr.allowed = kNumberTypes;
  op.gradient = NotDifferentiable{"an assignment has no derivative"};
  return op;
}

// AssignAdd: variable += value.
const OpDef& assign_add_op() {
  static const OpDef& op = *new OpDef(update_of(assign_add_variable_op(), "AssignAdd"));
  return op;
}

// AssignSub: variable -= value.
const OpDef& assign_sub_op() {
  static const OpDef& op = *new OpDef(update_of(assign_sub_variable_op(), "AssignSub"));
  return op;
}

// IsVariableInitialized: whether the variable has a value in this session.
const OpDef& is_variable_initialized_op() {
  static const OpDef& op = *new OpDef{.name = "IsVariableInitialized",
                                      .inputs = {{"ref", type_attr("dtype").ref()}},
                                      .outputs = {{"is_initialized", DType::kBool}},
                                      .attrs = {type_attribute("dtype")},
                                      .allows_uninitialized_input = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = scalar_shape,
                                      .kernels = var_is_initialized_op().kernels,
                                      .gradient = NoGradientDefined{}};
  return op;
}

// CountUpTo: the integer scalar's value, which then grows by one. OutOfRange at `limit`.
const OpDef& count_up_to_op() {
  static const OpDef& op = *new OpDef{.name = "CountUpTo",
                                      .inputs = {{"ref", type_attr("T").ref()}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {int_attribute("limit"), type_attribute("T", kIndexTypes)},
                                      .variable_access = VariableAccess::kReadWrite,
                                      .shape = ref_shape,
                                      .kernels = {{.make = make_count_up_to}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

}  // namespace

OpList ref_variable_ops() {
  return {&variable_v2_op(), &variable_op(),   &temporary_variable_op(), &destroy_temporary_variable_op(),
          &assign_op(),      &assign_add_op(), &assign_sub_op(),         &is_variable_initialized_op(),
          &count_up_to_op()};
}

}  // namespace weft
