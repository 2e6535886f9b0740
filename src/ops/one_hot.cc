// OneHot: positions as vectors of zeros with a one.
#include <algorithm>

#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/pieces.h"
#include "src/ops/storage.h"
#include "weft/ops/array_ops.h"

namespace weft {

namespace {

// y is [prefix, depth, suffix]: y[p, indices[p, s], s] = on.
template <typename T> void set_on(const Tensor& indices, int64_t prefix, int64_t depth, int64_t suffix, const T& on, T* y) {
  const auto set = [&](auto tag) {
    using I = typename decltype(tag)::type;
    const I* index = indices.data<I>();
    for (int64_t p = 0; p < prefix; ++p) {
      for (int64_t s = 0; s < suffix; ++s) {
        const auto i = static_cast<int64_t>(index[p * suffix + s]);
        if (i >= 0 && i < depth) y[(p * depth + i) * suffix + s] = on;
      }
    }
  };
  dispatch<kIndexTypes | DTypeSet{DType::kUInt8}>(indices.dtype(), set);
}

absl::StatusOr<Kernel> make_one_hot(const KernelInit& init) {
  return Kernel([axis_attr = init.get<int64_t>("axis")](KernelContext& context) -> absl::Status {
    const Tensor& indices = context.input(0);
    const int rank = indices.rank();
    if (axis_attr != -1 && (axis_attr < 0 || axis_attr > rank)) {
      return invalid_argument("Expected axis to be -1 or between [0, ", rank + 1, ").  But received: ", axis_attr);
    }
    constexpr std::string_view kNames[] = {"indices", "depth", "on_value", "off_value"};
    for (int i = 1; i < 4; ++i) {
      if (context.input(i).rank() != 0) return invalid_argument(kNames[i], " must be a scalar, but got: ", context.input(i).shape().to_string());
    }
    const int64_t depth = context.input(1).scalar<int32_t>();
    if (depth < 0) return invalid_argument("depth must be non-negative, got: ", depth);
    const int axis = axis_attr == -1 ? rank : static_cast<int>(axis_attr);
    Dims dims(indices.shape().dims().begin(), indices.shape().dims().end());
    const int64_t prefix = product(indices.shape().dims().first(static_cast<size_t>(axis)));
    const int64_t suffix = product(indices.shape().dims().subspan(static_cast<size_t>(axis)));
    dims.insert(dims.begin() + axis, depth);
    WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    dispatch_storage(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      const T off = context.input(3).data<T>()[0];
      T* y = out->data<T>();
      context.parallel_for(out->num_elements(), tile_items(1), [&](int64_t begin, int64_t end) { std::fill(y + begin, y + end, off); });
      if (out->num_elements() > 0) set_on<T>(indices, prefix, depth, suffix, context.input(2).data<T>()[0], y);
    });
    return absl::OkStatus();
  });
}

absl::Status one_hot_shape(ShapeContext& c) {
  const int64_t axis_attr = c.get<int64_t>("axis");
  if (axis_attr < -1) return invalid_argument("axis must be >= -1");
  for (int i = 1; i < 4; ++i) WEFT_RETURN_IF_ERROR(c.input_with_rank(i, 0).status());
  const std::optional<int64_t> depth = c.constant_scalar(1);
  if (depth.has_value() && *depth < 0) return invalid_argument("Dimension size, given by scalar input 1, must be non-negative but is ", *depth);
  const PartialShape& indices = c.input(0);
  const int64_t axis = axis_attr == -1 ? indices.rank() : axis_attr;
  if (indices.known_rank() && axis <= indices.rank()) {  // else the kernel complains
    Dims dims(indices.dims().begin(), indices.dims().end());
    dims.insert(dims.begin() + axis, depth.value_or(kUnknownDim));
    c.set_output(0, PartialShape(dims));
  }
  return absl::OkStatus();
}

// OneHot: y[…, indices[…], …] = on_value, the rest off_value; a new dimension of size `depth` at `axis`.
const OpDef& one_hot_op() {
  static const OpDef& op = *new OpDef{
      .name = "OneHot",
      .inputs = {{"indices", type_attr("TI")}, {"depth", DType::kInt32}, {"on_value", type_attr("T")}, {"off_value", type_attr("T")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {int_attribute("axis", -1), type_attribute("T"), type_attribute("TI", {DType::kUInt8, DType::kInt32, DType::kInt64}, DType::kInt64)},
      .shape = one_hot_shape,
      .kernels = {{.make = make_one_hot}},
      .gradient = NotDifferentiable{"indices are integers"}};
  return op;
}

// The dtype of the values: the option's, or that of those given, else float32.
DType value_dtype(const OneHotOptions& options) {
  if (options.dtype != DType::kInvalid) return options.dtype;
  if (options.on_value.has_value()) return base_dtype(options.on_value->dtype());
  if (options.off_value.has_value()) return base_dtype(options.off_value->dtype());
  return DType::kFloat32;
}

}  // namespace

OpList one_hot_ops() { return {&one_hot_op()}; }

Output one_hot(const Operand& indices, const Operand& depth, OneHotOptions options, Loc where) {
  Graph* graph = graph_of({&indices, &depth});
  if (graph == nullptr || indices.failed() || depth.failed()) return Output::failed(graph);
  const Composite here(*graph, name_or(options.name, "one_hot"), where);
  const DType dtype = value_dtype(options);
  // Values that are given are converted twice, as in TensorFlow: once to learn their dtype.
  if (options.on_value.has_value()) convert(*options.on_value, graph, dtype, "Const", where);
  if (options.off_value.has_value()) convert(*options.off_value, graph, dtype, "Const", where);
  const auto value = [&](const std::optional<Operand>& given, int otherwise, std::string_view name) {
    return given.has_value() ? *given : Operand(convert(Operand(otherwise, where), graph, dtype, name, where), where);
  };
  const Operand on = value(options.on_value, 1, "on_value");
  const Operand off = value(options.off_value, 0, "off_value");
  return OpBuilder(one_hot_op(), here.name(), where)
      .input(indices)
      .input(depth)
      .input(on, dtype)
      .input(off, dtype)
      .attr("axis", options.axis)
      .output();
}

}  // namespace weft
