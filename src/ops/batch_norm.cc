// FusedBatchNorm, V2, V3 and their gradients: normalisation of each channel over a batch of NHWC images. Ioffe and Szegedy, ICML 2015.
//
// The three versions are one computation: V2 and V3 allow half images beside float statistics (U), V3 has one more output for
// the GPU's use. Statistics are float in all.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "src/ops/batch_norm_second_gradient.h"
#include "src/ops/op_lists.h"
#include "src/ops/row_sum.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/normalization_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kHalfAndFloat = {DType::kHalf, DType::kFloat32};

struct BatchNorm {
  float epsilon;
  bool is_training;
  bool channels_first;
};

BatchNorm parse(const AttrMap& attrs) {
  return {attrs.get<float>("epsilon"), attrs.get<bool>("is_training"), attrs.get<std::string>("data_format") == "NCHW"};
}

// --- Shapes ----------------------------------------------------------------------------------------------------------------------

// x with its channels merged with those of the vectors at `vectors`; the channels in `channels`.
absl::StatusOr<PartialShape> merge_channels(ShapeContext& c, PartialShape x, std::initializer_list<int> vectors, int64_t& channels) {
  const int axis = parse(c.attrs()).channels_first ? 1 : 3;
  channels = x.dim(axis);
  for (const int i : vectors) {
    WEFT_ASSIGN_OR_RETURN(const PartialShape vector, c.input_with_rank(i, 1));
    WEFT_ASSIGN_OR_RETURN(channels, ShapeContext::merge_dims(channels, vector.dim(0)));
  }
  x.set_dim(axis, channels);
  return x;
}

template <int Version> absl::Status batch_norm_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape x, c.input_with_rank(0, 4));
  int64_t channels = kUnknownDim;
  PartialShape y;
  if (parse(c.attrs()).is_training) {
    WEFT_ASSIGN_OR_RETURN(y, merge_channels(c, x, {1, 2}, channels));
  } else {
    WEFT_ASSIGN_OR_RETURN(y, merge_channels(c, x, {1, 2, 3, 4}, channels));
  }
  c.set_output(0, y);
  for (int i = 1; i < 5; ++i) c.set_output(i, PartialShape::vector(channels));
  if (Version == 3) c.set_output(5, PartialShape());
  return absl::OkStatus();
}

absl::Status batch_norm_grad_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape gradient, c.input_with_rank(0, 4));
  WEFT_ASSIGN_OR_RETURN(const PartialShape x, c.input_with_rank(1, 4));
  const int axis = parse(c.attrs()).channels_first ? 1 : 3;
  WEFT_ASSIGN_OR_RETURN(int64_t channels, ShapeContext::merge_dims(gradient.dim(axis), x.dim(axis)));
  for (const int i : {2, 3, 4}) {
    WEFT_ASSIGN_OR_RETURN(const PartialShape vector, c.input_with_rank(i, 1));
    WEFT_ASSIGN_OR_RETURN(channels, ShapeContext::merge_dims(channels, vector.dim(0)));
  }
  PartialShape result = gradient;
  result.set_dim(axis, channels);
  c.set_output(0, result);
  c.set_output(1, PartialShape::vector(channels));
  c.set_output(2, PartialShape::vector(channels));
  for (const int i : {3, 4}) c.set_output(i, PartialShape::vector(parse(c.attrs()).is_training ? 0 : channels));
  return absl::OkStatus();
}

// --- Arithmetic ------------------------------------------------------------------------------------------------------------------

// The pixels of a batch as a matrix [rows, channels].
struct Pixels {
  int64_t rows;
  int64_t channels;
  int64_t tile() const { return tile_items(channels * 2); }
};

