// MaxPool, AvgPool and the ops of their gradients.
#include <utility>

#include "src/ops/image_lists.h"
#include "src/ops/image_ops.h"
#include "src/ops/op_lists.h"
#include "src/ops/pool_kernels.h"
#include "src/ops/scratch.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/pool_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kMaxPoolKernelTypes =
    kFloatTypes | DTypeSet{DType::kInt32, DType::kInt64, DType::kUInt8, DType::kInt16, DType::kInt8, DType::kUInt16};
constexpr DTypeSet kAvgPoolKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};

// The attributes of all five ops but T, and a window's sizes.
std::vector<AttrDef> pool_attributes(AttrDef type, bool type_first, std::vector<std::string_view> formats) {
  std::vector<AttrDef> attrs = {{.name = "ksize", .type = AttrType::kListInt, .minimum = 4},
                                {.name = "strides", .type = AttrType::kListInt, .minimum = 4},
                                {.name = "padding", .type = AttrType::kString, .allowed_strings = {"SAME", "VALID"}},
                                string_attribute("data_format", "NHWC", std::move(formats))};
  attrs.insert(type_first ? attrs.begin() : attrs.end(), std::move(type));
  return attrs;
}

struct Pool {
  Window window;
  std::vector<int64_t> ksize;
  int64_t depth_stride = 1;

  int64_t size(int axis) const { return ksize[static_cast<size_t>(window.spatial_dim(axis))]; }
  int64_t depth() const { return ksize[static_cast<size_t>(window.channel_dim())]; }
};

absl::StatusOr<Pool> parse_pool(std::string_view op, const AttrMap& attrs) {
  Pool pool;
  pool.ksize = attrs.get<std::vector<int64_t>>("ksize");
  WEFT_ASSIGN_OR_RETURN(pool.window, parse_window(op, attrs));
  if (pool.ksize.size() != 4) return invalid_argument(op, " requires the ksize attribute to contain 4 values, but got: ", pool.ksize.size());
  pool.depth_stride = attrs.get<std::vector<int64_t>>("strides")[static_cast<size_t>(pool.window.channel_dim())];
  return pool;
}

template <bool Max> absl::Status pool_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, c.input_with_rank(0, 4));
  WEFT_ASSIGN_OR_RETURN(const Pool pool, parse_pool(Max ? "MaxPool" : "AvgPool", c.attrs()));
  const Window& w = pool.window;
  WEFT_ASSIGN_OR_RETURN(const int64_t rows, window_output(w, 0, input.dim(w.spatial_dim(0)), pool.size(0)));
  WEFT_ASSIGN_OR_RETURN(const int64_t columns, window_output(w, 1, input.dim(w.spatial_dim(1)), pool.size(1)));
  if (Max && pool.depth_stride <= 0) return invalid_argument("Stride must be > 0, but got ", pool.depth_stride);
  int64_t channels = input.dim(w.channel_dim());
  if (Max && pool.depth() > 1 && channels >= 0) channels /= pool.depth();
  c.set_output(0, image_shape(w, input.dim(0), rows, columns, channels));
  return absl::OkStatus();
}

absl::Status same_as_input_rank_4(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_with_rank(0, 4));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::Status max_pool_grad_grad_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(pool_shape<true>(c));
  WEFT_RETURN_IF_ERROR(c.input(0).merge(c.input(2)).status());
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.outputs()[0].merge(c.input(1)));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::Status avg_pool_grad_shape(ShapeContext& c) { return image_shape_from_sizes(c, 0); }

// --- Checks of kernels ---------------------------------------------------------------------------------------------------------

// What every kernel asks of its attributes; `kernel` is TensorFlow's name for it.
absl::StatusOr<Pool> kernel_pool(std::string_view op, std::string_view kernel, const AttrMap& attrs) {
  WEFT_ASSIGN_OR_RETURN(Pool pool, parse_pool(op, attrs));
  if (pool.window.channels_first) return invalid_argument("Default ", kernel, " only supports NHWC on device type CPU");
  if (pool.ksize[0] != 1 || attrs.get<std::vector<int64_t>>("strides")[0] != 1)
    return unimplemented("Pooling is not yet supported on the batch dimension.");
  for (size_t i = 0; op == "MaxPool" && i < pool.ksize.size(); ++i) {
    if (pool.ksize[i] <= 0) return invalid_argument("Sliding window ksize for dimension ", i, " was zero.");
  }
  return pool;
}

