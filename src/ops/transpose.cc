// Transpose, ConjugateTranspose, InvertPermutation.
#include <complex>
#include <numeric>

#include "absl/strings/str_join.h"
#include "src/ops/bare_ops.h"
#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/strided_copy.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

absl::StatusOr<Dims> permutation(const Tensor& perm, int rank) {
  if (perm.rank() != 1) return invalid_argument("perm must be a vector, not ", perm.shape().to_string());
  if (perm.num_elements() != rank) {
    return invalid_argument("transpose expects a vector of size ", rank, ". But input(1) is a vector of size ", perm.num_elements());
  }
  const Dims axes = index_values(perm);
  absl::InlinedVector<bool, 8> seen(axes.size(), false);
  for (const int64_t axis : axes) {
    if (axis < 0 || axis >= rank) return invalid_argument(axis, " is out of range [0 .. ", rank, ")");
    seen[static_cast<size_t>(axis)] = true;
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) return invalid_argument(i, " is missing from {", absl::StrJoin(axes, ","), "}.");
  }
  return axes;
}

void conjugate(const KernelContext& context, Tensor& tensor) {
  dispatch<kComplexTypes>(tensor.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* elements = tensor.data<T>();
    context.parallel_for(tensor.num_elements(), tile_items(2), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) elements[i] = std::conj(elements[i]);
    });
  });
}

absl::Status transpose_values(KernelContext& context, bool conjugates) {
  const Tensor& x = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const Dims perm, permutation(context.input(1), x.rank()));
  const Dims strides = row_major_strides(x.shape().dims());
  StridedBox box;
  int64_t last_axis = -1;
  bool moves = false;  // dimensions larger than 1 change their order
  for (const int64_t axis : perm) {
    const int64_t size = x.dim(static_cast<int>(axis));
    box.sizes.push_back(size);
    box.from.push_back(strides[static_cast<size_t>(axis)]);
    if (size != 1) {
      moves = moves || axis < last_axis;
      last_axis = axis;
    }
  }
  const Shape shape(box.sizes);
  const bool conjugate_too = conjugates && is_complex(x.dtype());
  if (!moves && !conjugate_too) {
    context.set_output(0, x.reshaped(shape));
    return absl::OkStatus();
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  box.to = row_major_strides(box.sizes);
  strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(box));
  if (conjugate_too) conjugate(context, *out);
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_transpose(const KernelInit&) {
  return Kernel([](KernelContext& context) { return transpose_values(context, false); });
}
absl::StatusOr<Kernel> make_conjugate_transpose(const KernelInit&) {
  return Kernel([](KernelContext& context) { return transpose_values(context, true); });
}

absl::Status transpose_shape(ShapeContext& c) {
  const PartialShape& x = c.input(0);
  const PartialShape& perm_shape = c.input(1);
  const std::optional<std::vector<int64_t>> perm = c.constant_vector(1);
  int64_t rank = x.rank();
  if (rank < 0 && perm_shape.known_rank()) rank = perm_shape.num_elements();
  if (rank < 0 && perm.has_value()) rank = static_cast<int64_t>(perm->size());
  if (rank < 0 || (!x.known_rank() && rank < 2)) {  // one axis may be a scalar's permutation as well as a vector's
    c.set_output(0, rank < 0 ? PartialShape() : x);
    return absl::OkStatus();
  }
  if (rank > kMaxRank) return invalid_argument("perm has ", rank, " elements; at most ", kMaxRank, " dimensions are possible");
  WEFT_ASSIGN_OR_RETURN(const PartialShape in, ShapeContext::with_rank(x, static_cast<int>(rank)));
  WEFT_ASSIGN_OR_RETURN(const PartialShape vector, ShapeContext::with_rank(perm_shape, 1));
  if (vector.known_dim(0) && vector.dim(0) != rank) return invalid_argument("Dimension must be ", rank, " but is ", vector.dim(0));
  PartialShape out = PartialShape::unknown_of_rank(static_cast<int>(rank));
  if (perm.has_value()) {
    for (int i = 0; i < static_cast<int>(rank); ++i) {
      const int64_t axis = (*perm)[static_cast<size_t>(i)];
      if (axis >= rank || axis < -rank) return invalid_argument("perm dim ", axis, " is out of range of input rank ", rank);
      out.set_dim(i, in.dim(static_cast<int>(axis < 0 ? axis + rank : axis)));
    }
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

template <typename T> absl::Status invert(const Tensor& x, Tensor& y) {
  const T* from = x.data<T>();
  T* to = y.data<T>();
  const int64_t n = x.num_elements();
  std::fill_n(to, n, T{-1});
  for (int64_t i = 0; i < n; ++i) {
    const T at = from[i];
    if (at < 0 || at >= n) return invalid_argument(at, " is not between 0 and ", n);
    if (to[at] != -1) return invalid_argument(at, " is duplicated in the input.");
    to[at] = static_cast<T>(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_invert_permutation(const KernelInit&) {
  return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    if (x.rank() != 1) return invalid_argument("invert_permutation expects a 1D vector.");
    Tensor* y;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, x.shape(), &y));
    return x.holds<int32_t>() ? invert<int32_t>(x, *y) : invert<int64_t>(x, *y);
  });
}

absl::Status vector_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape vector, c.input_with_rank(0, 1));
  c.set_output(0, std::move(vector));
  return absl::OkStatus();
}

