// MatMul, BatchMatMul, BatchMatMulV2: definitions, gradients and the builder. The kernels are in matmul_kernels.cc.
#include <optional>

#include "src/ops/composite.h"
#include "src/ops/matmul_kernels.h"
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

const OpDef& matmul_op();
const OpDef& batch_matmul_v2_op();

namespace {

absl::Status matmul_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape a, c.input_with_rank(0, 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape b, c.input_with_rank(1, 2));
  const bool ta = c.get<bool>("transpose_a"), tb = c.get<bool>("transpose_b");
  WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(a.dim(ta ? 0 : 1), b.dim(tb ? 1 : 0)).status());
  c.set_output(0, PartialShape::matrix(a.dim(ta ? 1 : 0), b.dim(tb ? 0 : 1)));
  return absl::OkStatus();
}

// `shape` without its last two dimensions.
PartialShape batch_of(const PartialShape& shape) { return PartialShape(shape.dims().first(shape.dims().size() - 2)); }

absl::Status set_batch_matmul_shape(ShapeContext& c, const PartialShape& a, const PartialShape& b, PartialShape batch) {
  const bool adj_x = c.get<bool>("adj_x"), adj_y = c.get<bool>("adj_y");
  const int ra = a.rank(), rb = b.rank();
  const auto dim = [](const PartialShape& s, int i) { return s.known_rank() ? s.dim(i) : kUnknownDim; };
  WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(dim(a, adj_x ? ra - 2 : ra - 1), dim(b, adj_y ? rb - 1 : rb - 2)).status());
  if (batch.known_rank()) {
    batch.add_dim(dim(a, adj_x ? ra - 1 : ra - 2));
    batch.add_dim(dim(b, adj_y ? rb - 2 : rb - 1));
  }
  c.set_output(0, std::move(batch));
  return absl::OkStatus();
}

absl::Status batch_matmul_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape a, ShapeContext::with_rank_at_least(c.input(0), 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape b, ShapeContext::with_rank_at_least(c.input(1), 2));
  PartialShape batch;
  if (a.known_rank()) batch = batch_of(a);
  if (b.known_rank()) { WEFT_ASSIGN_OR_RETURN(batch, batch.merge(batch_of(b))); }
  return set_batch_matmul_shape(c, a, b, std::move(batch));
}

absl::Status batch_matmul_v2_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape a, ShapeContext::with_rank_at_least(c.input(0), 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape b, ShapeContext::with_rank_at_least(c.input(1), 2));
  PartialShape batch;
  if (a.known_rank() && b.known_rank()) { WEFT_ASSIGN_OR_RETURN(batch, broadcast(batch_of(a), batch_of(b))); }
  return set_batch_matmul_shape(c, a, b, std::move(batch));
}

Output product(const Output& a, const Output& b, bool transpose_a = false, bool transpose_b = false) {
  return OpBuilder(matmul_op(), "", Loc::current()).input(a).input(b).attr("transpose_a", transpose_a).attr("transpose_b", transpose_b).output();
}

// With t(x) for an operand that was transposed: da = dy b', db = a' dy, each turned as the operand was.
Gradients matmul_gradient(GradientContext& g) {
  const bool ta = g.get<bool>("transpose_a"), tb = g.get<bool>("transpose_b");
  const bool want_a = !g.from_tape() || g.needs(0) || !g.needs(1), want_b = !g.from_tape() || g.needs(1);
  const Output dy = g.dy();
  Output a, b;
  if (want_b) a = conj(g.x(0));
  if (want_a) b = conj(g.x(1));
  Gradient da, db;
  if (want_a) da = ta ? product(b, dy, tb, true) : product(dy, b, false, !tb);
  if (want_b) db = tb ? product(dy, a, true, ta) : product(a, dy, !ta, false);
  return g.two(da, db);
}

// The same for stacks of matrices, with adjoints; broadcast batch dimensions are summed.
std::pair<Output, Output> batch_products(GradientContext& g) {
  const bool adj_x = g.get<bool>("adj_x"), adj_y = g.get<bool>("adj_y");
  const Output x = g.x(0), y = g.x(1), dy = g.dy();
  const Output dx = adj_x ? matmul(y, dy, {.adjoint_a = adj_y, .adjoint_b = true}) : matmul(dy, y, {.adjoint_b = !adj_y});
  const Output d_y = adj_y ? matmul(dy, x, {.adjoint_a = true, .adjoint_b = adj_x}) : matmul(x, dy, {.adjoint_a = !adj_x});
  return {dx, d_y};
}

Gradients batch_matmul_gradient(GradientContext& g) {
  const auto [dx, dy] = batch_products(g);
  return g.two(dx, dy);
}