absl::StatusOr<PoolGeometry> geometry_of(const Pool& pool, const Shape& input) {
  if (input.rank() != 4) return invalid_argument("tensor_in_shape must have 2 spatial dimensions. ", input.rank(), " 0");
  WEFT_ASSIGN_OR_RETURN(const WindowAxis rows, window_axis(pool.window, 0, input.dim(1), pool.size(0)));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis columns, window_axis(pool.window, 1, input.dim(2), pool.size(1)));
  if (pool.depth() == 1) return PoolGeometry{rows, columns, input.dim(0), input.dim(3)};
  if (pool.size(0) != 1 || pool.size(1) != 1) {
    return unimplemented("MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
  }
  if (pool.depth() <= 0 || input.dim(3) % pool.depth() != 0) {
    return unimplemented("Depthwise max pooling requires the depth window to evenly divide the input depth");
  }
  if (pool.depth_stride != pool.depth()) return unimplemented("Depthwise max pooling requires the depth window to equal the depth stride");
  return PoolGeometry{rows, columns, input.dim(0), input.dim(3)};
}

absl::Status check_rank(const Tensor& tensor, std::string_view what) {
  if (tensor.rank() == 4) return absl::OkStatus();
  return invalid_argument(what, " must be 4-dimensional");
}

absl::Status check_shape(const Tensor& tensor, const Shape& expected, std::string_view what) {
  if (tensor.shape() == expected) return absl::OkStatus();
  return invalid_argument(what, " has shape ", tensor.shape().to_string(), ", but this pooling needs ", expected.to_string());
}

// --- Kernels -------------------------------------------------------------------------------------------------------------------

// A window of `depth` channels, moved by as many.
template <typename T> void max_pool_channels(const KernelContext& context, int64_t depth, int64_t outputs, const T* input, T* output) {
  context.parallel_for(outputs, tile_items(depth), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T best = lowest_value<T>();
      for (int64_t k = i * depth; k < (i + 1) * depth; ++k) best = best < input[k] ? input[k] : best;
      output[i] = best;
    }
  });
}

absl::Status run_max_pool(KernelContext& context, const Pool& pool, DType dtype) {
  const Tensor& input = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(pool, input.shape()));
  Shape shape = g.output_shape();
  shape.set_dim(3, g.channels / pool.depth());
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  if (pool.depth() > 1 && (g.rows.stride != 1 || g.columns.stride != 1)) {
    return unimplemented("Pooling across depth with strides across rows or columns is not yet supported.");
  }
  dispatch<kMaxPoolKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (pool.depth() > 1) {
      max_pool_channels<T>(context, pool.depth(), output->num_elements(), input.data<T>(), output->data<T>());
    } else {
      max_pool<T>(context, g, input.data<T>(), output->data<T>());
    }
  });
  return absl::OkStatus();
}

absl::Status run_max_pool_grad(KernelContext& context, const Pool& pool, DType dtype) {
  const Tensor& input = context.input(0);
  const Tensor& gradient = context.input(2);
  WEFT_RETURN_IF_ERROR(check_rank(input, "tensor_in"));
  WEFT_RETURN_IF_ERROR(check_rank(context.input(1), "tensor_out"));
  WEFT_RETURN_IF_ERROR(check_rank(gradient, "out_backprop"));
  if (pool.depth() != 1) return unimplemented("MaxPoolingGrad is not yet supported on the depth dimension.");
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(pool, input.shape()));
  WEFT_RETURN_IF_ERROR(check_shape(gradient, g.output_shape(), "out_backprop"));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, input.shape(), &output));
  absl::Status status;
  dispatch<kMaxPoolKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Scratch<T> best(g.batch * g.channels);
    const Scratch<int64_t> where(g.batch * g.channels);
    if (!best || !where) {
      status = no_scratch_memory("MaxPoolGrad");
      return;
    }
    max_pool_gradient<T>(context, g, input.data<T>(), gradient.data<T>(), best.data(), where.data(), output->data<T>());
  });
  return status;
}

