// LRN and LRNGrad: local response normalisation across channels. Krizhevsky et al., NIPS 2012.
#include <cmath>
#include <limits>

#include "src/ops/image_ops.h"
#include "src/ops/op_lists.h"
#include "weft/ops/pool_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kLrnKernelTypes = {DType::kHalf, DType::kFloat32};

std::vector<AttrDef> lrn_attributes() {
  return {int_attribute("depth_radius", 5), float_attribute("bias", 1.0f), float_attribute("alpha", 1.0f), float_attribute("beta", 0.5f),
          type_attribute("T", kFloatTypes - DTypeSet{DType::kFloat64}, DType::kFloat32)};
}

absl::Status lrn_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_with_rank(0, 4));
  for (int i = 1; i < c.num_inputs(); ++i) { WEFT_ASSIGN_OR_RETURN(shape, shape.merge(c.input(i))); }
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

struct Lrn {
  int64_t radius;
  float bias, alpha, beta;

  int64_t first(int64_t channel) const { return std::max<int64_t>(0, channel - radius); }
  int64_t last(int64_t channel, int64_t channels) const { return std::min(channels, channel + radius + 1); }
  // bias + alpha * the sum of squares around `channel`
  float norm(const float* row, int64_t channels, int64_t channel) const {
    float sum = 0.0f;
    for (int64_t k = first(channel); k < last(channel, channels); ++k) sum += row[k] * row[k];
    return sum * alpha + bias;
  }
  int64_t cost(int64_t channels) const { return channels * (std::min(channels, 2 * radius + 1) + 32); }
};

absl::StatusOr<Lrn> parse_lrn(const AttrMap& attrs) {
  const int64_t radius = attrs.get<int64_t>("depth_radius");
  if (radius < 0 || radius > std::numeric_limits<int32_t>::max()) return invalid_argument("depth_radius = ", radius, " larger than int max");
  return Lrn{radius, attrs.get<float>("bias"), attrs.get<float>("alpha"), attrs.get<float>("beta")};
}

void normalize(const KernelContext& context, const Lrn& lrn, int64_t rows, int64_t channels, const float* in, float* out) {
  context.parallel_for(rows, tile_items(lrn.cost(channels)), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = in + r * channels;
      for (int64_t c = 0; c < channels; ++c) out[r * channels + c] = row[c] * std::pow(lrn.norm(row, channels, c), -lrn.beta);
    }
  });
}

// Of output j = x_j n_j^-beta the derivative by x_k is -2 alpha beta x_k y_j / n_j, and n_j^-beta more where k = j.
void gradient(const KernelContext& context, const Lrn& lrn, int64_t rows, int64_t channels, const float* const* in, float* out) {
  context.parallel_for(rows, tile_items(2 * lrn.cost(channels)), [&](int64_t begin, int64_t end) {
    std::fill(out + begin * channels, out + end * channels, 0.0f);
    for (int64_t at = begin * channels; at < end * channels; at += channels) {
      const float *dy = in[0] + at, *x = in[1] + at, *y = in[2] + at;
      for (int64_t j = 0; j < channels; ++j) {
        const float norm = lrn.norm(x, channels, j);
        const float slope = -2.0f * lrn.alpha * lrn.beta * y[j] / norm;
        for (int64_t k = lrn.first(j); k < lrn.last(j, channels); ++k) {
          const float own = k == j ? std::pow(norm, -lrn.beta) : 0.0f;
          out[at + k] += (slope * x[k] + own) * dy[j];
        }
      }
    }
  });
}

absl::Status run_lrn(KernelContext& context, const Lrn& lrn, DType dtype) {
  const Tensor& in = context.input(0);
  if (in.rank() != 4) return invalid_argument("in must be 4-dimensional");
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, in.shape(), &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  const int64_t channels = in.dim(3);
  return in_float(dtype, {&in}, *out, [&](const float* const* inputs, float* result) {
    normalize(context, lrn, in.num_elements() / channels, channels, inputs[0], result);
    return absl::OkStatus();
  });
}

absl::Status run_lrn_grad(KernelContext& context, const Lrn& lrn, DType dtype) {
  const Tensor& dy = context.input(0);
  const Tensor& x = context.input(1);
  const Tensor& y = context.input(2);
  if (dy.rank() != 4 || x.rank() != 4) return invalid_argument("inputs must be 4-dimensional");
  if (dy.shape() != x.shape() || dy.shape() != y.shape())
    return invalid_argument("input_grads, input_image, and out_image should have the same shape");
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, dy.shape(), &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  const int64_t channels = dy.dim(3);
  return in_float(dtype, {&dy, &x, &y}, *out, [&](const float* const* inputs, float* result) {
    gradient(context, lrn, dy.num_elements() / channels, channels, inputs, result);
    return absl::OkStatus();
  });
}

template <absl::Status (*Run)(KernelContext&, const Lrn&, DType)> KernelTable lrn_kernels() {
  return {{.constraints = {{"T", kLrnKernelTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             WEFT_ASSIGN_OR_RETURN(const Lrn lrn, parse_lrn(init.attrs()));
             return Kernel([lrn, dtype = init.type("T")](KernelContext& context) { return Run(context, lrn, dtype); });
           }}};
}

}  // namespace

// LRN: x / (bias + alpha * the sum of the squares of the channels around) ^ beta.
const OpDef& lrn_op() {
  static const OpDef& op = *new OpDef{.name = "LRN",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = lrn_attributes(),
                                      .shape = lrn_shape,
                                      .kernels = lrn_kernels<run_lrn>(),
                                      .gradient = [](GradientContext& g) {
                                        OpBuilder builder(lrn_grad_op(), "", Loc::current());
                                        builder.input(g.dy()).input(g.x()).input(g.y()).attr("depth_radius", g.get<int64_t>("depth_radius"));
                                        for (const auto name : {"bias", "alpha", "beta"}) builder.attr(name, g.get<float>(name));
                                        return g.one(builder.output());
                                      }};
  return op;
}

// LRNGrad: the gradient of LRN's input.
const OpDef& lrn_grad_op() {
  static const OpDef& op = *new OpDef{.name = "LRNGrad",
                                      .inputs = {{"input_grads", type_attr("T")}, {"input_image", type_attr("T")}, {"output_image", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = lrn_attributes(),
                                      .shape = lrn_shape,
                                      .kernels = lrn_kernels<run_lrn_grad>(),
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList lrn_ops() { return {&lrn_op(), &lrn_grad_op()}; }

Output local_response_normalization(const Operand& input, LrnOptions options, Loc where) {
  return OpBuilder(lrn_op(), options.name, where)
      .input(input)
      .attr("depth_radius", options.depth_radius)
      .attr("bias", options.bias)
      .attr("alpha", options.alpha)
      .attr("beta", options.beta)
      .output();
}

}  // namespace weft