Gradients batch_matmul_v2_gradient(GradientContext& g) {
  const Output x = g.x(0), y = g.x(1);
  const auto [dx, dy] = batch_products(g);
  if (x.shape().fully_defined() && x.shape() == y.shape()) return g.two(dx, dy);
  const Output shape_x = shape(x), shape_y = shape(y);
  const Output batch_x = strided_slice(shape_x, {Slice::to(-2)});
  const std::vector<Output> axes = broadcast_gradient_args(batch_x, strided_slice(shape_y, {Slice::to(-2)}));
  const Output to_x = reshape(reduce_sum(dx, {.axis = axes[0]}), shape_x);
  return g.two(to_x, reshape(reduce_sum(dy, {.axis = axes[1]}), shape_y));
}

OpDef batch_matmul_definition(std::string_view name, ShapeFn shape, KernelFactory make, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"x", type_attr("T")}, {"y", type_attr("T")}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T", kMatMulTypes), bool_attribute("adj_x", false), bool_attribute("adj_y", false)},
          .shape = shape,
          .kernels = {{.make = std::move(make)}},
          .gradient = std::move(gradient)};
}

}  // namespace

// MatMul: product = op(a) op(b), op being nothing or the transpose.
const OpDef& matmul_op() {
  static const OpDef& op =
      *new OpDef{.name = "MatMul",
                 .inputs = {{"a", type_attr("T")}, {"b", type_attr("T")}},
                 .outputs = {{"product", type_attr("T")}},
                 .attrs = {bool_attribute("transpose_a", false), bool_attribute("transpose_b", false), type_attribute("T", kMatMulTypes)},
                 .shape = matmul_shape,
                 .kernels = {{.make = make_matmul}},
                 .gradient = matmul_gradient};
  return op;
}

// BatchMatMul: output[…] = op(x[…]) op(y[…]), op being nothing or the adjoint; equal batch dimensions.
const OpDef& batch_matmul_op() {
  static const OpDef& op = *new OpDef(batch_matmul_definition("BatchMatMul", batch_matmul_shape, make_batch_matmul, batch_matmul_gradient));
  return op;
}

// BatchMatMulV2: the same with batch dimensions that broadcast.
const OpDef& batch_matmul_v2_op() {
  static const OpDef& op =
      *new OpDef(batch_matmul_definition("BatchMatMulV2", batch_matmul_v2_shape, make_batch_matmul_v2, batch_matmul_v2_gradient));
  return op;
}

OpList matmul_ops() { return {&matmul_op(), &batch_matmul_op(), &batch_matmul_v2_op()}; }

Output matmul(const Operand& a, const Operand& b, MatMulOptions options, Loc where) {
  Graph* graph = graph_of({&a, &b});
  if (graph == nullptr || a.failed() || b.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "MatMul"), where);
  if ((options.transpose_a && options.adjoint_a) || (options.transpose_b && options.adjoint_b)) {
    return scope.error(invalid_argument("matmul: only one of transpose_",
                                        options.transpose_a && options.adjoint_a ? "a and adjoint_a" : "b and adjoint_b", " can be true"),
                       where);
  }
  const bool a_first = a.literal() == nullptr;  // a literal takes the dtype of the other operand
  Output left, right;
  if (a_first) left = convert(a, graph, DType::kInvalid, "a", where);
  right = convert(b, graph, a_first ? left.dtype() : DType::kInvalid, "b", where);
  if (!a_first) left = convert(a, graph, right.dtype(), "a", where);
  if (!left || !right) return Output::failed(graph);
  const auto may_be_batch = [](const Output& x) { return !x.shape().known_rank() || x.shape().rank() > 2; };
  if (may_be_batch(left) || may_be_batch(right)) {
    // BatchMatMul has adjoints only: a transpose is the adjoint of the conjugate.
    if (options.transpose_a) left = conj(left);
    if (options.transpose_b) right = conj(right);
    return OpBuilder(batch_matmul_v2_op(), scope.name(), where)
        .input(left)
        .input(right)
        .attr("adj_x", options.transpose_a || options.adjoint_a)
        .attr("adj_y", options.transpose_b || options.adjoint_b)
        .output();
  }
  if (options.adjoint_a) left = conj(left);
  if (options.adjoint_b) right = conj(right);
  return OpBuilder(matmul_op(), scope.name(), where)
      .input(left)
      .input(right)
      .attr("transpose_a", options.transpose_a || options.adjoint_a)
      .attr("transpose_b", options.transpose_b || options.adjoint_b)
      .output();
}

}  // namespace weft
