// Roll: elements moved along axes, round the end. Bincount: how often each small integer occurs.
#include <algorithm>
#include <vector>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matrix_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// How far each axis moves, in [0, size).
absl::StatusOr<std::vector<int64_t>> shifts_of(const Shape& shape, const Tensor& shift, const Tensor& axis) {
  if (shape.rank() < 1) return invalid_argument("input must be 1-D or higher");
  if (shift.rank() > 1) return invalid_argument("shift must be a scalar or a 1-D vector. Found: ", shift.shape().to_string());
  if (axis.rank() > 1) return invalid_argument("axis must be a scalar or a 1-D vector. Found: ", axis.shape().to_string());
  if (!(shift.shape() == axis.shape())) return invalid_argument("shift and axis must have the same size");
  std::vector<int64_t> shifts(static_cast<size_t>(shape.rank()), 0);
  for (int64_t i = 0; i < axis.num_elements(); ++i) {
    int64_t a = index_at(axis, i);
    if (a < 0) a += shape.rank();
    if (a < 0 || a >= shape.rank()) return invalid_argument("axis ", index_at(axis, i), " is out of range");
    const int64_t size = std::max<int64_t>(shape.dim(static_cast<int>(a)), 1);
    int64_t& s = shifts[static_cast<size_t>(a)];
    s = (s + index_at(shift, i) % size + size) % size;
  }
  return shifts;
}

// Each row of the innermost axis that moves, or of the last axis, is copied in two pieces.
template <typename S> void roll_elements(const S* from, S* to, const Shape& shape, const std::vector<int64_t>& shifts) {
  int inner_axis = shape.rank() - 1;
  while (inner_axis > 0 && shifts[static_cast<size_t>(inner_axis)] == 0) --inner_axis;
  const int64_t run = count_of_dims(shape, inner_axis, shape.rank());
  const int64_t moved = shifts[static_cast<size_t>(inner_axis)] * (run / shape.dim(inner_axis));
  const int64_t rows = count_of_dims(shape, 0, inner_axis);
  for (int64_t r = 0; r < rows; ++r) {
    int64_t rest = r, target = 0, stride = 1;
    for (int d = inner_axis - 1; d >= 0; --d) {
      const int64_t size = shape.dim(d);
      target += (rest % size + shifts[static_cast<size_t>(d)]) % size * stride;
      rest /= size;
      stride *= size;
    }
    std::copy_n(from + r * run, run - moved, to + target * run + moved);
    std::copy_n(from + r * run + run - moved, moved, to + target * run);
  }
}

absl::Status roll_kernel(KernelContext& context) {
  const Tensor& input = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const std::vector<int64_t> shifts, shifts_of(input.shape(), context.input(1), context.input(2)));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, input.shape(), &out));
  if (input.num_elements() == 0) return absl::OkStatus();
  dispatch_storage(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    roll_elements(static_cast<const S*>(input.raw_data()), static_cast<S*>(out->raw_data()), input.shape(), shifts);
  });
  return absl::OkStatus();
}

absl::Status roll_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_least(c.input(0), 1).status());
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_most(c.input(1), 1).status());
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_most(c.input(2), 1).status());
  return unchanged_shape(c);
}

Gradients roll_gradient(GradientContext& g) {
  const Output back = -g.x(1);
  return g.first(roll(g.dy(), back, g.x(2)));
}

constexpr DTypeSet kWeights = {DType::kInt32, DType::kInt64, DType::kFloat32, DType::kFloat64};

template <typename T> absl::Status bincount_kernel(KernelContext& context) {
  const Tensor& arr = context.input(0);
  const Tensor& size_input = context.input(1);
  const Tensor& weights = context.input(2);
  if (size_input.num_elements() != 1) return invalid_argument("Shape must be rank 0 but is rank ", size_input.rank());
  const int64_t size = index_at(size_input, 0);
  if (size < 0) return invalid_argument("size (", size, ") must be non-negative");
  const bool weighted = weights.num_elements() > 0;
  if (weighted && weights.num_elements() < arr.num_elements()) {  // TensorFlow passes over weights that are left, and reads past those missing
    return invalid_argument("weights must have the shape of arr, ", arr.shape().to_string(), ", or be empty; got ", weights.shape().to_string());
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{size}, &out));
  T* bins = out->data<T>();
  std::fill_n(bins, size, T(0));
  const auto values = arr.flat<int32_t>();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0) return invalid_argument("Input arr must be non-negative!");
    if (values[i] < size) bins[values[i]] = static_cast<T>(bins[values[i]] + (weighted ? weights.data<T>()[i] : T(1)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_bincount(const KernelInit& init) {
  Kernel kernel;
  dispatch<kWeights>(init.type("T"), [&](auto tag) { kernel = Kernel(bincount_kernel<typename decltype(tag)::type>); });
  return kernel;
}

absl::Status bincount_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 0).status());
  const std::optional<int64_t> size = c.constant_scalar(1);
  if (size.has_value() && *size < 0) return invalid_argument("size (", *size, ") must be non-negative");
  c.set_output(0, PartialShape::vector(size.value_or(kUnknownDim)));
  return absl::OkStatus();
}

}  // namespace

// Roll: output[(i + shift) mod n] = input[i] along each axis. Gradient: rolled by -shift.
const OpDef& roll_op() {
  static const OpDef& op = *new OpDef{.name = "Roll",
                                      .inputs = {{"input", type_attr("T")}, {"shift", type_attr("Tshift")}, {"axis", type_attr("Taxis")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T"), type_attribute("Tshift", kIndexTypes), type_attribute("Taxis", kIndexTypes)},
                                      .shape = roll_shape,
                                      .kernels = {{.make = [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(roll_kernel); }}},
                                      .gradient = roll_gradient};
  return op;
}

// Bincount: bins[v] = the number of v in arr, or the sum of its weights, for v < size.
const OpDef& bincount_op() {
  static const OpDef& op = *new OpDef{.name = "Bincount",
                                      .inputs = {{"arr", DType::kInt32}, {"size", DType::kInt32}, {"weights", type_attr("T")}},
                                      .outputs = {{"bins", type_attr("T")}},
                                      .attrs = {type_attribute("T", kWeights)},
                                      .shape = bincount_shape,
                                      .kernels = {{.make = make_bincount}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList roll_ops() { return {&roll_op(), &bincount_op()}; }

Output roll(const Operand& input, const Operand& shift, const Operand& axis, std::string_view name, Loc where) {
  return OpBuilder(roll_op(), name, where).input(input).input(shift).input(axis).output();
}
Output bincount(const Operand& arr, const Operand& size, const Operand& weights, std::string_view name, Loc where) {
  return OpBuilder(bincount_op(), name, where).input(arr).input(size).input(weights).output();
}

}  // namespace weft
