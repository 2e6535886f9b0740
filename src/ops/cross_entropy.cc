// SoftmaxCrossEntropyWithLogits and SparseSoftmaxCrossEntropyWithLogits: the loss of each row and, for the gradient, softmax - labels.
#include "src/ops/op_lists.h"
#include "src/ops/python_constant.h"
#include "src/ops/softmax_rows.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kCrossEntropyKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};

// --- Dense labels ----------------------------------------------------------------------------------------------------------------

absl::Status dense_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape both, broadcast(c.input(0), c.input(1)));
  if (both.known_rank() && both.rank() != 2) return invalid_argument("Shape must be broadcasted with rank 2, but is rank ", both.rank());
  const PartialShape matrix = both.known_rank() ? both : PartialShape::unknown_of_rank(2);
  c.set_output(0, PartialShape::vector(matrix.dim(0)));
  c.set_output(1, matrix);
  return absl::OkStatus();
}

// One side of the comparison: element (row, column), where a dimension of size 1 is repeated.
template <typename T> struct Side {
  const T* data;
  int64_t row_step;
  int64_t column_step;
  Side(const Tensor& tensor, const Shape& full)
      : data(tensor.data<T>()), row_step(tensor.dim(0) == 1 && full.dim(0) != 1 ? 0 : tensor.dim(1)), column_step(tensor.dim(1) == 1 ? 0 : 1) {}
};

template <typename T> void dense_row(const Side<T>& logits, const Side<T>& labels, int64_t row, int64_t n, T* loss, T* backprop) {
  using A = RowValue<T>;
  // The row of logits, spread if need be, goes where the gradient will be.
  const T* x = logits.data + row * logits.row_step;
  const T* z = labels.data + row * labels.row_step;
  for (int64_t i = 0; i < n; ++i) backprop[i] = x[i * logits.column_step];
  const A shift = row_max(backprop, n);
  const A sum = row_sum_exp(backprop, n, shift);
  const A log_sum = std::log(sum);
  A total(0);
  for (int64_t i = 0; i < n; ++i) total += static_cast<A>(z[i * labels.column_step]) * (log_sum - (static_cast<A>(backprop[i]) - shift));
  *loss = static_cast<T>(total);
  for (int64_t i = 0; i < n; ++i) {
    backprop[i] = static_cast<T>(vector_math::exp(static_cast<A>(backprop[i]) - shift) / sum - static_cast<A>(z[i * labels.column_step]));
  }
}

absl::StatusOr<Shape> broadcast_matrix(const Shape& logits, const Shape& labels) {
  const auto fits = [&](int i) { return logits.dim(i) == labels.dim(i) || logits.dim(i) == 1 || labels.dim(i) == 1; };
  if (logits.rank() == labels.rank() && logits.rank() == 2) {
    if (fits(0) && fits(1)) return Shape{logits.dim(0) == 1 ? labels.dim(0) : logits.dim(0), logits.dim(1) == 1 ? labels.dim(1) : logits.dim(1)};
    return invalid_argument("logits and labels must be broadcastable: logits_size=", logits.to_string(), " labels_size=", labels.to_string());
  }
  return invalid_argument("logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional, got logits shape ", logits.to_string(),
                          " and labels shape ", labels.to_string());
}

// A vector or scalar beside a matrix is a row.
Tensor as_matrix(const Tensor& tensor, const Tensor& other) {
  if (tensor.rank() >= 2 || other.rank() != 2) return tensor;
  return tensor.reshaped(Shape{1, tensor.num_elements()});
}

absl::Status run_dense(KernelContext& context, DType dtype) {
  const Tensor logits = as_matrix(context.input(0), context.input(1));
  const Tensor labels = as_matrix(context.input(1), context.input(0));
  WEFT_ASSIGN_OR_RETURN(const Shape shape, broadcast_matrix(logits.shape(), labels.shape()));
  Tensor *loss, *backprop;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{shape.dim(0)}, &loss));
  WEFT_RETURN_IF_ERROR(context.allocate_output(1, shape, &backprop));
  const int64_t n = shape.dim(1);
  dispatch<kCrossEntropyKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* losses = loss->data<T>();
    T* gradients = backprop->data<T>();
    if (n == 0) std::fill_n(losses, shape.dim(0), T(0));
    if (backprop->num_elements() == 0) return;
    const Side<T> x(logits, shape), z(labels, shape);
    context.parallel_for(shape.dim(0), tile_items(n * 2 * kSoftmaxCost), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) dense_row(x, z, row, n, losses + row, gradients + row * n);
    });
  });
  return absl::OkStatus();
}

// --- Labels that are class numbers -------------------------------------------------------------------------------------------------

absl::Status sparse_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape logits, c.input_with_rank(0, 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape labels, c.input_with_rank(1, 1));
  WEFT_ASSIGN_OR_RETURN(const int64_t batch, ShapeContext::merge_dims(logits.dim(0), labels.dim(0)));
  logits.set_dim(0, batch);
  c.set_output(0, PartialShape::vector(batch));
  c.set_output(1, std::move(logits));
  return absl::OkStatus();
}

template <typename L> absl::Status check_labels(const Tensor& labels, int64_t classes) {
  for (const L label : labels.flat<L>()) {
    if (label >= 0 && label < classes) continue;
    std::string values;
    for (const L value : labels.flat<L>().first(std::min<size_t>(labels.flat<L>().size(), 10000)))
      str_append(values, values.empty() ? "" : " ", value);
    return invalid_argument("Received a label value of ", label, " which is outside the valid range of [0, ", classes, ").  Label values: ", values);
  }
  return absl::OkStatus();
}

