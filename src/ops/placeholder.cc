// Values that a step is fed with: Placeholder, PlaceholderV2, PlaceholderWithDefault.
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

absl::Status shape_from_attr(ShapeContext& c) {
  c.set_output(0, c.get<PartialShape>("shape"));
  return absl::OkStatus();
}

// Runs only where nobody fed the placeholder.
absl::StatusOr<Kernel> make_unfed(const KernelInit& init) {
  const PartialShape shape = init.get<PartialShape>("shape");
  std::string text = str_cat("You must feed a value for placeholder tensor '", init.name(), "' with dtype ", dtype_cc_name(init.type("dtype")));
  if (shape.known_rank() && shape.rank() > 0) str_append(text, " and shape ", shape.to_string());
  return Kernel::inline_kernel([text](KernelContext&) -> absl::Status { return invalid_argument(text); });
}

absl::StatusOr<Kernel> make_default(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    context.set_output(0, context.input(0));
    return absl::OkStatus();
  });
}

absl::Status default_shape(ShapeContext& c) {
  const PartialShape declared = c.get<PartialShape>("shape");
  WEFT_RETURN_IF_ERROR(c.input(0).merge(declared).status());
  // The fed value need only fit the declaration, not the default.
  c.set_output(0, declared);
  return absl::OkStatus();
}

// Placeholder: a value that must be fed. An unknown `shape` takes any.
const OpDef& placeholder_op() {
  static const OpDef& op = *new OpDef{.name = "Placeholder",
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype"), attribute("shape", AttrType::kShape, PartialShape())},
                                      .is_placeholder = true,
                                      .shape = shape_from_attr,
                                      .kernels = {{.make = make_unfed}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// PlaceholderV2: the same, deprecated; found in old files.
const OpDef& placeholder_v2_op() {
  static const OpDef& op = *new OpDef{.name = "PlaceholderV2",
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype"), attribute("shape", AttrType::kShape)},
                                      .is_placeholder = true,
                                      .shape = shape_from_attr,
                                      .kernels = {{.make = make_unfed}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// PlaceholderWithDefault: its input unless something is fed.
const OpDef& placeholder_with_default_op() {
  static const OpDef& op = *new OpDef{.name = "PlaceholderWithDefault",
                                      .inputs = {{"input", type_attr("dtype")}},
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype"), attribute("shape", AttrType::kShape)},
                                      .shape = default_shape,
                                      .kernels = {{.make = make_default}},
                                      .gradient = [](GradientContext& g) { return g.one(g.dy_any()); }};
  return op;
}

}  // namespace

OpList placeholder_ops() { return {&placeholder_op(), &placeholder_v2_op(), &placeholder_with_default_op()}; }

Output placeholder(Graph& graph, DType dtype, PlaceholderOptions options, Loc where) {
  return OpBuilder(graph, placeholder_op(), options.name, where).attr("dtype", dtype).attr("shape", options.shape.get()).output();
}

Output placeholder_with_default(Graph& graph, const Operand& input, DeclaredShape shape, std::string_view name, Loc where) {
  return OpBuilder(graph, placeholder_with_default_op(), name, where).input(input).attr("shape", shape.get()).output();
}

}  // namespace weft
