// Dilation2D, grey-scale morphological dilation, and the two ops of its gradient. Like a convolution with sums for products and the
// maximum for the sum: output[n,i,j,c] = max over a,b of input[n, i*stride + a*rate - pad, j*stride + b*rate - pad, c] + filter[a,b,c].
#include <vector>

#include "src/ops/image_lists.h"
#include "src/ops/op_lists.h"
#include "src/ops/pool_kernels.h"
#include "src/ops/row_sum.h"
#include "src/ops/window.h"
#include "weft/ops/pool_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kDilationKernelTypes = kRealNumberTypes - DTypeSet{DType::kUInt32, DType::kUInt64};

absl::StatusOr<Window> parse_dilation(const AttrMap& attrs) {
  WEFT_ASSIGN_OR_RETURN(Window window, parse_window("Dilation2D", attrs));
  const auto rates = attrs.get<std::vector<int64_t>>("rates");
  if (rates.size() != 4) return invalid_argument("Dilation2D requires the rates attribute to contain 4 values, but got: ", rates.size());
  for (const size_t axis : {0, 1}) {
    window.dilation[axis] = rates[1 + axis];
    if (rates[1 + axis] < 1 || rates[1 + axis] > std::numeric_limits<int32_t>::max()) {
      return invalid_argument("Dilation rate must be >= 1, but got ", rates[1 + axis]);
    }
  }
  return window;
}

absl::Status dilation_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, c.input_with_rank(0, 4));
  WEFT_ASSIGN_OR_RETURN(const PartialShape filter, c.input_with_rank(1, 3));
  WEFT_ASSIGN_OR_RETURN(const Window window, parse_dilation(c.attrs()));
  WEFT_ASSIGN_OR_RETURN(const int64_t channels, ShapeContext::merge_dims(input.dim(3), filter.dim(2)));
  int64_t sizes[2] = {kUnknownDim, kUnknownDim};
  for (const int axis : {0, 1}) {
    if (input.dim(1 + axis) < 0 || filter.dim(axis) < 0) continue;
    WEFT_ASSIGN_OR_RETURN(const WindowAxis w, window_axis(window, axis, input.dim(1 + axis), filter.dim(axis)));
    sizes[axis] = w.output;
  }
  c.set_output(0, {input.dim(0), sizes[0], sizes[1], channels});
  return absl::OkStatus();
}

template <int Index> absl::Status same_as_input(ShapeContext& c) {
  c.set_output(0, c.input(Index));
  return absl::OkStatus();
}

absl::StatusOr<PoolGeometry> geometry_of(const Window& window, const Shape& input, const Shape& filter) {
  if (input.rank() != 4) return invalid_argument("input must be 4-dimensional", input.to_string());
  if (filter.rank() != 3) return invalid_argument("filter must be 3-dimensional: ", filter.to_string());
  if (input.dim(3) != filter.dim(2)) return invalid_argument("input and filter must have the same depth: ", input.dim(3), " vs ", filter.dim(2));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis rows, window_axis(window, 0, input.dim(1), filter.dim(0)));
  WEFT_ASSIGN_OR_RETURN(const WindowAxis columns, window_axis(window, 1, input.dim(2), filter.dim(1)));
  return PoolGeometry{rows, columns, input.dim(0), input.dim(3)};
}

// Integers wrap around.
template <typename T> T sum_of(T a, T b) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  else return a + b;
}

