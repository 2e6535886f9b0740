// Values passed on as they are: Identity, IdentityN, StopGradient, PreventGradient.
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

absl::StatusOr<Kernel> make_identity(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    context.set_output(0, context.input(0));
    return absl::OkStatus();
  });
}

absl::StatusOr<Kernel> make_identity_n(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    for (int i = 0; i < context.num_inputs(); ++i) context.set_output(i, context.input(i));
    return absl::OkStatus();
  });
}

// What is known of a handle passes through with it.
absl::Status identity_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) {
    c.set_output(i, c.input(i));
    if (const HandleInfo* handle = c.input_handle(i)) c.set_output_handle(i, *handle);
  }
  return absl::OkStatus();
}

// TensorFlow's IdentityN forgets it: the gradient of a handle that no gradient reaches is then zeros of float32, whatever the variable's.
absl::Status identity_n_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) c.set_output(i, c.input(i));
  return absl::OkStatus();
}

// Identity: y = x, sharing its memory.
const OpDef& identity_op() {
  static const OpDef& op = *new OpDef{.name = "Identity",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T")},
                                      .shape = identity_shape,
                                      .kernels = {{.make = make_identity}},
                                      .gradient = [](GradientContext& g) { return g.one(g.dy_any()); }};
  return op;
}

// IdentityN: Identity of several tensors at once; its gradient can be overridden for all of them together.
const OpDef& identity_n_op() {
  static const OpDef& op = *new OpDef{.name = "IdentityN",
                                      .inputs = {{"input", type_list("T")}},
                                      .outputs = {{"output", type_list("T")}},
                                      .attrs = {{.name = "T", .type = AttrType::kListType, .minimum = 1}},
                                      .shape = identity_n_shape,
                                      .kernels = {{.make = make_identity_n}},
                                      .gradient = [](GradientContext& g) {
                                        Gradients all = g.none();
                                        for (int i = 0; i < g.num_outputs(); ++i) all[static_cast<size_t>(i)] = g.dy_any(i);
                                        return all;
                                      }};
  return op;
}

// StopGradient: Identity through which no gradient flows.
const OpDef& stop_gradient_op() {
  static const OpDef& op = *new OpDef{.name = "StopGradient",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T")},
                                      .shape = identity_shape,
                                      .kernels = {{.make = make_identity}},
                                      .gradient = NotDifferentiable{"stop_gradient was asked for"}};
  return op;
}

// PreventGradient: Identity of which a gradient is an error that tells `message`.
const OpDef& prevent_gradient_op() {
  static const OpDef& op = *new OpDef{
      .name = "PreventGradient",
      .inputs = {{"input", type_attr("T")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {type_attribute("T"), string_attribute("message", "")},
      .shape = identity_shape,
      .kernels = {{.make = make_identity}},
      .gradient = [](GradientContext& g) { return g.fail(not_found("Gradient explicitly disabled. Reason: ", g.get<std::string>("message"))); }};
  return op;
}

}  // namespace

OpList identity_ops() { return {&identity_op(), &identity_n_op(), &stop_gradient_op(), &prevent_gradient_op()}; }

Output identity(const Operand& input, std::string_view name, Loc where) { return OpBuilder(identity_op(), name, where).input(input).output(); }

std::vector<Output> identity_n(absl::Span<const Operand> inputs, std::string_view name, Loc where) {
  return OpBuilder(identity_n_op(), name, where).input_list(inputs).outputs();
}

Output stop_gradient(const Operand& input, std::string_view name, Loc where) {
  return OpBuilder(stop_gradient_op(), name, where).input(input).output();
}

Output prevent_gradient(const Operand& input, std::string_view message, std::string_view name, Loc where) {
  return OpBuilder(prevent_gradient_op(), name, where).input(input).attr("message", std::string(message)).output();
}

}  // namespace weft
