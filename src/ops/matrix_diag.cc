// MatrixDiag, MatrixDiagPart, MatrixSetDiag, MatrixBandPart, Diag, DiagPart.
#include <algorithm>
#include <cstring>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matrix_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

// What the kernels of plain elements do; zeros are zero bytes for all of them.
constexpr DTypeSet kPlainTypes = kFloatTypes | kIntTypes | kComplexTypes | DTypeSet{DType::kBool};
constexpr DTypeSet kDiagTypes = {DType::kBFloat16, DType::kHalf,  DType::kFloat32,   DType::kFloat64,
                                 DType::kInt32,    DType::kInt64, DType::kComplex64, DType::kComplex128};

void clear(Tensor& t) {
  if (t.num_elements() > 0) std::memset(t.raw_data(), 0, t.num_bytes());
}

// Calls f(matrix, i) with the element type's pointer for each matrix of a stack.
struct Stack {
  int64_t count, rows, columns;
  int64_t diagonal() const { return std::min(rows, columns); }
};
Stack stack_of(const Shape& shape) { return {count_of_dims(shape, 0, shape.rank() - 2), shape.dim(shape.rank() - 2), shape.dim(shape.rank() - 1)}; }

template <typename F> void with_plain(DType dtype, F f) {
  dispatch_storage(dtype, [&](auto tag) {
    using S = typename decltype(tag)::type;
    if constexpr (std::is_trivially_copyable_v<S>) f(tag);
  });
}

absl::Status too_small(int rank, const Tensor& input) {
  return invalid_argument("input must be at least ", rank, "-dim, received shape: ", input.shape().to_string());
}

absl::Status matrix_diag_kernel(KernelContext& context) {
  const Tensor& diagonal = context.input(0);
  if (diagonal.rank() < 1) return too_small(1, diagonal);
  const int64_t n = diagonal.dim(diagonal.rank() - 1);
  Dims dims(diagonal.shape().dims().begin(), diagonal.shape().dims().end());
  dims.push_back(n);
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  clear(*out);
  with_plain(diagonal.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(diagonal.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    for (int64_t k = 0; k < diagonal.num_elements(); ++k) to[k * n + k % n] = from[k];
  });
  return absl::OkStatus();
}

absl::Status matrix_diag_part_kernel(KernelContext& context) {
  const Tensor& input = context.input(0);
  if (input.rank() < 2) return too_small(2, input);
  const Stack stack = stack_of(input.shape());
  Shape shape = input.shape();
  shape.remove_dim(shape.rank() - 1);
  shape.set_dim(shape.rank() - 1, stack.diagonal());
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  with_plain(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(input.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    for (int64_t m = 0; m < stack.count; ++m, from += stack.rows * stack.columns) {
      for (int64_t i = 0; i < stack.diagonal(); ++i) *to++ = from[i * stack.columns + i];
    }
  });
  return absl::OkStatus();
}

absl::Status matrix_set_diag_kernel(KernelContext& context) {
  const Tensor input = context.input(0);
  const Tensor& diagonal = context.input(1);
  if (input.rank() < 2) return too_small(2, input);
  const Stack stack = stack_of(input.shape());
  Shape expected = input.shape();
  expected.remove_dim(expected.rank() - 1);
  expected.set_dim(expected.rank() - 1, stack.diagonal());
  if (!(diagonal.shape() == expected)) {
    return invalid_argument("must have diagonal.shape == input.shape[:-2] + min(input.shape[-2:]), but received input shape: ",
                            input.shape().to_string(), " and diagonal shape: ", diagonal.shape().to_string());
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, input.shape(), &out));
  if (input.num_elements() > 0) std::memcpy(out->raw_data(), input.raw_data(), input.num_bytes());
  with_plain(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(diagonal.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    for (int64_t m = 0; m < stack.count; ++m, to += stack.rows * stack.columns) {
      for (int64_t i = 0; i < stack.diagonal(); ++i) to[i * stack.columns + i] = *from++;
    }
  });
  return absl::OkStatus();
}