// The first greatest sum of the window at output (i, j) of image n, channel c: its value and where it lies.
template <typename T> struct Greatest {
  T value;
  int64_t in_input;  // offset in its image
  int64_t in_filter;
};
template <typename T> Greatest<T> greatest(const PoolGeometry& g, const T* image, const T* filter, int64_t i, int64_t j, int64_t c) {
  const int64_t a0 = g.rows.first_tap(i), b0 = g.columns.first_tap(j), a1 = g.rows.last_tap(i), b1 = g.columns.last_tap(j);
  const int64_t y0 = std::max<int64_t>(0, g.rows.start(i)), x0 = std::max<int64_t>(0, g.columns.start(j));
  Greatest<T> best{lowest_value<T>(), (y0 * g.columns.input + x0) * g.channels + c, c};
  for (int64_t a = a0; a < a1; ++a) {
    for (int64_t b = b0; b < b1; ++b) {
      const int64_t y = g.rows.start(i) + a * g.rows.dilation, x = g.columns.start(j) + b * g.columns.dilation;
      const int64_t at = (y * g.columns.input + x) * g.channels + c, tap = (a * g.columns.size + b) * g.channels + c;
      const T value = sum_of(image[at], filter[tap]);
      if (best.value < value) best = {value, at, tap};
    }
  }
  return best;
}

template <typename T> void dilate(const KernelContext& context, const PoolGeometry& g, const T* input, const T* filter, T* output) {
  context.parallel_for(g.batch * g.rows.output, row_tile(g), [&](int64_t begin, int64_t end) {
    for_each_output(g, begin, end, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      for (int64_t c = 0; c < g.channels; ++c) output[at + c] = greatest(g, input + n * g.input_size(), filter, i, j, c).value;
    });
  });
}

template <typename T> void dilate_backprop_input(const KernelContext& context, const PoolGeometry& g, const T* input, const T* filter,
                                                 const T* gradient, T* input_gradient) {
  context.parallel_for(g.batch, 1, [&](int64_t first, int64_t last) {
    std::fill(input_gradient + first * g.input_size(), input_gradient + last * g.input_size(), T(0));
    for_each_output(g, first * g.rows.output, last * g.rows.output, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      for (int64_t c = 0; c < g.channels; ++c) {
        T& to = input_gradient[n * g.input_size() + greatest(g, input + n * g.input_size(), filter, i, j, c).in_input];
        to = sum_of(to, gradient[at + c]);
      }
    });
  });
}

template <typename T> absl::Status dilate_backprop_filter(const KernelContext& context, const PoolGeometry& g, const T* input, const T* filter,
                                                          const T* gradient, T* filter_gradient) {
  return sum_rows(context, g.batch * g.rows.output, g.rows.size * g.columns.size * g.channels, filter_gradient, [&](int64_t row, T* sum) {
    for_each_output(g, row, row + 1, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      for (int64_t c = 0; c < g.channels; ++c) {
        T& to = sum[greatest(g, input + n * g.input_size(), filter, i, j, c).in_filter];
        to = sum_of(to, gradient[at + c]);
      }
    });
  });
}

enum class Part : uint8_t { kOutput, kInputGradient, kFilterGradient };

template <Part What> absl::Status run_dilation(KernelContext& context, const Window& window, DType dtype) {
  const Tensor& input = context.input(0);
  const Tensor& filter = context.input(1);
  WEFT_ASSIGN_OR_RETURN(const PoolGeometry g, geometry_of(window, input.shape(), filter.shape()));
  if (What != Part::kOutput && context.input(2).shape() != g.output_shape()) return invalid_argument("out_backprop has incompatible size.");
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0,
                                               What == Part::kOutput          ? g.output_shape()
                                               : What == Part::kInputGradient ? input.shape()
                                                                              : filter.shape(),
                                               &output));
  if (output->num_elements() == 0) return absl::OkStatus();
  absl::Status status;
  dispatch<kDilationKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *x = input.data<T>(), *f = filter.data<T>();
    if constexpr (What == Part::kOutput) dilate<T>(context, g, x, f, output->data<T>());
    if constexpr (What == Part::kInputGradient) dilate_backprop_input<T>(context, g, x, f, context.input(2).data<T>(), output->data<T>());
    if constexpr (What == Part::kFilterGradient) status = dilate_backprop_filter<T>(context, g, x, f, context.input(2).data<T>(), output->data<T>());
  });
  return status;
}