absl::Status run_max_pool_grad_grad(KernelContext& context, const Pool& pool, DType dtype) {
  const Tensor& input = context.input(0);
  const Tensor& pooled = context.input(1);
  const Tensor& gradient = context.input(2);
  WEFT_RETURN_IF_ERROR(check_rank(input, "tensor_in"));
  WEFT_RETURN_IF_ERROR(check_rank(pooled, "tensor_out"));
  WEFT_RETURN_IF_ERROR(check_rank(gradient, "out_grad_backprop"));
  if (pool.depth() != 1) return unimplemented("MaxPoolingGradGrad is not yet supported on the depth dimension.");
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(pool, input.shape()));
  WEFT_RETURN_IF_ERROR(check_shape(pooled, g.output_shape(), "tensor_out"));
  WEFT_RETURN_IF_ERROR(check_shape(gradient, input.shape(), "out_grad_backprop"));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, pooled.shape(), &output));
  dispatch<kMaxPoolKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    max_pool_gradient_gradient<T>(context, g, input.data<T>(), pooled.data<T>(), gradient.data<T>(), output->data<T>());
  });
  return absl::OkStatus();
}

absl::Status run_avg_pool(KernelContext& context, const Pool& pool, DType dtype) {
  const Tensor& input = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(pool, input.shape()));
  if (pool.depth() != 1) return unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, g.output_shape(), &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&input}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    avg_pool<T>(context, g, inputs[0], out);
    return absl::OkStatus();
  });
}

absl::Status run_avg_pool_grad(KernelContext& context, const Pool& pool, DType dtype) {
  const Tensor& sizes = context.input(0);
  const Tensor& gradient = context.input(1);
  if (sizes.rank() != 1 || sizes.num_elements() != 4) return invalid_argument("out_backprop must be 1-dimensional and 4 elements");
  WEFT_RETURN_IF_ERROR(check_rank(gradient, "out_backprop"));
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_sizes(sizes, ""));
  if (pool.depth() != 1) return unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(pool, shape));
  WEFT_RETURN_IF_ERROR(check_shape(gradient, g.output_shape(), "out_backprop"));
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  return in_float_or_double(dtype, {&gradient}, *output, [&]<typename T>(const T* const* inputs, T* out) {
    avg_pool_gradient<T>(context, g, inputs[0], out);
    return absl::OkStatus();
  });
}

template <absl::Status (*Run)(KernelContext&, const Pool&, DType)>
KernelTable pool_kernels(DTypeSet types, std::string_view op, std::string_view kernel) {
  return {{.constraints = {{"T", types}}, .make = [op, kernel](const KernelInit& init) -> absl::StatusOr<Kernel> {
             WEFT_ASSIGN_OR_RETURN(const Pool pool, kernel_pool(op, kernel, init.attrs()));
             return Kernel([pool, dtype = init.type("T")](KernelContext& context) { return Run(context, pool, dtype); });
           }}};
}

// A node of one of the ops with the attributes of the op whose gradient is built.
Output pool_node(GradientContext& g, const OpDef& op, std::initializer_list<Output> inputs) {
  OpBuilder builder(op, "", Loc::current());
  for (const Output& input : inputs) builder.input(input);
  for (const auto name : {"ksize", "strides", "padding", "data_format"}) {
    if (const AttrValue* value = g.attrs().find(name)) builder.attr(name, *value);
  }
  return builder.output();
}

// Max pooling's gradients know the input and output of the pooling only as constants.
Gradients max_pool_gradient_gradients(GradientContext& g, const OpDef& op) {
  Gradient none[2];
  for (const int i : {0, 1}) none[i] = zeros(shape(g.x(i)), {.dtype = g.x(i).dtype()});
  return {none[0], none[1], pool_node(g, op, {g.x(0), g.x(1), g.dy()})};
}

}  // namespace

// MaxPool: the greatest element of each window.
const OpDef& max_pool_op() {
  static const OpDef& op = *new OpDef{.name = "MaxPool",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = pool_attributes(type_attribute("T", kMaxPoolKernelTypes | DTypeSet{DType::kQInt8}, DType::kFloat32),
                                                               true, {"NHWC", "NCHW", "NCHW_VECT_C"}),
                                      .shape = pool_shape<true>,
                                      .kernels = pool_kernels<run_max_pool>(kMaxPoolKernelTypes, "MaxPool", "MaxPoolingOp"),
                                      .gradient = [](GradientContext& g) {
                                        return g.one(pool_node(g, max_pool_grad_op(), {g.x(0), g.y(0), g.dy()}));
                                      }};
  return op;
}