Gradients transpose_back(GradientContext& g, bool conjugates) {
  const Output inverse = invert_permutation(g.x(1));
  return g.first(transpose(g.dy(), inverse, {.conjugate = conjugates}));
}

// Transpose: y[i[perm[0]], i[perm[1]], …] = x[i[0], i[1], …].
const OpDef& transpose_op() {
  static const OpDef& op = *new OpDef{.name = "Transpose",
                                      .inputs = {{"x", type_attr("T")}, {"perm", type_attr("Tperm")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tperm", kIndexTypes, DType::kInt32)},
                                      .shape = transpose_shape,
                                      .kernels = {{.make = make_transpose}},
                                      .gradient = [](GradientContext& g) { return transpose_back(g, false); }};
  return op;
}

// ConjugateTranspose: Transpose and the complex conjugate of each element.
const OpDef& conjugate_transpose_op() {
  static const OpDef& op = *new OpDef{.name = "ConjugateTranspose",
                                      .inputs = {{"x", type_attr("T")}, {"perm", type_attr("Tperm")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tperm", kIndexTypes, DType::kInt32)},
                                      .shape = transpose_shape,
                                      .kernels = {{.make = make_conjugate_transpose}},
                                      .gradient = [](GradientContext& g) { return transpose_back(g, true); }};
  return op;
}

// InvertPermutation: y[x[i]] = i.
const OpDef& invert_permutation_op() {
  static const OpDef& op = *new OpDef{.name = "InvertPermutation",
                                      .inputs = {{"x", type_attr("T")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T", kIndexTypes, DType::kInt32)},
                                      .shape = vector_shape,
                                      .kernels = {{.make = make_invert_permutation}},
                                      .gradient = NotDifferentiable{"a permutation is made of integers"}};
  return op;
}

const OpDef& transpose_op_for(DType dtype, bool conjugates) { return conjugates && is_complex(dtype) ? conjugate_transpose_op() : transpose_op(); }

}  // namespace

OpList transpose_ops() { return {&transpose_op(), &conjugate_transpose_op(), &invert_permutation_op()}; }

Output transpose(const Operand& x, const Operand& perm, TransposeOptions options, Loc where) {
  Graph* graph = graph_of({&x, &perm});
  if (graph == nullptr || x.failed() || perm.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "transpose"), where);
  return OpBuilder(transpose_op_for(x.dtype(), options.conjugate), here.name(), where).input(x).input(perm).output();
}

Output transpose(const Operand& x, std::initializer_list<int> perm, TransposeOptions options, Loc where) {
  return transpose(x, Operand(perm, where), std::move(options), where);
}

Output transpose(const Operand& x, TransposeOptions options, Loc where) {
  Graph* graph = x.graph();
  if (graph == nullptr || x.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "transpose"), where);
  const Output value = convert(x, graph, DType::kInvalid, "a", where);
  if (!value) return Output::failed(graph);
  OpBuilder builder(transpose_op_for(value.dtype(), options.conjugate), here.name(), where);
  builder.input(value);
  const int known_rank = value.shape().rank();
  if (known_rank > 0) {
    std::vector<int64_t> reversed(static_cast<size_t>(known_rank));
    std::iota(reversed.rbegin(), reversed.rend(), int64_t{0});
    builder.input(Operand(reversed, where));
  } else {
    const Output rank = bare_rank(value, where);
    const Output last = TensorOperand(rank, where) - 1;
    builder.input(TensorOperand(last, where) - bare_range(0, rank, 1, where));
  }
  Output y = builder.output();
  if (y && value.shape().known_rank()) {
    const absl::Span<const int64_t> dims = value.shape().dims();
    y.set_shape(PartialShape(Dims(dims.rbegin(), dims.rend())), where);
  }
  return y;
}

Output matrix_transpose(const Operand& x, TransposeOptions options, Loc where) {
  Graph* graph = x.graph();
  if (graph == nullptr || x.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "matrix_transpose"), where);
  const Output value = convert(x, graph, DType::kInvalid, "a", where);
  if (!value) return Output::failed(graph);
  const int known_rank = value.shape().rank();
  if (value.shape().known_rank() && known_rank < 2) {
    return here.error(invalid_argument("Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: ", value.shape().to_string()), where);
  }
  if (!value.shape().known_rank()) {
    const Output rank = weft::rank(value, "", where);
    const Output batch = bare_range(0, TensorOperand(rank, where) - 2, 1, where);
    const Output last = TensorOperand(rank, where) - 1;
    const Output before_last = TensorOperand(rank, where) - 2;
    // "concat/values_1", as the list becomes a tensor inside the concat's scope.
    const Output swapped = stack({last, before_last}, {.name = "concat/values_1"}, where);
    return transpose(value, concat({batch, swapped}, 0, "concat", where), {.conjugate = options.conjugate}, where);
  }
  std::vector<int64_t> perm(static_cast<size_t>(known_rank));
  std::iota(perm.begin(), perm.end(), int64_t{0});
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return transpose(value, Operand(perm, where), {.conjugate = options.conjugate}, where);
}

Output invert_permutation(const Operand& x, std::string_view name, Loc where) {
  return OpBuilder(invert_permutation_op(), name, where).input(x).output();
}

}  // namespace weft
