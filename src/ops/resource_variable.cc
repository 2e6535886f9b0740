// The ops of resource variables: make a handle, read, assign, add, subtract, ask. Values follow copy-on-write: a read shares the
// variable's memory, and a write copies first when somebody still holds what was read. So a read costs no copy, and a step that has
// let go of its reads updates in place.
#include <cstring>

#include "src/ops/op_lists.h"
#include "src/ops/variable_access.h"
#include "weft/graph/node.h"
#include "weft/kernel/variable_resource.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/tensor/handles.h"

namespace weft {

namespace {

// --- VarHandleOp ---------------------------------------------------------------------------------------------------------------

absl::Status var_handle_shape(ShapeContext& c) {
  c.set_output(0, PartialShape::scalar());
  c.set_output_handle(0, {c.get<DType>("dtype"), c.get<PartialShape>("shape")});
  return absl::OkStatus();
}

// The handle is made once a plan, with the variable in it, so that no step looks anything up.
absl::StatusOr<Kernel> make_var_handle(const KernelInit& init) {
  const std::string container = init.get<std::string>("container");
  std::string name = init.get<std::string>("shared_name");
  if (name.empty()) name = std::string(init.name());
  const DType dtype = init.get<DType>("dtype");
  const PartialShape shape = init.get<PartialShape>("shape");
  const Location made = init.node().location();
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<VariableResource>> {
    return std::make_shared<VariableResource>(name, container, dtype, shape, made.known() ? made.to_string() : std::string());
  };
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<VariableResource> variable, init.resources().lookup_or_create<VariableResource>(container, name, make));
  if (variable->dtype != dtype) {
    return invalid_argument("variable '", name, "' is of type ", dtype_name(variable->dtype), " in this session, but this handle wants ",
                            dtype_name(dtype));
  }
  Tensor handle(DType::kResource, Shape{});
  ResourceHandle& h = *handle.data<ResourceHandle>();
  h.container = container.empty() ? "localhost" : container;
  h.name = name;
  h.type_name = variable->type_name();
  h.resource = std::move(variable);
  h.dtype = dtype;
  h.shape = shape;
  return Kernel::inline_kernel([handle](KernelContext& context) -> absl::Status {
    context.set_output(0, handle);
    return absl::OkStatus();
  });
}

// --- ReadVariableOp ------------------------------------------------------------------------------------------------------------

absl::Status read_variable_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, variable_shape_of(c, 0, c.get<DType>("dtype")));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_read_variable(const KernelInit& init) {
  return Kernel::inline_kernel([dtype = init.get<DType>("dtype")](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    WEFT_RETURN_IF_ERROR(variable->read(&context.output(0)));
    if (context.output(0).dtype() == dtype) return absl::OkStatus();
    return invalid_argument("Trying to read variable with wrong dtype. Expected ", dtype_cc_name(dtype), " got ",
                            dtype_cc_name(context.output(0).dtype()));
  });
}

// Whether the value's memory can become the variable's: nobody else reads it, now or later in the step.
bool may_keep(const KernelContext& context, const Tensor& value) { return context.binding().input_dies[1] != 0 && value.unique(); }

// --- AssignVariableOp ----------------------------------------------------------------------------------------------------------

// TensorFlow's check for the three assignments: handle and value agree in dtype and shape.
absl::Status assign_shape(ShapeContext& c) {
  const HandleInfo* info = c.input_handle(0);
  if (info == nullptr) return absl::OkStatus();
  const DType value = c.get<DType>("dtype");
  if (info->dtype != DType::kInvalid && info->dtype != value) {
    return invalid_argument("Trying to read variable with wrong dtype. Expected ", dtype_cc_name(info->dtype), " got ", dtype_cc_name(value));
  }
  return info->shape.merge(c.input(1)).status();
}

absl::StatusOr<Kernel> make_assign(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    return assign_input(context, *variable);
  });
}

// --- AssignAddVariableOp, AssignSubVariableOp ------------------------------------------------------------------------------------

struct AddInPlace {
  template <typename T> static void apply(T& a, T b) { a += b; }
};
struct SubtractInPlace {
  template <typename T> static void apply(T& a, T b) { a -= b; }
};

inline constexpr DTypeSet kUpdateTypes = kFloatTypes | kComplexTypes | kIntTypes;

template <typename T, typename Fn> void update_elements(const KernelContext& context, T* variable, const T* value, int64_t n) {
  context.parallel_for(n, tile_items(1), [&](int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; ++i) Fn::apply(variable[i], value[i]);
  });
}

