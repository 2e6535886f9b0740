// Slice: a box of a tensor.
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/strided_copy.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// Checks the box against x and writes out sizes of -1.
absl::Status resolve_box(const Shape& x, const Dims& begin, Dims& size) {
  for (int i = 0; i < x.rank(); ++i) {
    const int64_t b = begin[static_cast<size_t>(i)];
    int64_t& s = size[static_cast<size_t>(i)];
    const int64_t dim = x.dim(i);
    if (s == -1) s = dim - b;
    if (dim == 0) {
      if (b != 0 || s != 0) {
        return invalid_argument("Expected begin[", i, "] == 0 (got ", b, ") and size[", i, "] == 0 (got ", s, ") when input.dim_size(", i, ") == 0");
      }
    } else {
      if (b < 0 || b > dim) return invalid_argument("Expected begin[", i, "] in [0, ", dim, "], but got ", b);
      if (s < 0 || s > dim - b) return invalid_argument("Expected size[", i, "] in [0, ", dim - b, "], but got ", s);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_slice(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    const Tensor& begin_tensor = context.input(1);
    const Tensor& size_tensor = context.input(2);
    if (begin_tensor.rank() != 1 || size_tensor.rank() != 1 || begin_tensor.num_elements() != x.rank() || size_tensor.num_elements() != x.rank()) {
      return invalid_argument("Expected begin and size arguments to be 1-D tensors of size ", x.rank(), ", but got shapes ",
                              begin_tensor.shape().to_string(), " and ", size_tensor.shape().to_string(), " instead.");
    }
    const Dims begin = index_values(begin_tensor);
    StridedBox box;
    box.sizes = index_values(size_tensor);
    WEFT_RETURN_IF_ERROR(resolve_box(x.shape(), begin, box.sizes));
    bool whole_rows = true;  // then no copy is needed
    for (int i = 1; i < x.rank(); ++i) whole_rows = whole_rows && box.sizes[static_cast<size_t>(i)] == x.dim(i);
    if (whole_rows) {
      context.set_output(0, x.rank() == 0 ? x : x.slice(begin[0], begin[0] + box.sizes[0]));
      return absl::OkStatus();
    }
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape(box.sizes), &out));
    box.from = row_major_strides(x.shape().dims());
    box.to = row_major_strides(box.sizes);
    for (size_t i = 0; i < begin.size(); ++i) box.from_offset += begin[i] * box.from[i];
    strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), std::move(box));
    return absl::OkStatus();
  });
}

// Sizes that are constant, where -1 means up to the end.
absl::StatusOr<PartialShape> shape_of_sizes(const PartialShape& x, const PartialShape& begin, const std::vector<int64_t>& sizes) {
  PartialShape out = PartialShape::scalar();
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int at = static_cast<int>(i);
    if (sizes[i] < -1) return invalid_argument("Invalid size[", i, "]: ", sizes[i], "; must be -1 or non-negative");
    if (sizes[i] >= 0) {
      out.add_dim(sizes[i]);
    } else if (begin.dim(at) < 0 || x.dim(at) < 0) {
      out.add_dim(kUnknownDim);
    } else if (begin.dim(at) > x.dim(at)) {
      return invalid_argument("Negative dimension size caused by subtracting ", begin.dim(at), " from ", x.dim(at));
    } else {
      out.add_dim(x.dim(at) - begin.dim(at));
    }
  }
  return out;
}

absl::Status slice_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape begin_vector, c.input_with_rank(1, 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape size_vector, c.input_with_rank(2, 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape vector, begin_vector.merge(size_vector));
  PartialShape x = c.input(0);
  if (vector.known_dim(0)) {
    if (vector.dim(0) > kMaxRank) return invalid_argument("Shape must be rank ", vector.dim(0), ", which is more than ", kMaxRank);
    WEFT_ASSIGN_OR_RETURN(x, c.input_with_rank(0, static_cast<int>(vector.dim(0))));
  }
  WEFT_ASSIGN_OR_RETURN(PartialShape begin, c.input_as_shape(1));
  PartialShape out = x.known_rank() ? PartialShape::unknown_of_rank(x.rank()) : PartialShape();
  if (const auto sizes = c.constant_vector(2); sizes.has_value()) {
    WEFT_ASSIGN_OR_RETURN(begin, ShapeContext::with_rank(begin, static_cast<int>(sizes->size())));
    WEFT_ASSIGN_OR_RETURN(out, shape_of_sizes(x, begin, *sizes));
  } else {
    WEFT_ASSIGN_OR_RETURN(const PartialShape partial, c.input_as_shape(2));
    if (partial.known_rank()) out = partial;
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

// dx is dy with begin zeros before it and what is missing after it, in each dimension.
Gradients slice_grad(GradientContext& g) {
  const Output x_rank = rank(g.x());
  const Output dy_shape = shape(g.y());
  const Output column = stack({x_rank, 1});
  const Output before = reshape(g.x(1), column);
  const Output after = reshape(shape(g.x()) - dy_shape - g.x(1), column);
  return g.first(pad(g.dy(), concat({before, after}, 1)));
}

// Slice: x[begin[0] : begin[0] + size[0], …]; size -1 reaches to the end.
const OpDef& slice_op() {
  static const OpDef& op = *new OpDef{.name = "Slice",
                                      .inputs = {{"input", type_attr("T")}, {"begin", type_attr("Index")}, {"size", type_attr("Index")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Index", kIndexTypes)},
                                      .shape = slice_shape,
                                      .kernels = {{.make = make_slice}},
                                      .gradient = slice_grad};
  return op;
}

}  // namespace

OpList slice_ops() { return {&slice_op()}; }

Output slice(const Operand& input, const Operand& begin, const Operand& size, std::string_view name, Loc where) {
  return OpBuilder(slice_op(), name, where).input(input).input(begin).input(size).output();
}

}  // namespace weft