template <Part What> KernelTable dilation_kernels() {
  return {{.constraints = {{"T", kDilationKernelTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             WEFT_ASSIGN_OR_RETURN(const Window window, parse_dilation(init.attrs()));
             for (const auto& [attr, what] : {std::pair{"strides", "Stride"}, {"rates", "Rate"}}) {
               const auto values = init.get<std::vector<int64_t>>(attr);
               if (values[0] != 1 || values[3] != 1) return unimplemented(what, " is only supported across spatial dimensions.");
             }
             return Kernel([window, dtype = init.type("T")](KernelContext& context) { return run_dilation<What>(context, window, dtype); });
           }}};
}

OpDef dilation_op(std::string_view name, std::string_view output, ShapeFn shape, KernelTable kernels, GradientRule gradient) {
  OpDef op{.name = name,
           .inputs = {{"input", type_attr("T")}, {"filter", type_attr("T")}},
           .outputs = {{output, type_attr("T")}},
           .attrs = {type_attribute("T", kRealNumberTypes),
                     {.name = "strides", .type = AttrType::kListInt, .minimum = 4},
                     {.name = "rates", .type = AttrType::kListInt, .minimum = 4},
                     {.name = "padding", .type = AttrType::kString, .allowed_strings = {"SAME", "VALID"}}},
           .shape = shape,
           .kernels = std::move(kernels),
           .gradient = std::move(gradient)};
  if (name != "Dilation2D") op.inputs.push_back({"out_backprop", type_attr("T")});
  return op;
}

}  // namespace

// Dilation2D: the maximum of input plus filter under each window.
const OpDef& dilation2d_op() {
  static const OpDef& op = *new OpDef(dilation_op("Dilation2D", "output", dilation_shape, dilation_kernels<Part::kOutput>(), [](GradientContext& g) {
    const auto node = [&](const OpDef& part) {
      OpBuilder builder(part, "", Loc::current());
      builder.input(g.x(0)).input(g.x(1)).input(g.dy());
      for (const auto attr : {"strides", "rates", "padding"}) builder.attr(attr, *g.attrs().find(attr));
      return builder.output();
    };
    const Output input = node(dilation2d_backprop_input_op());
    return g.two(input, node(dilation2d_backprop_filter_op()));
  }));
  return op;
}

// Dilation2DBackpropInput: the gradient goes to the input element of each window's first maximum.
const OpDef& dilation2d_backprop_input_op() {
  static const OpDef& op = *new OpDef(
      dilation_op("Dilation2DBackpropInput", "in_backprop", same_as_input<0>, dilation_kernels<Part::kInputGradient>(), NoGradientDefined{}));
  return op;
}

// Dilation2DBackpropFilter: the gradient goes to the filter element of each window's first maximum.
const OpDef& dilation2d_backprop_filter_op() {
  static const OpDef& op = *new OpDef(
      dilation_op("Dilation2DBackpropFilter", "filter_backprop", same_as_input<1>, dilation_kernels<Part::kFilterGradient>(), NoGradientDefined{}));
  return op;
}

OpList dilation2d_ops() { return {&dilation2d_op(), &dilation2d_backprop_input_op(), &dilation2d_backprop_filter_op()}; }

Output dilation2d(const Operand& input, const Operand& filter, std::vector<int64_t> strides, std::vector<int64_t> rates, std::string_view padding,
                  DilationOptions options, Loc where) {
  Graph* graph = graph_of({&input, &filter});
  if (!complete_window_list(graph, strides, "NHWC", "strides", where)) return Output::failed(graph);
  if (!complete_window_list(graph, rates, "NHWC", "rates", where)) return Output::failed(graph);
  return OpBuilder(dilation2d_op(), options.name, where)
      .input(input)
      .input(filter)
      .attr("strides", std::move(strides))
      .attr("rates", std::move(rates))
      .attr("padding", std::string(padding))
      .output();
}

}  // namespace weft
