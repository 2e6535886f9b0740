// Tile: a tensor repeated along its dimensions.
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/strided_copy.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

absl::StatusOr<Kernel> make_tile(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    const Tensor& multiples_tensor = context.input(1);
    if (multiples_tensor.rank() != 1) return invalid_argument("Expected multiples to be 1-D, but got shape ", multiples_tensor.shape().to_string());
    if (multiples_tensor.num_elements() != x.rank()) {
      return invalid_argument("Expected multiples argument to be a vector of length ", x.rank(), " but got length ", multiples_tensor.num_elements());
    }
    const Dims multiples = index_values(multiples_tensor);
    Dims sizes;
    bool repeats = false;
    for (int i = 0; i < x.rank(); ++i) {
      const int64_t times = multiples[static_cast<size_t>(i)];
      int64_t size = 0;
      if (times < 0) return invalid_argument("Expected multiples[", i, "] >= 0, but got ", times);
      if (__builtin_mul_overflow(times, x.dim(i), &size)) return invalid_argument("dimension ", i, " of the repeated tensor is too large");
      sizes.push_back(size);
      repeats = repeats || times != 1;
    }
    if (!repeats) {
      context.set_output(0, x);
      return absl::OkStatus();
    }
    WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(sizes));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    const Dims from = row_major_strides(x.shape().dims());
    const Dims to = row_major_strides(sizes);
    StridedBox box;  // two dimensions for each: the repetition, then the elements
    for (size_t i = 0; i < sizes.size(); ++i) {
      const int64_t dim = x.dim(static_cast<int>(i));
      box.sizes.insert(box.sizes.end(), {multiples[i], dim});
      box.from.insert(box.from.end(), {0, from[i]});
      box.to.insert(box.to.end(), {to[i] * dim, to[i]});
    }
    strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(box));
    return absl::OkStatus();
  });
}

absl::Status tile_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape multiples, c.input_as_shape(1));
  PartialShape x = c.input(0);
  const int rank = x.known_rank() ? x.rank() : multiples.rank();
  if (rank < 0) {
    c.set_output(0, PartialShape());
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(multiples, ShapeContext::with_rank(multiples, rank));
  WEFT_ASSIGN_OR_RETURN(x, ShapeContext::with_rank(x, rank));
  for (int i = 0; i < rank; ++i) {
    const int64_t times = multiples.dim(i);
    int64_t size = kUnknownDim;
    if (times == 0 || x.dim(i) == 0) {
      size = 0;
    } else if (times > 0 && x.known_dim(i) && __builtin_mul_overflow(times, x.dim(i), &size)) {
      return invalid_argument("dimension ", i, " of the repeated tensor is too large: ", times, " times ", x.dim(i));
    }
    x.set_dim(i, size);
  }
  c.set_output(0, std::move(x));
  return absl::OkStatus();
}

// dy seen as [multiples[0], x.dim(0), multiples[1], x.dim(1), …], summed over the repetitions.
Gradients tile_grad(GradientContext& g) {
  const Output x_shape = shape(g.x(), {.out_type = base_dtype(g.x(1).dtype())});
  Output split_shape = reshape(transpose(stack({g.x(1), x_shape})), {-1});
  const Output axes = range(0, size(split_shape), 2);
  Output dy;
  if (g.dy_any().is_slices()) {  // rows of all copies are added up at once
    const IndexedSlices& slices = g.dy_any().slices();
    const Output rows = cast(strided_slice(x_shape, {0}), slices.indices.dtype());
    dy = unsorted_segment_sum(slices.values, floormod(slices.indices, rows), rows);
    split_shape = concat({Operand({1}), Operand(strided_slice(split_shape, {Slice::from(1)}))}, 0);
  } else {
    dy = g.dy();
  }
  Output dx = reduce_sum(reshape(dy, split_shape), {.axis = axes});
  if (dx) dx.set_shape(g.x().shape());
  return g.first(dx);
}

// Tile: y[i] = x[i mod x.dim], of size multiples[d] x.dim(d) in each dimension d.
const OpDef& tile_op() {
  static const OpDef& op = *new OpDef{.name = "Tile",
                                      .inputs = {{"input", type_attr("T")}, {"multiples", type_attr("Tmultiples")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tmultiples", kIndexTypes, DType::kInt32)},
                                      .shape = tile_shape,
                                      .kernels = {{.make = make_tile}},
                                      .gradient = tile_grad};
  return op;
}

}  // namespace

OpList tile_ops() { return {&tile_op()}; }

Output tile(const Operand& input, const Operand& multiples, std::string_view name, Loc where) {
  return OpBuilder(tile_op(), name, where).input(input).input(multiples).output();
}

}  // namespace weft