absl::Status matrix_band_part_kernel(KernelContext& context) {
  const Tensor& input = context.input(0);
  if (input.rank() < 2) return too_small(2, input);
  const Stack stack = stack_of(input.shape());
  int64_t limits[2];
  for (int i = 0; i < 2; ++i) {
    const Tensor& limit = context.input(1 + i);
    const std::string_view name = i == 0 ? "num_lower" : "num_upper";
    if (!limit.shape().is_scalar()) return invalid_argument(name, " must be scalar, got shape ", limit.shape().to_string());
    limits[i] = index_at(limit, 0);
    const int64_t size = i == 0 ? stack.rows : stack.columns;
    if (limits[i] > size) {
      return invalid_argument(name, " must be negative or less or equal to number of ", i == 0 ? "rows" : "columns", " (", size,
                              ") got: ", limits[i]);
    }
    if (limits[i] < 0) limits[i] = size;
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, input.shape(), &out));
  clear(*out);
  with_plain(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(input.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    context.parallel_for(stack.count * stack.rows, tile_items(stack.columns), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const int64_t i = r % stack.rows;
        const int64_t first = std::min(stack.columns, std::max<int64_t>(0, i - limits[0])), last = std::min(stack.columns, i + limits[1] + 1);
        if (last > first) std::copy(from + r * stack.columns + first, from + r * stack.columns + last, to + r * stack.columns + first);
      }
    });
  });
  return absl::OkStatus();
}

absl::Status diag_kernel(KernelContext& context) {
  const Tensor& diagonal = context.input(0);
  if (diagonal.rank() < 1) return invalid_argument("Input must be at least rank 1, got 0");
  Dims dims(diagonal.shape().dims().begin(), diagonal.shape().dims().end());
  dims.insert(dims.end(), diagonal.shape().dims().begin(), diagonal.shape().dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  clear(*out);
  with_plain(diagonal.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(diagonal.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    const int64_t n = diagonal.num_elements();
    for (int64_t i = 0; i < n; ++i) to[i * n + i] = from[i];
  });
  return absl::OkStatus();
}

absl::Status diag_part_kernel(KernelContext& context) {
  const Tensor& input = context.input(0);
  const int half_rank = input.rank() / 2;
  if (input.rank() % 2 != 0 || input.rank() == 0) {
    return invalid_argument("The rank of the tensor should be even and positive, but got shape ", input.shape().to_string());
  }
  Shape shape;
  for (int i = 0; i < half_rank; ++i) {
    if (input.dim(i) != input.dim(i + half_rank)) {
      return invalid_argument("Invalid shape ", input.shape().to_string(), ": dimensions ", i, " and ", i + half_rank, " do not match.");
    }
    shape.add_dim(input.dim(i));
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  with_plain(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    const S* from = static_cast<const S*>(input.raw_data());
    S* to = static_cast<S*>(out->raw_data());
    const int64_t n = shape.num_elements();
    for (int64_t i = 0; i < n; ++i) to[i] = from[i * n + i];
  });
  return absl::OkStatus();
}

KernelTable kernels_of(absl::Status (*run)(KernelContext&), DTypeSet types) {
  return {{.constraints = {{"T", types}}, .make = [run](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(run); }}};
}

absl::Status matrix_diag_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, ShapeContext::with_rank_at_least(c.input(0), 1));
  if (shape.known_rank()) shape.add_dim(shape.dim(shape.rank() - 1));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

int64_t smaller(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return 0;
  return a < 0 || b < 0 ? kUnknownDim : std::min(a, b);
}

// [..., m, n] to [..., min(m, n)].
PartialShape diagonal_of(const PartialShape& matrices) {
  const int rank = matrices.rank();
  Dims dims(matrices.dims().begin(), matrices.dims().end() - 2);
  dims.push_back(smaller(matrices.dim(rank - 2), matrices.dim(rank - 1)));
  return PartialShape(dims);
}

absl::Status matrix_diag_part_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, ShapeContext::with_rank_at_least(c.input(0), 2));
  c.set_output(0, input.known_rank() ? diagonal_of(input) : PartialShape());
  return absl::OkStatus();
}

absl::Status matrix_set_diag_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape input, ShapeContext::with_rank_at_least(c.input(0), 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape diagonal, ShapeContext::with_rank_at_least(c.input(1), 1));
  if (input.known_rank()) {
    if (diagonal.known_rank() && diagonal.rank() != input.rank() - 1)
      return invalid_argument("Shape must be rank ", input.rank() - 1, " but is rank ", diagonal.rank());
    WEFT_RETURN_IF_ERROR(diagonal.merge(diagonal_of(input)).status());
    if (diagonal.known_rank()) {
      for (int i = 0; i + 1 < diagonal.rank(); ++i) {
        if (!input.known_dim(i)) input.set_dim(i, diagonal.dim(i));
      }
    }
  }
  c.set_output(0, std::move(input));
  return absl::OkStatus();
}