template <typename T> absl::Status mean_and_variance(const KernelContext& context, const Pixels& p, const T* x, float* mean, float* variance) {
  WEFT_RETURN_IF_ERROR(sum_rows(context, p.rows, p.channels, mean, [&](int64_t row, float* sum) {
    for (int64_t c = 0; c < p.channels; ++c) sum[c] += static_cast<float>(x[row * p.channels + c]);
  }));
  const float count = static_cast<float>(p.rows);
  for (int64_t c = 0; c < p.channels; ++c) mean[c] /= count;
  WEFT_RETURN_IF_ERROR(sum_rows(context, p.rows, p.channels, variance, [&](int64_t row, float* sum) {
    for (int64_t c = 0; c < p.channels; ++c) {
      const float centred = static_cast<float>(x[row * p.channels + c]) - mean[c];
      sum[c] += centred * centred;
    }
  }));
  for (int64_t c = 0; c < p.channels; ++c) variance[c] /= count;
  return absl::OkStatus();
}

// y = (x - mean) * factor + offset, by channel.
template <typename T>
void normalize(const KernelContext& context, const Pixels& p, const T* x, const float* mean, const float* factor, const float* offset, T* y) {
  context.parallel_for(p.rows, p.tile(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t c = 0, i = row * p.channels; c < p.channels; ++c, ++i)
        y[i] = static_cast<T>((static_cast<float>(x[i]) - mean[c]) * factor[c] + offset[c]);
    }
  });
}

// --- FusedBatchNorm --------------------------------------------------------------------------------------------------------------

constexpr std::string_view kOnlyNhwc =
    "The CPU implementation of FusedBatchNorm only supports NHWC tensor format for now.\nA possible workaround: Try disabling Grappler optimizer";

absl::Status check_inputs(KernelContext& context, const BatchNorm& norm) {
  if (context.input(0).rank() != 4) return invalid_argument("input must be 4-dimensional", context.input(0).shape().to_string());
  constexpr std::string_view kNames[] = {"", "scale", "offset", "estimated_mean", "estimated_variance"};
  const int64_t channels = context.input(0).dim(3);
  for (int i = 1; i < 5; ++i) {
    const Shape& shape = context.input(i).shape();
    if (shape.rank() != 1) return invalid_argument(kNames[i], " must be 1-dimensional", shape.to_string());
    if (i >= 3 && norm.is_training) {
      if (shape.dim(0) != 0) return invalid_argument(kNames[i], " must be empty for training", shape.to_string());
    } else if (shape.dim(0) != channels) {
      return invalid_argument(kNames[i], " must have an element for each of the ", channels, " channels of the input, but has shape ",
                              shape.to_string());
    }
  }
  if (norm.channels_first) return internal(kOnlyNhwc);
  return absl::OkStatus();
}

struct Statistics {
  float* mean;
  float* variance;  // with Bessel's correction, for moving averages
  float* saved_mean;
  float* saved_variance;  // as used here
};

template <typename T> absl::Status run_typed(KernelContext& context, const BatchNorm& norm, const Pixels& p, const Statistics& out, T* y) {
  const float* scale = context.input(1).data<float>();
  const float* offset = context.input(2).data<float>();
  const T* x = context.input(0).data<T>();
  if (norm.is_training) {
    if (p.rows == 0) {
      for (float* each : {out.mean, out.variance, out.saved_mean, out.saved_variance})
        std::fill_n(each, p.channels, std::numeric_limits<float>::quiet_NaN());
      return absl::OkStatus();
    }
    WEFT_RETURN_IF_ERROR(mean_and_variance(context, p, x, out.saved_mean, out.saved_variance));
    const float correction = static_cast<float>(p.rows) / static_cast<float>(p.rows > 1 ? p.rows - 1 : 1);
    for (int64_t c = 0; c < p.channels; ++c) {
      out.mean[c] = out.saved_mean[c];
      out.variance[c] = out.saved_variance[c] * correction;
    }
  } else {
    for (float* mean : {out.mean, out.saved_mean}) std::copy_n(context.input(3).data<float>(), p.channels, mean);
    for (float* variance : {out.variance, out.saved_variance}) std::copy_n(context.input(4).data<float>(), p.channels, variance);
  }
  const Scratch<float> factor(p.channels);
  if (!factor) return no_scratch_memory("FusedBatchNorm");
  for (int64_t c = 0; c < p.channels; ++c) factor.data()[c] = 1.0f / std::sqrt(out.saved_variance[c] + norm.epsilon) * scale[c];
  normalize(context, p, x, out.saved_mean, factor.data(), offset, y);
  return absl::OkStatus();
}

