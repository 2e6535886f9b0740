// With g the gradient of y, x^ = (x - m) r, r = 1 / sqrt(v + epsilon), and E the mean over all pixels, FusedBatchNormGrad computes in
// training
//   dx = s r (g - E[g] - x^ E[g x^]),  ds = n E[g x^],  do = n E[g]
// and, m and v being constants, without training
//   dx = s r g,  ds = sum(g x^),  do = sum(g).
// Given gradients a, b, c of dx, ds and do, P(u) = u - E[u] - x^ E[u x^] is symmetric, so the gradient of g is
//   s r P(a) + b x^ + c.
// x enters through r and x^, whose derivatives are r' = -r^2 E[x^ x'] and x^' = r P(x'); so with q = E[g x^], w = E[a x^], t = E[a P(g)]:
//   gradient of x = s r^2 (-x^ t - w P(g) - q P(a)) + b r P(g).
#include "src/ops/batch_norm_second_gradient.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

struct Centred {
  Axes axes;
  Output normal;  // x^

  Output mean(const Output& u) const { return reduce_mean(u, {.axis = axes, .keepdims = true}); }
  Output project(const Output& u) const { return u - mean(u) - normal * mean(u * normal); }
  Output sum(const Output& u) const { return reduce_sum(u, {.axis = axes}); }
};

}  // namespace

Gradients batch_norm_second_gradient(GradientContext& g) {
  const bool first = g.get<std::string>("data_format") == "NCHW";
  const bool training = g.get<bool>("is_training");
  const float epsilon = g.get<float>("epsilon");
  const DType dtype = g.x(1).dtype();
  const Output dy = cast(g.x(0), DType::kFloat32);
  const Output x = cast(g.x(1), DType::kFloat32);
  // Channels as a dimension beside the images'.
  const auto spread = [&](const Output& vector) { return first ? reshape(vector, {1, -1, 1, 1}) : vector; };
  const auto incoming = [&](int i) { return g.has_dy(i) ? cast(g.dy(i), DType::kFloat32) : zeros_like(i == 0 ? dy : g.y(i)); };
  const Output scale = spread(g.x(2));
  const Output a = incoming(0), b = spread(incoming(1)), c = spread(incoming(2));
  Centred batch{.axes = first ? Axes{0, 2, 3} : Axes{0, 1, 2}, .normal = {}};
  Output mean = spread(g.x(3)), variance = spread(g.x(4));
  if (training) {
    mean = batch.mean(x);
    variance = batch.mean(square(x - mean));
  }
  const Output r = rsqrt(variance + epsilon);
  batch.normal = (x - mean) * r;
  if (!training) {
    const Output d_dy = scale * r * a + b * batch.normal + c;
    Gradients all = {cast(d_dy, dtype), cast(b * dy * r, dtype), batch.sum(a * dy * r)};
    all.resize(static_cast<size_t>(g.num_inputs()));
    return all;
  }
  const Output pa = batch.project(a), pg = batch.project(dy);
  const Output d_dy = scale * r * pa + b * batch.normal + c;
  const Output t = batch.mean(a * pg), w = batch.mean(a * batch.normal), q = batch.mean(dy * batch.normal);
  const Output d_x = b * r * pg - scale * r * r * (batch.normal * t + w * pg + q * pa);
  Gradients all = {cast(d_dy, dtype), cast(d_x, dtype), batch.sum(a * r * pg)};
  all.resize(static_cast<size_t>(g.num_inputs()));
  return all;
}

}  // namespace weft
