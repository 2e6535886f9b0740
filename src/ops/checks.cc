// Values that must be as expected when the step runs: CheckNumerics, EnsureShape, Assert.
#include <cmath>

#include "src/ops/composite.h"
#include "src/ops/op_lists.h"
#include "src/ops/summarize_value.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/control_ops.h"

namespace weft {

namespace {

// The kinds of values found, as bits.
constexpr int kHasInf = 1;
constexpr int kHasNan = 2;

template <typename T> int abnormal_kinds(const T* x, int64_t n) {
  bool inf = false;
  bool nan = false;
  for (int64_t i = 0; i < n; ++i) {
    const auto value = static_cast<std::conditional_t<std::is_same_v<T, double>, double, float>>(x[i]);
    nan |= value != value;
    inf |= std::abs(value) == std::numeric_limits<decltype(value)>::infinity();
  }
  return (inf ? kHasInf : 0) | (nan ? kHasNan : 0);
}

absl::StatusOr<Kernel> make_check_numerics(const KernelInit& init) {
  return Kernel([message = init.get<std::string>("message")](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    context.set_output(0, x);
    int kinds = 0;
    dispatch<kFloatTypes>(x.dtype(), [&](auto tag) { kinds = abnormal_kinds(x.data<typename decltype(tag)::type>(), x.num_elements()); });
    if (kinds == 0) return absl::OkStatus();
    constexpr std::string_view kTexts[] = {"", "Inf", "NaN", "Inf and NaN"};
    return invalid_argument(message, " : Tensor had ", kTexts[kinds], " values");
  });
}

absl::StatusOr<Kernel> make_ensure_shape(const KernelInit& init) {
  const Output& x = init.node().input(0);
  std::string name = x.index() == 0 ? x.node()->name() : x.name();
  return Kernel::inline_kernel([name = std::move(name), expected = init.get<PartialShape>("shape")](KernelContext& context) -> absl::Status {
    const Shape& shape = context.input(0).shape();
    if (!expected.is_compatible_with(shape)) {
      return invalid_argument("Shape of tensor ", name, " ", shape.to_string(), " is not compatible with expected shape ", expected.to_string(), ".");
    }
    context.set_output(0, context.input(0));
    return absl::OkStatus();
  });
}

absl::Status ensure_shape_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape merged, c.input(0).merge(c.get<PartialShape>("shape")));
  c.set_output(0, std::move(merged));
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_assert(const KernelInit& init) {
  return Kernel::inline_kernel([summarize = init.get<int64_t>("summarize")](KernelContext& context) -> absl::Status {
    const Tensor& condition = context.input(0);
    if (condition.rank() != 0) return invalid_argument("In[0] should be a scalar: ", condition.shape().to_string());
    if (condition.scalar<bool>()) return absl::OkStatus();
    std::string text = "assertion failed:";
    for (int i = 1; i < context.num_inputs(); ++i) str_append(text, " [", summarize_value(context.input(i), summarize), "]");
    return invalid_argument(text);
  });
}

// CheckNumerics: x, all of whose elements must be finite.
const OpDef& check_numerics_op() {
  static const OpDef& op =
      *new OpDef{.name = "CheckNumerics",
                 .inputs = {{"tensor", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = {type_attribute("T", kFloatTypes), attribute("message", AttrType::kString)},
                 .is_stateful = true,
                 .shape = unchanged_shape,
                 .kernels = {{.make = make_check_numerics}},
                 .gradient = [](GradientContext& g) {
                   return g.one(check_numerics(
                       g.dy(), str_cat("Not a number (NaN) or infinity (Inf) values detected in gradient. ", g.get<std::string>("message"))));
                 }};
  return op;
}

// EnsureShape: x, whose shape must be compatible with `shape`.
const OpDef& ensure_shape_op() {
  static const OpDef& op = *new OpDef{.name = "EnsureShape",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {attribute("shape", AttrType::kShape), type_attribute("T")},
                                      .shape = ensure_shape_shape,
                                      .kernels = {{.make = make_ensure_shape}},
                                      .gradient = [](GradientContext& g) { return g.one(g.dy_any()); }};
  return op;
}

// Assert: fails, telling `data`, when the condition is false.
const OpDef& assert_op_def() {
  static const OpDef& op = *new OpDef{.name = "Assert",
                                      .inputs = {{"condition", DType::kBool}, {"data", type_list("T")}},
                                      .attrs = {{.name = "T", .type = AttrType::kListType, .minimum = 1}, int_attribute("summarize", 3)},
                                      .is_stateful = true,
                                      .shape = no_outputs_shape,
                                      .kernels = {{.make = make_assert}},
                                      .gradient = NotDifferentiable{"an assertion has no value"}};
  return op;
}

}  // namespace

OpList check_ops() { return {&check_numerics_op(), &ensure_shape_op(), &assert_op_def()}; }

Output check_numerics(const Operand& x, std::string_view message, std::string_view name, Loc where) {
  return OpBuilder(check_numerics_op(), name, where).input(x).attr("message", std::string(message)).output();
}

Output ensure_shape(const Operand& x, DeclaredShape shape, std::string_view name, Loc where) {
  return OpBuilder(ensure_shape_op(), name, where).input(x).attr("shape", shape.get()).output();
}

Operation assert_op(const Operand& condition, absl::Span<const Operand> data, AssertOptions options, Loc where) {
  Graph* graph = condition.graph();
  for (const Operand& value : data) graph = graph != nullptr ? graph : value.graph();
  if (graph == nullptr || condition.failed()) return Operation::failed(graph);
  const Composite here(*graph, name_or(options.name, "Assert"), where);
  for (const Operand& value : data) convert(value, graph, DType::kInvalid, "Const", where);  // TensorFlow looks at their dtypes this way
  return OpBuilder(*graph, assert_op_def(), "Assert", where).input(condition).input_list(data).attr("summarize", options.summarize).operation();
}

}  // namespace weft
