// The cross entropies between labels and logits, as TensorFlow's Python composes them.
#include "src/ops/composite.h"
#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

// x[begin : begin + size] of a vector, `begin` and `size` being scalars of the graph or numbers.
Output slice_vector(const Output& x, const Operand& begin, const Operand& size) {
  Graph& graph = *x.graph();
  const Scope scope = graph.name_scope("Slice");
  const auto vector = [&](const Operand& scalar, std::string_view name) {
    if (scalar.output() != nullptr) return stack({scalar}, {.name = std::string(name)});
    return convert(Operand(scalar.literal()->tensor.reshaped(Shape{1})), &graph, DType::kInt32, name);
  };
  const Output first = vector(begin, "begin");
  return slice(x, first, vector(size, "size"), scope.name());
}

// All dimensions but the last made one.
Output flatten_outer_dimensions(const Output& x) {
  const Output axes = rank(x);
  const Output dims = shape(x);
  const Output last = slice_vector(dims, subtract(axes, 1), 1);
  Output flat = reshape(x, concat({Operand({-1}), Operand(last)}, 0));
  if (!x.shape().known_rank() || x.shape().rank() == 0) return flat;
  int64_t outer = 1;
  for (int i = 0; i + 1 < x.shape().rank(); ++i) {
    if (outer < 0 || x.shape().dim(i) < 0 || __builtin_mul_overflow(outer, x.shape().dim(i), &outer)) outer = kUnknownDim;
  }
  flat.set_shape({outer, x.shape().dim(x.shape().rank() - 1)});
  return flat;
}

// Dimension `axis` moved behind the others.
Output move_to_end(const Output& x, int64_t axis, const Output& axes) {
  const Output before = range(*x.graph(), axis);
  const Output after = range(axis + 1, axes);
  return transpose(x, concat({Operand(before), Operand(after), Operand(std::vector<int64_t>{axis})}, 0));
}

// Both shapes merged; an error in the graph when they contradict.
bool same_shapes(Graph& graph, const Output& labels, const Output& logits, Loc where) {
  if (!labels || !logits) return false;
  if (logits.shape().is_compatible_with(labels.shape())) return true;
  graph.add_error(
      invalid_argument("logits and labels must have the same shape (", logits.shape().to_string(), " vs ", labels.shape().to_string(), ")"), where);
  return false;
}

}  // namespace

Output softmax_cross_entropy_with_logits_v2(const CrossEntropyArguments& arguments, Loc where) {
  Graph* graph = graph_of({&arguments.logits, &arguments.labels});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(arguments.name, "softmax_cross_entropy_with_logits"), where);
  const Output logits = convert(arguments.logits, graph, DType::kInvalid, "logits", where);
  Output labels = convert(arguments.labels, graph, arguments.labels.literal() != nullptr ? logits.dtype() : DType::kInvalid, "labels", where);
  if (!logits || !labels) return Output::failed(graph);
  const bool narrow = logits.dtype() == DType::kHalf || logits.dtype() == DType::kBFloat16;
  Output precise = narrow ? cast(logits, DType::kFloat32) : logits;
  labels = cast(labels, precise.dtype());
  const PartialShape known = logits.shape();
  int64_t axis = arguments.axis;
  if (known.known_rank() && (axis < -known.rank() || axis >= known.rank())) {
    return scope.error(invalid_argument("softmax_cross_entropy_with_logits: axis ", axis, " of logits of rank ", known.rank()), where);
  }
  const Output axes = rank(precise);
  if (axis != -1) {
    if (axis < 0 && !known.known_rank()) return scope.error(invalid_argument("a negative axis needs logits of known rank"), where);
    if (axis < 0) axis += known.rank();
    precise = move_to_end(precise, axis, axes);
    labels = move_to_end(labels, axis, axes);
  }
  const Output dims = shape(precise);
  precise = flatten_outer_dimensions(precise);
  labels = flatten_outer_dimensions(labels);
  Output cost = OpBuilder(softmax_cross_entropy_with_logits_op(), scope.name(), where).input(precise).input(labels).output();
  if (!cost) return cost;
  const Output outer = slice_vector(dims, 0, subtract(axes, 1));
  cost = reshape(cost, outer);
  if (known.known_rank()) {
    PartialShape left = PartialShape::scalar();
    const int64_t dropped = axis < 0 ? axis + known.rank() : axis;
    for (int i = 0; i < known.rank(); ++i) {
      if (i != dropped) left.add_dim(known.dim(i));
    }
    cost.set_shape(left, where);
  }
  return narrow ? cast(cost, logits.dtype()) : cost;
}

Output softmax_cross_entropy_with_logits(const CrossEntropyArguments& arguments, Loc where) {
  Graph* graph = graph_of({&arguments.logits, &arguments.labels});
  if (graph == nullptr) return Output();
  CrossEntropyArguments inner = arguments;
  {
    const Composite scope(*graph, name_or(arguments.name, "softmax_cross_entropy_with_logits_sg"), where);
    const Output labels =
        convert(arguments.labels, graph, arguments.labels.literal() != nullptr ? arguments.logits.dtype() : DType::kInvalid, "labels", where);
    if (!labels) return Output::failed(graph);
    inner.labels = Operand(stop_gradient(labels, "labels_stop_gradient"), where);
    inner.name = scope.name();
  }
  return softmax_cross_entropy_with_logits_v2(inner, where);
}

