// Conditional execution: Switch, Merge, ControlTrigger, and their forms for references. A value goes to one of Switch's outputs; what hangs on the
// other is skipped, up to a Merge, which takes whichever input has a value.
#include "src/ops/op_lists.h"
#include "weft/graph/node.h"

namespace weft {

namespace {

absl::StatusOr<Kernel> make_switch(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    const Tensor& predicate = context.input(1);
    if (predicate.num_elements() != 1 || predicate.rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape ", predicate.shape().to_string());
    }
    context.set_output(predicate.scalar<bool>() ? 1 : 0, context.input(0));
    return absl::OkStatus();
  });
}

// The first input that has a value; TensorFlow takes the one that comes first in time.
absl::StatusOr<Kernel> make_merge(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    for (int i = 0; i < context.num_inputs(); ++i) {
      if (!context.input(i).valid()) continue;
      context.set_output(0, context.input(i));
      context.set_output(1, Tensor::scalar_of(static_cast<int32_t>(i)));
      return absl::OkStatus();
    }
    return internal("Merge ran without a value");
  });
}

absl::Status switch_shape(ShapeContext& c) {
  if (c.input(1).known_rank() && c.input(1).rank() != 0) return invalid_argument("Shape must be rank 0 but is rank ", c.input(1).rank());
  for (int i = 0; i < 2; ++i) {
    c.set_output(i, c.input(0));
    if (const HandleInfo* handle = c.input_handle(0)) c.set_output_handle(i, *handle);
  }
  return absl::OkStatus();
}

// What all inputs agree on: a loop's second input is not known yet when the Merge is made.
absl::Status merge_shape(ShapeContext& c) {
  c.set_output(1, PartialShape::scalar());
  PartialShape common = c.input(0);
  for (int i = 1; i < c.num_inputs() && common.known_rank(); ++i) {
    const PartialShape& input = c.input(i);
    if (!input.known_rank() || input.rank() != common.rank()) common = PartialShape::unknown();
    for (int d = 0; d < common.rank(); ++d)
      if (input.dim(d) != common.dim(d)) common.set_dim(d, kUnknownDim);
  }
  c.set_output(0, common);
  if (const HandleInfo* handle = c.input_handle(0)) c.set_output_handle(0, *handle);
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_control_trigger(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext&) { return absl::OkStatus(); });
}

Gradients no_gradient_yet(GradientContext& g) {
  return g.fail(unimplemented("the gradient of ", g.node().describe(), " is not implemented: gradients do not pass conditions yet"));
}

OpDef switch_of(std::string_view name, ArgType type) {
  return {.name = name,
          .inputs = {{"data", type}, {"pred", DType::kBool}},
          .outputs = {{"output_false", type}, {"output_true", type}},
          .attrs = {type_attribute("T")},
          .allows_uninitialized_input = type.is_ref,
          .control = ControlRole::kSwitch,
          .shape = switch_shape,
          .kernels = {{.make = make_switch}},
          .gradient = no_gradient_yet};
}

OpDef merge_of(std::string_view name, ArgType type) {
  return {.name = name,
          .inputs = {{"inputs", list_of("N", type)}},
          .outputs = {{"output", type}, {"value_index", DType::kInt32}},
          .attrs = {type_attribute("T"), int_attribute("N", {}, 1)},
          .control = ControlRole::kMerge,
          .shape = merge_shape,
          .kernels = {{.make = make_merge}},
          .gradient = no_gradient_yet};
}

// Switch: hands `data` to output_true or output_false as the bool scalar `pred` says.
const OpDef& switch_op() {
  static const OpDef& op = *new OpDef(switch_of("Switch", type_attr("T")));
  return op;
}

// Merge: hands on the input that has a value, and which it was.
const OpDef& merge_op() {
  static const OpDef& op = *new OpDef(merge_of("Merge", type_attr("T")));
  return op;
}

// ControlTrigger: a NoOp that also runs after nodes that were skipped.
const OpDef& control_trigger_op() {
  static const OpDef& op = *new OpDef{.name = "ControlTrigger",
                                      .control = ControlRole::kControlTrigger,
                                      .shape = no_outputs_shape,
                                      .kernels = {{.make = make_control_trigger}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// RefSwitch, RefMerge: the same for references.
const OpDef& ref_switch_op() {
  static const OpDef& op = *new OpDef(switch_of("RefSwitch", type_attr("T").ref()));
  return op;
}
const OpDef& ref_merge_op() {
  static const OpDef& op = *new OpDef(merge_of("RefMerge", type_attr("T").ref()));
  return op;
}

absl::StatusOr<Kernel> make_ref_select(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    const Tensor& index = context.input(0);
    if (index.rank() != 0) return invalid_argument("Index must be a scalar, but it has shape ", index.shape().to_string());
    const int32_t i = *index.data<int32_t>();
    if (i < 0 || i >= context.num_inputs() - 1) {
      return invalid_argument("Index must be in the range [0, ", context.num_inputs() - 1, ") but got ", i);
    }
    context.set_output(0, context.input(i + 1));
    return absl::OkStatus();
  });
}

absl::Status ref_select_shape(ShapeContext& c) {
  PartialShape common = c.input(1);
  for (int i = 2; i < c.num_inputs(); ++i)
    if (!(c.input(i) == common)) common = PartialShape::unknown();
  c.set_output(0, common);
  return absl::OkStatus();
}

// RefSelect: the reference inputs[index].
const OpDef& ref_select_op() {
  static const OpDef& op = *new OpDef{.name = "RefSelect",
                                      .inputs = {{"index", DType::kInt32}, {"inputs", list_of("N", type_attr("T").ref())}},
                                      .outputs = {{"output", type_attr("T").ref()}},
                                      .attrs = {type_attribute("T"), int_attribute("N", {}, 1)},
                                      .shape = ref_select_shape,
                                      .kernels = {{.make = make_ref_select}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

absl::StatusOr<Kernel> make_ref_identity(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    context.set_output(0, context.input(0));
    return absl::OkStatus();
  });
}

absl::Status ref_identity_shape(ShapeContext& c) {
  c.set_output(0, c.input(0));
  return absl::OkStatus();
}

// RefIdentity: the same reference.
const OpDef& ref_identity_op() {
  static const OpDef& op = *new OpDef{.name = "RefIdentity",
                                      .inputs = {{"input", type_attr("T").ref()}},
                                      .outputs = {{"output", type_attr("T").ref()}},
                                      .attrs = {type_attribute("T")},
                                      .allows_uninitialized_input = true,
                                      .shape = ref_identity_shape,
                                      .kernels = {{.make = make_ref_identity}},
                                      .gradient = [](GradientContext& g) { return g.one(g.dy_any()); }};
  return op;
}

}  // namespace

OpList switch_ops() {
  return {&switch_op(), &merge_op(), &control_trigger_op(), &ref_switch_op(), &ref_merge_op(), &ref_select_op(), &ref_identity_op()};
}

}  // namespace weft