template <typename Fn> absl::Status update(KernelContext& context, std::string_view op) {
  VariableResource* variable;
  WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
  const Tensor& value = context.input(1);
  const std::lock_guard<std::mutex> lock(variable->mutex);
  if (!variable->initialized) return missing_variable(*variable);
  if (variable->value.dtype() != value.dtype()) {
    return invalid_argument("Trying to update variable with wrong dtype. Expected ", dtype_cc_name(variable->value.dtype()), " got ",
                            dtype_cc_name(value.dtype()));
  }
  if (variable->value.shape() != value.shape()) {
    return invalid_argument("Cannot update variable with shape ", variable->value.shape().to_string(), " using a Tensor with shape ",
                            value.shape().to_string(), ", shapes must be equal.");
  }
  WEFT_RETURN_IF_ERROR(variable->make_unique());
  const bool known = dispatch<kUpdateTypes>(value.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    update_elements<T, Fn>(context, variable->value.template data<T>(), value.data<T>(), value.num_elements());
  });
  return known ? absl::OkStatus() : unimplemented(op, " has no kernel for ", dtype_name(value.dtype()));
}

// --- VarIsInitializedOp, VariableShape, DestroyResourceOp --------------------------------------------------------------------------

absl::StatusOr<Kernel> make_is_initialized(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{}, &out));
    const std::lock_guard<std::mutex> lock(variable->mutex);
    *out->data<bool>() = variable->initialized;
    return absl::OkStatus();
  });
}

absl::Status variable_shape_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape shape, variable_shape_of(c, 0));
  c.set_output(0, PartialShape::vector(shape.rank()));  // -1, unknown, when the rank is
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_variable_shape(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    VariableResource* variable;
    WEFT_RETURN_IF_ERROR(variable_input(context, 0, &variable));
    const std::lock_guard<std::mutex> lock(variable->mutex);
    if (!variable->initialized) return missing_variable(*variable);
    const Shape& shape = variable->value.shape();
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{shape.rank()}, &out));
    dispatch<kIndexTypes>(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      for (int i = 0; i < shape.rank(); ++i) out->data<T>()[i] = static_cast<T>(shape.dim(i));
    });
    return absl::OkStatus();
  });
}

// Plans hold on to the resource itself, so destroying a variable empties it: from then on it reads as uninitialised.
absl::StatusOr<Kernel> make_destroy(const KernelInit& init) {
  return Kernel([ignore = init.get<bool>("ignore_lookup_error")](KernelContext& context) -> absl::Status {
    const Tensor& input = context.input(0);
    if (input.num_elements() != 1) return invalid_argument("input 0 must be one resource handle, got ", input.describe());
    const ResourceHandle& handle = *input.data<ResourceHandle>();
    auto variable = std::dynamic_pointer_cast<VariableResource>(handle.resource);
    if (variable == nullptr) {
      const absl::Status erased = context.resources().erase(handle.container == "localhost" ? "" : handle.container, handle.name);
      return ignore && absl::IsNotFound(erased) ? absl::OkStatus() : erased;
    }
    Tensor dropped;
    const std::lock_guard<std::mutex> lock(variable->mutex);
    if (!variable->initialized && !ignore) return not_found("Resource ", handle.container, "/", handle.name, "/N10tensorflow3VarE does not exist.");
    dropped = std::exchange(variable->value, Tensor());
    variable->initialized = false;
    return absl::OkStatus();
  });
}

template <typename Fn> OpDef update_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"resource", DType::kResource}, {"value", type_attr("dtype")}},
          .attrs = {type_attribute("dtype")},
          .is_stateful = true,
          .variable_access = VariableAccess::kReadWrite,
          .shape = assign_shape,
          .kernels = {{.constraints = {{"dtype", kUpdateTypes}},
                       .make = [name](const KernelInit&) -> absl::StatusOr<Kernel> {
                         return Kernel([name](KernelContext& context) { return update<Fn>(context, name); });
                       }}},
          .gradient = NoGradientDefined{}};
}

}  // namespace