absl::Status run_batch_norm(KernelContext& context, const BatchNorm& norm, DType dtype) {
  WEFT_RETURN_IF_ERROR(check_inputs(context, norm));
  const Shape shape = context.input(0).shape();
  const Pixels pixels{shape.dim(0) * shape.dim(1) * shape.dim(2), shape.dim(3)};
  Tensor* y;
  Tensor* statistics[4];
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &y));
  for (int i = 0; i < 4; ++i) WEFT_RETURN_IF_ERROR(context.allocate_output(1 + i, Shape{pixels.channels}, &statistics[i]));
  if (context.num_outputs() == 6) context.set_output(5, Tensor::zeros(DType::kFloat32, Shape{}));
  const Statistics out{statistics[0]->data<float>(), statistics[1]->data<float>(), statistics[2]->data<float>(), statistics[3]->data<float>()};
  if (dtype == DType::kHalf) return run_typed<half>(context, norm, pixels, out, y->data<half>());
  return run_typed<float>(context, norm, pixels, out, y->data<float>());
}

// --- FusedBatchNormGrad ------------------------------------------------------------------------------------------------------------

// With g the gradient of y, m and v the mean and variance used forward, r = 1 / sqrt(v + epsilon) and n pixels:
//   d offset = sum(g),  d scale = sum(g (x - m)) r
//   training:  dx = scale r (g - sum(g)/n - (x - m) r^2 sum(g (x - m))/n),  inference: dx = scale r g
template <typename T>
absl::Status run_grad_typed(KernelContext& context, const BatchNorm& norm, const Pixels& p, T* dx, float* dscale, float* doffset) {
  const T* g = context.input(0).data<T>();
  const T* x = context.input(1).data<T>();
  const float* scale = context.input(2).data<float>();
  const float* mean = context.input(3).data<float>();
  const float* variance = context.input(4).data<float>();
  const int64_t channels = p.channels;
  const Scratch<float> scratch(6 * channels);
  if (!scratch) return no_scratch_memory("FusedBatchNormGrad");
  float *sums = scratch.data(), *factor = sums + 2 * channels, *shift = factor + channels, *slope = shift + channels;
  WEFT_RETURN_IF_ERROR(sum_rows(context, p.rows, 2 * channels, sums, [&](int64_t row, float* sum) {
    for (int64_t c = 0, i = row * channels; c < channels; ++c, ++i) {
      const float gradient = static_cast<float>(g[i]);
      sum[c] += gradient;
      sum[channels + c] += gradient * (static_cast<float>(x[i]) - mean[c]);
    }
  }));
  const float count = static_cast<float>(std::max<int64_t>(1, p.rows));
  for (int64_t c = 0; c < channels; ++c) {
    const float r = 1.0f / std::sqrt(variance[c] + norm.epsilon);
    doffset[c] = sums[c];
    dscale[c] = sums[channels + c] * r;
    factor[c] = scale[c] * r;
    shift[c] = norm.is_training ? sums[c] / count : 0.0f;
    slope[c] = norm.is_training ? r * r * (sums[channels + c] / count) : 0.0f;
  }
  context.parallel_for(p.rows, p.tile(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t c = 0, i = row * channels; c < channels; ++c, ++i) {
        dx[i] = static_cast<T>(factor[c] * (static_cast<float>(g[i]) - shift[c] - (static_cast<float>(x[i]) - mean[c]) * slope[c]));
      }
    }
  });
  return absl::OkStatus();
}