template <typename T> void sparse_row(const T* logits, int64_t label, int64_t n, T* loss, T* backprop) {
  using A = RowValue<T>;
  const A shift = row_max(logits, n);
  const A sum = row_sum_exp(logits, n, shift);
  *loss = static_cast<T>(std::log(sum) - (static_cast<A>(logits[label]) - shift));
  for (int64_t i = 0; i < n; ++i) backprop[i] = static_cast<T>(vector_math::exp(static_cast<A>(logits[i]) - shift) / sum);
  backprop[label] = static_cast<T>(vector_math::exp(static_cast<A>(logits[label]) - shift) / sum - A(1));
}

template <typename L> absl::Status run_sparse(KernelContext& context, DType dtype) {
  const Tensor& logits = context.input(0);
  const Tensor& labels = context.input(1);
  if (logits.rank() != 2) return invalid_argument("logits must be 2-D, but got shape ", logits.shape().to_string());
  if (labels.rank() != 1) return invalid_argument("labels must be 1-D, but got shape ", labels.shape().to_string());
  if (logits.dim(0) != labels.dim(0)) {
    return invalid_argument("logits and labels must have the same first dimension, got logits shape ", logits.shape().to_string(),
                            " and labels shape ", labels.shape().to_string());
  }
  const int64_t n = logits.dim(1);
  if (n <= 0) return invalid_argument("Must have at least one class, but got logits shape ", logits.shape().to_string());
  WEFT_RETURN_IF_ERROR(check_labels<L>(labels, n));
  Tensor *loss, *backprop;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, labels.shape(), &loss));
  WEFT_RETURN_IF_ERROR(context.allocate_output(1, logits.shape(), &backprop));
  const L* classes = labels.data<L>();
  dispatch<kCrossEntropyKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    context.parallel_for(logits.dim(0), tile_items(n * 2 * kSoftmaxCost), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        sparse_row(logits.data<T>() + row * n, static_cast<int64_t>(classes[row]), n, loss->data<T>() + row, backprop->data<T>() + row * n);
      }
    });
  });
  return absl::OkStatus();
}

// --- Gradients -------------------------------------------------------------------------------------------------------------------

// Each row of `matrix` times its element of `vector`.
Output scale_rows(const Output& vector, const Output& matrix) { return expand_dims(vector, -1) * matrix; }

bool is_zero(const Output& gradient) {
  if (!gradient || gradient.op().type() == "ZerosLike" || gradient.op().type() == "Zeros") return true;
  const Tensor* value = python_constant(gradient);
  return value != nullptr && equal(*value, Tensor::zeros(value->dtype(), value->shape()));
}

Gradients dense_gradient(GradientContext& g) {
  const Output logits = g.x(0);
  Output gradient = scale_rows(g.dy(0), g.y(1));
  if (!is_zero(g.dy(1))) {
    const Output probabilities = softmax(logits);
    const Output row = expand_dims(g.dy(1), 1);
    const Output product = squeeze(matmul(row, expand_dims(probabilities, 2)), {.axis = {1}});
    gradient = gradient + (g.dy(1) - product) * probabilities;
  }
  return g.two(gradient, scale_rows(g.dy(0), -log_softmax(logits)));
}

Gradients sparse_gradient(GradientContext& g) {
  const Output once =
      prevent_gradient(g.y(1),
                       "Currently there is no way to take the second derivative of sparse_softmax_cross_entropy_with_logits due to the fused "
                       "implementation's interaction with tf.gradients()");
  return g.first(scale_rows(g.dy(0), once));
}

}  // namespace

// SoftmaxCrossEntropyWithLogits: loss = -sum(labels * log_softmax(features)) of each row; backprop = softmax(features) - labels.
const OpDef& softmax_cross_entropy_with_logits_op() {
  static const OpDef& op =
      *new OpDef{.name = "SoftmaxCrossEntropyWithLogits",
                 .inputs = {{"features", type_attr("T")}, {"labels", type_attr("T")}},
                 .outputs = {{"loss", type_attr("T")}, {"backprop", type_attr("T")}},
                 .attrs = {type_attribute("T", kFloatTypes)},
                 .shape = dense_shape,
                 .kernels = {{.constraints = {{"T", kCrossEntropyKernelTypes}},
                              .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                return Kernel([dtype = init.type("T")](KernelContext& context) { return run_dense(context, dtype); });
                              }}},
                 .gradient = dense_gradient};
  return op;
}

// SparseSoftmaxCrossEntropyWithLogits: the same where all of a row's label is one class.
const OpDef& sparse_softmax_cross_entropy_with_logits_op() {
  static const OpDef& op =
      *new OpDef{.name = "SparseSoftmaxCrossEntropyWithLogits",
                 .inputs = {{"features", type_attr("T")}, {"labels", type_attr("Tlabels")}},
                 .outputs = {{"loss", type_attr("T")}, {"backprop", type_attr("T")}},
                 .attrs = {type_attribute("T", kFloatTypes), type_attribute("Tlabels", kIndexTypes, DType::kInt64)},
                 .shape = sparse_shape,
                 .kernels = {{.constraints = {{"T", kCrossEntropyKernelTypes}, {"Tlabels", kIndexTypes}},
                              .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                const auto run = init.type("Tlabels") == DType::kInt32 ? run_sparse<int32_t> : run_sparse<int64_t>;
                                return Kernel([dtype = init.type("T"), run](KernelContext& context) { return run(context, dtype); });
                              }}},
                 .gradient = sparse_gradient};
  return op;
}

OpList cross_entropy_ops() { return {&softmax_cross_entropy_with_logits_op(), &sparse_softmax_cross_entropy_with_logits_op()}; }

}  // namespace weft
