// Softmax and LogSoftmax along the last dimension.
#include "src/ops/softmax_rows.h"

#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kSoftmaxKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};

absl::Status softmax_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, ShapeContext::with_rank_at_least(c.input(0), 1));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

template <bool Log> absl::Status run_softmax(KernelContext& context, DType dtype) {
  const Shape shape = context.input(0).shape();
  if (shape.rank() < 1) return invalid_argument("logits must have >= 1 dimension, got ", shape.to_string());
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, shape, &output));
  const int64_t n = shape.dim(shape.rank() - 1);
  if (output->num_elements() == 0) return absl::OkStatus();
  dispatch<kSoftmaxKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    context.parallel_for(output->num_elements() / n, tile_items(n * kSoftmaxCost), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = context.input(0).data<T>() + row * n;
        if constexpr (Log) log_softmax_row(in, n, output->data<T>() + row * n);
        else softmax_row(in, n, output->data<T>() + row * n);
      }
    });
  });
  return absl::OkStatus();
}

template <bool Log> KernelTable softmax_kernels() {
  return {{.constraints = {{"T", kSoftmaxKernelTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             return Kernel([dtype = init.type("T")](KernelContext& context) { return run_softmax<Log>(context, dtype); });
           }}};
}

}  // namespace

// Softmax: exp(x) / sum(exp(x)).
const OpDef& softmax_op() {
  static const OpDef& op = *new OpDef{.name = "Softmax",
                                      .inputs = {{"logits", type_attr("T")}},
                                      .outputs = {{"softmax", type_attr("T")}},
                                      .attrs = {type_attribute("T", kFloatTypes)},
                                      .shape = softmax_shape,
                                      .kernels = softmax_kernels<false>(),
                                      .gradient = [](GradientContext& g) {
                                        const Output sum = reduce_sum(g.dy() * g.y(), {.axis = -1, .keepdims = true});
                                        const Output rest = g.dy() - sum;
                                        return g.one(rest * g.y());
                                      }};
  return op;
}

// LogSoftmax: x - log(sum(exp(x))).
const OpDef& log_softmax_op() {
  static const OpDef& op = *new OpDef{.name = "LogSoftmax",
                                      .inputs = {{"logits", type_attr("T")}},
                                      .outputs = {{"logsoftmax", type_attr("T")}},
                                      .attrs = {type_attribute("T", kFloatTypes)},
                                      .shape = softmax_shape,
                                      .kernels = softmax_kernels<true>(),
                                      .gradient = [](GradientContext& g) {
                                        const Output probabilities = exp(g.y());
                                        const Output sum = reduce_sum(g.dy(), {.axis = -1, .keepdims = true});
                                        return g.one(g.dy() - sum * probabilities);
                                      }};
  return op;
}

OpList softmax_ops() { return {&softmax_op(), &log_softmax_op()}; }

// --- Builders ------------------------------------------------------------------------------------------------------------------

namespace {

// `x`, of `axes` dimensions, with dimensions `axis` and the last exchanged.
Output swap_with_last(const Output& x, int64_t axis, const Output& axes, std::string_view name) {
  Graph& graph = *x.graph();
  const Output last = subtract(axes, 1);
  const Output before = range(graph, axis);
  const Output between = range(axis + 1, last);
  Output permutation;
  {
    const Scope scope = graph.name_scope("concat");
    const Output middle = stack({last}, {.name = "values_1"});
    const Output end = convert(Operand(std::vector<int64_t>{axis}), &graph, DType::kInt32, "values_3");
    permutation = concat({before, middle, between, end}, 0, scope.name());
  }
  return transpose(x, permutation, {.name = std::string(name)});
}

Output build_softmax(const OpDef& op, const Operand& logits, const SoftmaxOptions& options, Loc where) {
  Graph* graph = logits.graph();
  if (graph == nullptr) return Output();
  const PartialShape known = logits.shape();
  int64_t axis = options.axis;
  if (axis == -1 || (known.known_rank() && axis == known.rank() - 1)) return OpBuilder(op, options.name, where).input(logits).output();
  if (logits.failed()) return Output::failed(graph);
  if (!known.known_rank() || axis < -known.rank() || axis >= known.rank()) {
    graph->add_error(
        invalid_argument(op.name, ": Dimension (", axis, ") must be in the range [", -known.rank(), ", ", known.rank(), ") where ", known.rank(),
                         " is the number of dimensions in the input.", known.known_rank() ? "" : " The rank of the input is not known."),
        where);
    return Output::failed(graph);
  }
  if (axis < 0) axis += known.rank();
  const Scope line = graph->location_scope(where);
  const Output x = convert(logits, graph);
  rank(x);  // TensorFlow makes one more than it needs
  const Output axes = rank(x);
  const Output swapped = swap_with_last(x, axis, axes, "");
  Output result = swap_with_last(OpBuilder(op, "", where).input(swapped).output(), axis, axes, options.name);
  result.set_shape(known);
  return result;
}

}  // namespace

Output softmax(const Operand& logits, SoftmaxOptions options, Loc where) { return build_softmax(softmax_op(), logits, options, where); }
Output log_softmax(const Operand& logits, SoftmaxOptions options, Loc where) { return build_softmax(log_softmax_op(), logits, options, where); }

}  // namespace weft