absl::Status run_batch_norm_grad(KernelContext& context, const BatchNorm& norm, DType dtype) {
  const Shape shape = context.input(0).shape();
  if (shape.rank() != 4) return invalid_argument("input must be 4-dimensional", shape.to_string());
  if (context.input(1).rank() != 4) return invalid_argument("input must be 4-dimensional", context.input(1).shape().to_string());
  if (context.input(1).shape() != shape) {
    return invalid_argument("x and y_backprop must have the same shape, but have ", context.input(1).shape().to_string(), " and ", shape.to_string());
  }
  if (norm.channels_first) return internal("The CPU implementation of FusedBatchNormGrad only supports NHWC tensor format for now.");
  constexpr std::string_view kNames[] = {"scale", "saved mean", "saved variance"};
  for (int i = 2; i < 5; ++i) {
    const Shape& vector = context.input(i).shape();
    if (vector.rank() != 1) return invalid_argument(kNames[i - 2], " must be 1-dimensional", vector.to_string());
    if (vector.dim(0) != shape.dim(3)) {
      return invalid_argument(kNames[i - 2], " must have an element for each of the ", shape.dim(3), " channels, but has shape ", vector.to_string());
    }
  }
  const Pixels pixels{shape.dim(0) * shape.dim(1) * shape.dim(2), shape.dim(3)};
  Tensor *dx, *dscale, *doffset;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &dx));
  WEFT_RETURN_IF_ERROR(context.allocate_output(1, Shape{pixels.channels}, &dscale));
  WEFT_RETURN_IF_ERROR(context.allocate_output(2, Shape{pixels.channels}, &doffset));
  for (const int i : {3, 4}) context.set_output(i, Tensor::zeros(DType::kFloat32, Shape{}));  // scalars, whatever TensorFlow's shape function says
  if (pixels.rows == 0) {  // the statistics of nothing are NaN and must not reach the sums
    std::ranges::fill(dscale->flat<float>(), 0.0f);
    std::ranges::fill(doffset->flat<float>(), 0.0f);
    return absl::OkStatus();
  }
  if (dtype == DType::kHalf) return run_grad_typed<half>(context, norm, pixels, dx->data<half>(), dscale->data<float>(), doffset->data<float>());
  return run_grad_typed<float>(context, norm, pixels, dx->data<float>(), dscale->data<float>(), doffset->data<float>());
}

template <absl::Status (*Run)(KernelContext&, const BatchNorm&, DType)> KernelTable norm_kernels(int version) {
  std::vector<std::pair<std::string_view, DTypeSet>> constraints = {{"T", version == 1 ? DTypeSet{DType::kFloat32} : kHalfAndFloat}};
  if (version != 1) constraints.push_back({"U", DType::kFloat32});
  return {{.constraints = std::move(constraints), .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             return Kernel([norm = parse(init.attrs()), dtype = init.type("T")](KernelContext& context) { return Run(context, norm, dtype); });
           }}};
}

// --- Gradient of FusedBatchNorm ----------------------------------------------------------------------------------------------------

Gradients batch_norm_gradient(GradientContext& g, int version) {
  const bool training = g.get<bool>("is_training");
  const std::string format = g.get<std::string>("data_format");
  const bool turned = !training && format == "NCHW";
  Output x = g.x(0);
  Output dy = g.dy(0);
  if (turned) {
    x = transpose(x, {0, 2, 3, 1});
    dy = transpose(dy, {0, 2, 3, 1});
  }
  OpBuilder builder(fused_batch_norm_grad_op(version), "", Loc::current());
  builder.input(dy).input(x).input(g.x(1));
  builder.input(training ? g.y(3) : g.x(3)).input(training ? g.y(4) : g.x(4));
  if (version == 3) builder.input(g.y(5));
  builder.attr("epsilon", g.get<float>("epsilon")).attr("data_format", training ? format : std::string("NHWC")).attr("is_training", training);
  std::vector<Output> all = builder.outputs();
  if (turned) all[0] = transpose(all[0], {0, 3, 1, 2});
  // In training TensorFlow hands the two empty outputs on as the gradients of the unused estimates.
  if (training) return {all[0], all[1], all[2], all[3], all[4]};
  return {all[0], all[1], all[2], Gradient(), Gradient()};
}