absl::Status assign_input(KernelContext& context, VariableResource& variable) {
  const Tensor& value = context.input(1);
  if (value.dtype() != variable.dtype) {
    return invalid_argument("Trying to assign variable with wrong dtype. Expected ", dtype_cc_name(variable.dtype), " got ",
                            dtype_cc_name(value.dtype()));
  }
  Tensor dropped;  // freed after the lock is
  const std::lock_guard<std::mutex> lock(variable.mutex);
  if (may_keep(context, value)) {
    dropped = std::exchange(variable.value, value);
  } else if (is_plain(value.dtype()) && variable.value.valid() && variable.value.unique() && variable.value.shape() == value.shape()) {
    std::memmove(variable.value.raw_data(), value.raw_data(), value.num_bytes());
  } else {
    Tensor copy = value.clone();
    if (!copy.valid()) return resource_exhausted("no memory for variable '", variable.name, "' of ", value.num_bytes(), " bytes");
    dropped = std::exchange(variable.value, std::move(copy));
  }
  variable.initialized = true;
  return absl::OkStatus();
}

// VarHandleOp: the handle of the session's variable `shared_name` (or the node's name) in `container`.
const OpDef& var_handle_op() {
  static const OpDef& op = *new OpDef{.name = "VarHandleOp",
                                      .outputs = {{"resource", DType::kResource}},
                                      .attrs = {string_attribute("container", ""), string_attribute("shared_name", ""), type_attribute("dtype"),
                                                attribute("shape", AttrType::kShape)},
                                      .is_stateful = true,
                                      .shape = var_handle_shape,
                                      .kernels = {{.make = make_var_handle}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// ReadVariableOp: the variable's value, without a copy. Gradient: dy, to the handle.
const OpDef& read_variable_op() {
  static const OpDef& op = *new OpDef{.name = "ReadVariableOp",
                                      .inputs = {{"resource", DType::kResource}},
                                      .outputs = {{"value", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype")},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = read_variable_shape,
                                      .kernels = {{.make = make_read_variable}},
                                      .gradient = [](GradientContext& g) { return g.one(g.dy_any()); }};
  return op;
}

// AssignVariableOp: the variable becomes `value`, whatever it was.
const OpDef& assign_variable_op() {
  static const OpDef& op = *new OpDef{.name = "AssignVariableOp",
                                      .inputs = {{"resource", DType::kResource}, {"value", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype")},
                                      .is_stateful = true,
                                      .keeps_input = true,
                                      .variable_access = VariableAccess::kWrite,
                                      .shape = assign_shape,
                                      .kernels = {{.make = make_assign}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// AssignAddVariableOp: variable += value.
const OpDef& assign_add_variable_op() {
  static const OpDef& op = *new OpDef(update_op<AddInPlace>("AssignAddVariableOp"));
  return op;
}

// AssignSubVariableOp: variable -= value.
const OpDef& assign_sub_variable_op() {
  static const OpDef& op = *new OpDef(update_op<SubtractInPlace>("AssignSubVariableOp"));
  return op;
}

// VarIsInitializedOp: whether the variable has a value in this session.
const OpDef& var_is_initialized_op() {
  static const OpDef& op = *new OpDef{.name = "VarIsInitializedOp",
                                      .inputs = {{"resource", DType::kResource}},
                                      .outputs = {{"is_initialized", DType::kBool}},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = scalar_shape,
                                      .kernels = {{.make = make_is_initialized}},
                                      .gradient = NotDifferentiable{"its output is a bool"}};
  return op;
}

// VariableShape: the shape of the variable's value.
const OpDef& variable_shape_op() {
  static const OpDef& op = *new OpDef{.name = "VariableShape",
                                      .inputs = {{"input", DType::kResource}},
                                      .outputs = {{"output", type_attr("out_type")}},
                                      .attrs = {type_attribute("out_type", kIndexTypes, DType::kInt32)},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = variable_shape_shape,
                                      .kernels = {{.make = make_variable_shape}},
                                      .gradient = NotDifferentiable{"a shape does not depend on the values"}};
  return op;
}

// DestroyResourceOp: the variable loses its value, as if it had never been assigned.
const OpDef& destroy_resource_op() {
  static const OpDef& op = *new OpDef{.name = "DestroyResourceOp",
                                      .inputs = {{"resource", DType::kResource}},
                                      .attrs = {bool_attribute("ignore_lookup_error", true)},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kWrite,
                                      .shape = no_outputs_shape,
                                      .kernels = {{.make = make_destroy}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList resource_variable_ops() {
  return {&var_handle_op(),          &read_variable_op(),      &assign_variable_op(), &assign_add_variable_op(),
          &assign_sub_variable_op(), &var_is_initialized_op(), &variable_shape_op(),  &destroy_resource_op()};
}

}  // namespace weft