absl::Status diag_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape diagonal, ShapeContext::with_rank_at_least(c.input(0), 1));
  if (!diagonal.known_rank()) return unknown_shape(c);
  Dims dims(diagonal.dims().begin(), diagonal.dims().end());
  dims.insert(dims.end(), diagonal.dims().begin(), diagonal.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

absl::Status diag_part_shape(ShapeContext& c) {
  const PartialShape& input = c.input(0);
  if (!input.known_rank()) return unknown_shape(c);
  if (input.rank() % 2 != 0 || input.rank() <= 0) return invalid_argument("Input must have even and non-zero rank, input rank is ", input.rank());
  PartialShape out = PartialShape::scalar();
  for (int i = 0; i < input.rank() / 2; ++i) {
    WEFT_ASSIGN_OR_RETURN(const int64_t dim, ShapeContext::merge_dims(input.dim(i), input.dim(i + input.rank() / 2)));
    out.add_dim(dim);
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

Gradients matrix_diag_part_gradient(GradientContext& g) {
  const PartialShape& input = g.x(0).shape();
  const int rank = input.rank();
  if (rank >= 2 && input.known_dim(rank - 1) && input.dim(rank - 1) == input.dim(rank - 2)) return g.one(matrix_diag(g.dy()));
  const Output zero = zeros_like(g.x(0));
  return g.one(matrix_set_diag(zero, g.dy()));
}

// The gradient's shape with its last two dimensions replaced by the length of the diagonal, found when the step runs.
Output diagonal_zeros(GradientContext& g, const Output& dy) {
  Graph& graph = g.graph();
  Output shape_of_diagonal;
  {
    const Scope colocation = graph.colocate_with(dy.op());
    const Output dy_shape = shape(dy), dy_rank = rank(dy);
    const auto packed = [&](const Output& value, std::string_view name) { return stack({value}, {.name = std::string(name)}); };
    const auto slice_at = [&](auto begin, auto end_size) {
      const Scope scope = graph.name_scope("Slice");
      const Output b = begin(), s = end_size();
      return slice(dy_shape, b, s, scope.name());
    };
    const Output batch_rank = dy_rank - 2;
    const Output batch = slice_at([&] { return convert({0}, &graph, DType::kInt32, "begin"); }, [&] { return packed(batch_rank, "size"); });
    const Output batch_rank_again = dy_rank - 2;
    const Output matrix = slice_at([&] { return packed(batch_rank_again, "begin"); }, [&] { return convert({2}, &graph, DType::kInt32, "size"); });
    const Output length = reduce_min(matrix);
    const Scope scope = graph.name_scope("concat");
    const Output packed_length = packed(length, "values_1");
    shape_of_diagonal = concat({batch, packed_length}, 0, scope.name());
  }
  return zeros(shape_of_diagonal, {.dtype = dy.dtype()});
}

Gradients matrix_set_diag_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const absl::StatusOr<PartialShape> merged = g.x(0).shape().merge(dy.shape());
  Output zero;
  if (merged.ok() && merged->known_rank() && merged->rank() >= 2 && diagonal_of(*merged).fully_defined()) {
    zero = zeros(g.graph(), diagonal_of(*merged).to_shape(), {.dtype = dy.dtype()});
  } else {
    zero = diagonal_zeros(g, dy);
  }
  const Output to_input = matrix_set_diag(dy, zero);
  return g.two(to_input, matrix_diag_part(dy));
}

OpDef diagonal_op(std::string_view name, std::string_view in, std::string_view out, AttrDef type, ShapeFn shape, KernelTable kernels,
                  GradientRule gradient) {
  return {.name = name,
          .inputs = {{in, type_attr("T")}},
          .outputs = {{out, type_attr("T")}},
          .attrs = {std::move(type)},
          .shape = shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

}  // namespace

// MatrixDiag: matrices with the given diagonals. Gradient: the diagonals of dy.
const OpDef& matrix_diag_op() {
  static const OpDef& op =
      *new OpDef(diagonal_op("MatrixDiag", "diagonal", "output", type_attribute("T"), matrix_diag_shape, kernels_of(matrix_diag_kernel, kPlainTypes),
                             [](GradientContext& g) { return g.one(matrix_diag_part(g.dy())); }));
  return op;
}
// MatrixDiagPart: the diagonals of matrices. Gradient: dy on a diagonal.
const OpDef& matrix_diag_part_op() {
  static const OpDef& op = *new OpDef(diagonal_op("MatrixDiagPart", "input", "diagonal", type_attribute("T"), matrix_diag_part_shape,
                                                  kernels_of(matrix_diag_part_kernel, kPlainTypes), matrix_diag_part_gradient));
  return op;
}
// MatrixSetDiag: matrices with other diagonals. Gradient: dy without its diagonal, and the diagonal.
const OpDef& matrix_set_diag_op() {
  static const OpDef& op = *new OpDef{.name = "MatrixSetDiag",
                                      .inputs = {{"input", type_attr("T")}, {"diagonal", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T")},
                                      .shape = matrix_set_diag_shape,
                                      .kernels = kernels_of(matrix_set_diag_kernel, kPlainTypes),
                                      .gradient = matrix_set_diag_gradient};
  return op;
}
// MatrixBandPart: band[i, j] = input[i, j] where i - j <= num_lower and j - i <= num_upper, else 0. Gradient: the same band of dy.
const OpDef& matrix_band_part_op() {
  static const OpDef& op = *new OpDef{.name = "MatrixBandPart",
                                      .inputs = {{"input", type_attr("T")}, {"num_lower", type_attr("Tindex")}, {"num_upper", type_attr("Tindex")}},
                                      .outputs = {{"band", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tindex", kIndexTypes, DType::kInt64)},
                                      .shape = unchanged_shape,
                                      .kernels = kernels_of(matrix_band_part_kernel, kPlainTypes),
                                      .gradient = [](GradientContext& g) { return g.first(matrix_band_part(g.dy(), g.x(1), g.x(2))); }};
  return op;
}
// Diag: output[i…, i…] = diagonal[i…], else 0. Gradient: DiagPart.
const OpDef& diag_op() {
  static const OpDef& op = *new OpDef(diagonal_op("Diag", "diagonal", "output", type_attribute("T", kDiagTypes), diag_shape,
                                                  kernels_of(diag_kernel, kDiagTypes), [](GradientContext& g) { return g.one(diag_part(g.dy())); }));
  return op;
}
// DiagPart: diagonal[i…] = input[i…, i…]. Gradient: Diag.
const OpDef& diag_part_op() {
  static const OpDef& op = *new OpDef(diagonal_op("DiagPart", "input", "diagonal", type_attribute("T", kDiagTypes), diag_part_shape,
                                                  kernels_of(diag_part_kernel, kDiagTypes), [](GradientContext& g) { return g.one(diag(g.dy())); }));
  return op;
}

OpList matrix_diag_ops() {
  return {&matrix_diag_op(), &matrix_diag_part_op(), &matrix_set_diag_op(), &matrix_band_part_op(), &diag_op(), &diag_part_op()};
}

namespace {
std::string_view or_else(std::string_view name, std::string_view usual) { return name.empty() ? usual : name; }
}  // namespace

Output matrix_diag(const Operand& diagonal, std::string_view name, Loc where) {
  return OpBuilder(matrix_diag_op(), or_else(name, "diag"), where).input(diagonal).output();
}
Output matrix_diag_part(const Operand& input, std::string_view name, Loc where) {
  return OpBuilder(matrix_diag_part_op(), or_else(name, "diag_part"), where).input(input).output();
}
Output matrix_set_diag(const Operand& input, const Operand& diagonal, std::string_view name, Loc where) {
  return OpBuilder(matrix_set_diag_op(), or_else(name, "set_diag"), where).input(input).input(diagonal).output();
}
Output matrix_band_part(const Operand& input, const Operand& num_lower, const Operand& num_upper, std::string_view name, Loc where) {
  return OpBuilder(matrix_band_part_op(), name, where).input(input).input(num_lower).input(num_upper).output();
}
Output diag(const Operand& diagonal, std::string_view name, Loc where) { return OpBuilder(diag_op(), name, where).input(diagonal).output(); }
Output diag_part(const Operand& input, std::string_view name, Loc where) { return OpBuilder(diag_part_op(), name, where).input(input).output(); }

}  // namespace weft