Output sparse_softmax_cross_entropy_with_logits(const LabelArguments& arguments, Loc where) {
  constexpr std::string_view kName = "SparseSoftmaxCrossEntropyWithLogits";
  Graph* graph = graph_of({&arguments.logits, &arguments.labels});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(arguments.name, kName), where);
  const Output labels = convert(arguments.labels, graph, DType::kInvalid, "Const", where);
  const Output logits = convert(arguments.logits, graph, DType::kInvalid, "Const", where);
  if (!logits || !labels) return Output::failed(graph);
  const bool narrow = logits.dtype() == DType::kHalf;
  Output precise = narrow ? cast(logits, DType::kFloat32) : logits;
  const Output labels_shape = shape(labels);
  const PartialShape &logits_known = logits.shape(), labels_known = labels.shape();
  if (logits_known.known_rank()) {
    if (logits_known.rank() == 0)
      return scope.error(invalid_argument("Logits cannot be scalars - received shape ", logits_known.to_string(), "."), where);
    if (labels_known.known_rank() && labels_known.rank() != logits_known.rank() - 1) {
      return scope.error(invalid_argument("Rank mismatch: Rank of labels (received ", labels_known.rank(),
                                          ") should equal rank of logits minus 1 (received ", logits_known.rank(), ")."),
                         where);
    }
    const PartialShape expected(logits_known.dims().first(static_cast<size_t>(logits_known.rank() - 1)));
    if (!labels_known.is_compatible_with(expected)) {
      return scope.error(
          invalid_argument("Shape mismatch: The shape of labels (received ", labels_known.to_string(),
                           ") should equal the shape of logits except for the last dimension (received ", logits_known.to_string(), ")."),
          where);
    }
  }
  const auto node = [&](const Output& x, const Output& z) {
    return OpBuilder(sparse_softmax_cross_entropy_with_logits_op(), arguments.name, where).input(x).input(z).output();
  };
  if (logits_known.rank() == 2) {
    const Output cost = node(precise, labels);
    return narrow ? cast(cost, DType::kHalf) : cost;
  }
  // The op takes a matrix. Where the shapes are not known yet, the op and the last reshape check them in the step.
  const Output dims = shape(logits);
  const Output last = subtract(rank(logits), 1, "sub");
  const Output classes = strided_slice(dims, {Slice(last)});
  {
    const Scope reshaping = graph->name_scope("Reshape");
    const Output matrix = stack({Operand(-1), Operand(classes)}, {.name = "shape"});
    precise = reshape(precise, matrix, reshaping.name());
  }
  Output cost = reshape(node(precise, reshape(labels, {-1})), labels_shape);
  cost.set_shape(labels_known, where);
  return narrow ? cast(cost, DType::kHalf) : cost;
}

Output sigmoid_cross_entropy_with_logits(const LabelArguments& arguments, Loc where_) {
  Graph* graph = graph_of({&arguments.logits, &arguments.labels});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(arguments.name, "logistic_loss"), where_);
  const Output logits = convert(arguments.logits, graph, DType::kInvalid, "logits", where_);
  const Output labels = convert(arguments.labels, graph, arguments.labels.literal() != nullptr ? logits.dtype() : DType::kInvalid, "labels", where_);
  if (!same_shapes(*graph, labels, logits, where_)) return Output::failed(graph);
  const Output zero = zeros_like(logits);
  const Output positive = logits >= zero;
  const Output relu_logits = where(positive, logits, zero);
  const Output minus_abs = where(positive, -logits, logits);
  const Output product = logits * labels;
  const Output linear = relu_logits - product;
  return add(linear, log1p(exp(minus_abs)), scope.name(), where_);
}

Output weighted_cross_entropy_with_logits(const WeightedLabelArguments& arguments, Loc where) {
  Graph* graph = graph_of({&arguments.logits, &arguments.labels});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name_or(arguments.name, "logistic_loss"), where);
  const Output logits = convert(arguments.logits, graph, DType::kInvalid, "logits", where);
  const Output labels = convert(arguments.labels, graph, arguments.labels.literal() != nullptr ? logits.dtype() : DType::kInvalid, "labels", where);
  if (!same_shapes(*graph, labels, logits, where)) return Output::failed(graph);
  Output product;
  if (const Literal* weight = arguments.pos_weight.literal()) {
    const absl::StatusOr<Tensor> number = convert_literal(*weight, DType::kFloat64);
    if (!number.ok() || number->num_elements() != 1) return scope.error(invalid_argument("pos_weight must be a number or a tensor"), where);
    product = multiply(number->scalar<double>() - 1.0, labels, "mul");
  } else {
    product = multiply(subtract(arguments.pos_weight, 1, "sub"), labels, "mul");
  }
  const Output log_weight = 1 + product;
  const Output negative_part = (1 - labels) * logits;
  const Output log_part = log1p(exp(-abs(logits)));
  const Output positive_part = log_weight * (log_part + relu(-logits));
  return add(negative_part, positive_part, scope.name(), where);
}

}  // namespace weft