// --- Definitions -------------------------------------------------------------------------------------------------------------------

constexpr std::string_view kNormNames[] = {"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"};
constexpr std::string_view kGradNames[] = {"FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"};

std::vector<AttrDef> norm_attributes(int version) {
  std::vector<AttrDef> attrs = {type_attribute("T", version == 1 ? DTypeSet{DType::kFloat32} : kFloatTypes - DTypeSet{DType::kFloat64})};
  if (version != 1) attrs.push_back(type_attribute("U", DType::kFloat32));
  attrs.push_back(float_attribute("epsilon", 0.0001f));
  attrs.push_back(string_attribute("data_format", "NHWC", {"NHWC", "NCHW"}));
  attrs.push_back(bool_attribute("is_training", true));
  return attrs;
}

template <int Version> OpDef norm_op() {
  const ArgType image = type_attr("T"), statistic = type_attr(Version == 1 ? "T" : "U");
  OpDef op{.name = kNormNames[Version - 1],
           .inputs = {{"x", image}, {"scale", statistic}, {"offset", statistic}, {"mean", statistic}, {"variance", statistic}},
           .outputs = {{"y", image},
                       {"batch_mean", statistic},
                       {"batch_variance", statistic},
                       {"reserve_space_1", statistic},
                       {"reserve_space_2", statistic}},
           .attrs = norm_attributes(Version),
           .shape = batch_norm_shape<Version>,
           .kernels = norm_kernels<run_batch_norm>(Version),
           .gradient = [](GradientContext& g) { return batch_norm_gradient(g, Version); }};
  if (Version == 3) op.outputs.push_back({"reserve_space_3", statistic});
  return op;
}

template <int Version> OpDef norm_grad_op() {
  const ArgType image = type_attr("T"), statistic = type_attr(Version == 1 ? "T" : "U");
  const std::string_view kReserve[] = {"reserve_space_3", "reserve_space_4", "reserve_space_5"};
  OpDef op{.name = kGradNames[Version - 1],
           .inputs = {{"y_backprop", image},
                      {"x", image},
                      {"scale", Version == 1 ? image : ArgType(DType::kFloat32)},
                      {"reserve_space_1", statistic},
                      {"reserve_space_2", statistic}},
           .outputs = {{"x_backprop", image},
                       {"scale_backprop", statistic},
                       {"offset_backprop", statistic},
                       {kReserve[Version == 3 ? 1 : 0], statistic},
                       {kReserve[Version == 3 ? 2 : 1], statistic}},
           .attrs = norm_attributes(Version),
           .shape = batch_norm_grad_shape,
           .kernels = norm_kernels<run_batch_norm_grad>(Version),
           .gradient = batch_norm_second_gradient};
  if (Version == 3) op.inputs.push_back({"reserve_space_3", statistic});
  return op;
}

}  // namespace

// FusedBatchNorm: y = scale (x - mean) / sqrt(variance + epsilon) + offset, with the batch's statistics in training, else the given ones.
const OpDef& fused_batch_norm_op(int version) {
  static const OpDef* const ops[] = {new OpDef(norm_op<1>()), new OpDef(norm_op<2>()), new OpDef(norm_op<3>())};
  return *ops[version - 1];
}

// FusedBatchNormGrad: the gradients of x, scale and offset.
const OpDef& fused_batch_norm_grad_op(int version) {
  static const OpDef* const ops[] = {new OpDef(norm_grad_op<1>()), new OpDef(norm_grad_op<2>()), new OpDef(norm_grad_op<3>())};
  return *ops[version - 1];
}

OpList batch_norm_ops() {
  OpList all;
  for (const int version : {1, 2, 3}) {
    all.push_back(&fused_batch_norm_op(version));
    all.push_back(&fused_batch_norm_grad_op(version));
  }
  return all;
}

}  // namespace weft