// MaxPoolGrad: the gradient of MaxPool's input, which goes to the first greatest element of each window.
const OpDef& max_pool_grad_op() {
  static const OpDef& op = *new OpDef{.name = "MaxPoolGrad",
                                      .inputs = {{"orig_input", type_attr("T")}, {"orig_output", type_attr("T")}, {"grad", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = pool_attributes(type_attribute("T", kRealNumberTypes, DType::kFloat32), false, {"NHWC", "NCHW"}),
                                      .shape = same_as_input_rank_4,
                                      .kernels = pool_kernels<run_max_pool_grad>(kMaxPoolKernelTypes, "MaxPool", "MaxPoolingGradOp"),
                                      .gradient = [](GradientContext& g) { return max_pool_gradient_gradients(g, max_pool_grad_grad_op()); }};
  return op;
}

// MaxPoolGradGrad: the gradient of MaxPoolGrad's gradient, picked from where the windows' greatest elements are.
const OpDef& max_pool_grad_grad_op() {
  static const OpDef& op = *new OpDef{.name = "MaxPoolGradGrad",
                                      .inputs = {{"orig_input", type_attr("T")}, {"orig_output", type_attr("T")}, {"grad", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = pool_attributes(type_attribute("T", kRealNumberTypes), false, {"NHWC", "NCHW"}),
                                      .shape = max_pool_grad_grad_shape,
                                      .kernels = pool_kernels<run_max_pool_grad_grad>(kMaxPoolKernelTypes, "MaxPool", "MaxPoolingGradGradOp"),
                                      .gradient = [](GradientContext& g) { return max_pool_gradient_gradients(g, max_pool_grad_op()); }};
  return op;
}

// AvgPool: the mean of each window's elements on the image.
const OpDef& avg_pool_op() {
  static const OpDef& op = *new OpDef{.name = "AvgPool",
                                      .inputs = {{"value", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = pool_attributes(type_attribute("T", kFloatTypes), false, {"NHWC", "NCHW"}),
                                      .shape = pool_shape<false>,
                                      .kernels = pool_kernels<run_avg_pool>(kAvgPoolKernelTypes, "AvgPool", "AvgPoolingOp"),
                                      .gradient = [](GradientContext& g) {
                                        return g.one(pool_node(g, avg_pool_grad_op(), {shape(g.x(0)), g.dy()}));
                                      }};
  return op;
}

// AvgPoolGrad: the gradient of AvgPool's input: each window's gradient in equal shares.
const OpDef& avg_pool_grad_op() {
  static const OpDef& op =
      *new OpDef{.name = "AvgPoolGrad",
                 .inputs = {{"orig_input_shape", DType::kInt32}, {"grad", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = pool_attributes(type_attribute("T", kFloatTypes), false, {"NHWC", "NCHW"}),
                 .shape = avg_pool_grad_shape,
                 .kernels = pool_kernels<run_avg_pool_grad>(kAvgPoolKernelTypes, "AvgPool", "AvgPoolingGradOp"),
                 .gradient = [](GradientContext& g) { return g.two(stop_gradient(g.x(0)), pool_node(g, avg_pool_op(), {g.dy()})); }};
  return op;
}

OpList pool_ops() { return {&max_pool_op(), &max_pool_grad_op(), &max_pool_grad_grad_op(), &avg_pool_op(), &avg_pool_grad_op()}; }

// --- Builders ------------------------------------------------------------------------------------------------------------------

namespace {

Output build_pool(const OpDef& op, const Operand& value, std::vector<int64_t> ksize, std::vector<int64_t> strides, std::string_view padding,
                  const PoolOptions& options, Loc where) {
  if (!complete_window_list(value.graph(), ksize, options.data_format, "ksize", where)) return Output::failed(value.graph());
  if (!complete_window_list(value.graph(), strides, options.data_format, "strides", where)) return Output::failed(value.graph());
  return OpBuilder(op, options.name, where)
      .input(value)
      .attr("ksize", std::move(ksize))
      .attr("strides", std::move(strides))
      .attr("padding", std::string(padding))
      .attr("data_format", options.data_format)
      .output();
}

}  // namespace

Output max_pool(const Operand& value, std::vector<int64_t> ksize, std::vector<int64_t> strides, std::string_view padding, PoolOptions options,
                Loc where) {
  return build_pool(max_pool_op(), value, std::move(ksize), std::move(strides), padding, options, where);
}

Output avg_pool(const Operand& value, std::vector<int64_t> ksize, std::vector<int64_t> strides, std::string_view padding, PoolOptions options,
                Loc where) {
  return build_pool(avg_pool_op(), value, std::move(ksize), std::move(strides), padding, options, where);
}

}  // namespace weft
