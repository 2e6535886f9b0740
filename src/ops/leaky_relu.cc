// LeakyRelu and LeakyReluGrad: elementwise, but with an attribute, so they bring their own loops.
#include <type_traits>

#include "src/ops/elementwise.h"
#include "weft/ops/activation_ops.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

template <typename T> void leaky_relu_span(const T* x, T* y, int64_t n, float slope) {
  const auto alpha = static_cast<Computed<T>>(slope);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const Computed<T> value = x[i];
    y[i] = static_cast<T>(value > 0 ? value : value * alpha);
  }
}

template <typename T> void leaky_relu_grad_span(const T* g, const T* x, T* y, int64_t n, float slope) {
  const auto alpha = static_cast<Computed<T>>(slope);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const Computed<T> gradient = g[i];
    y[i] = static_cast<T>(static_cast<Computed<T>>(x[i]) > 0 ? gradient : gradient * alpha);
  }
}

absl::Status run_leaky_relu(KernelContext& context, DType dtype, float alpha) {
  Tensor* out;
  const Tensor& x = context.input(0);
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, x.shape(), &out));
  dispatch<kFloatTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    context.parallel_for(out->num_elements(), tile_items(1), [&](int64_t begin, int64_t end) {
      leaky_relu_span(context.input(0).data<T>() + begin, out->data<T>() + begin, end - begin, alpha);
    });
  });
  return absl::OkStatus();
}

absl::Status run_leaky_relu_grad(KernelContext& context, DType dtype, float alpha) {
  const Tensor& g = context.input(0);
  const Tensor& x = context.input(1);
  if (g.shape() != x.shape()) {
    return invalid_argument("Inputs to operation LeakyReluGrad must have the same size and shape.  Input 0: ", g.shape().to_string(),
                            " != input 1: ", x.shape().to_string());
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0, 1}, 0, x.shape(), &out));
  dispatch<kFloatTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    context.parallel_for(out->num_elements(), tile_items(1), [&](int64_t begin, int64_t end) {
      leaky_relu_grad_span(context.input(0).data<T>() + begin, context.input(1).data<T>() + begin, out->data<T>() + begin, end - begin, alpha);
    });
  });
  return absl::OkStatus();
}

template <absl::Status (*Run)(KernelContext&, DType, float)> KernelTable leaky_kernels() {
  return {{.constraints = {{"T", kFloatTypes}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             return Kernel([dtype = init.type("T"), alpha = init.get<float>("alpha")](KernelContext& context) { return Run(context, dtype, alpha); });
           }}};
}

Output grad_node(GradientContext& g, const Output& gradients, const Output& features) {
  return OpBuilder(leaky_relu_grad_op(), "", Loc::current()).input(gradients).input(features).attr("alpha", g.get<float>("alpha")).output();
}

}  // namespace

// LeakyRelu: x where x > 0, else alpha x.
const OpDef& leaky_relu_op() {
  static const OpDef& op = *new OpDef{.name = "LeakyRelu",
                                      .inputs = {{"features", type_attr("T")}},
                                      .outputs = {{"activations", type_attr("T")}},
                                      .attrs = {float_attribute("alpha", 0.2f), type_attribute("T", kFloatTypes, DType::kFloat32)},
                                      .shape = unchanged_shape,
                                      .kernels = leaky_kernels<run_leaky_relu>(),
                                      .gradient = [](GradientContext& g) { return g.one(grad_node(g, g.dy(), g.x())); }};
  return op;
}

// LeakyReluGrad: g where x > 0, else alpha g.
const OpDef& leaky_relu_grad_op() {
  static const OpDef& op = *new OpDef{.name = "LeakyReluGrad",
                                      .inputs = {{"gradients", type_attr("T")}, {"features", type_attr("T")}},
                                      .outputs = {{"backprops", type_attr("T")}},
                                      .attrs = {float_attribute("alpha", 0.2f), type_attribute("T", kFloatTypes, DType::kFloat32)},
                                      .shape = merge_inputs_shape,
                                      .kernels = leaky_kernels<run_leaky_relu_grad>(),
                                      .gradient = [](GradientContext& g) {
                                        const Output first = grad_node(g, g.dy(), g.x(1));
                                        return g.two(first, zeros(shape(g.x(1)), {.dtype = g.x(1).dtype()}));
                                      }};
  return op;
}

Output leaky_relu(const Operand& features, LeakyReluOptions options, Loc where) {
  Graph* graph = features.graph();
  if (graph == nullptr || !is_integer(features.dtype())) {
    return OpBuilder(leaky_relu_op(), options.name, where).input(features).attr("alpha", options.alpha).output();
  }
  // Integers are made float32 inside the op's scope.
  const Scope line = graph->location_scope(where);
  const Scope scope = graph->name_scope(options.name.empty() ? "LeakyRelu" : options.name);
  return OpBuilder(leaky_relu_op(), scope.name(), where).input(cast(features, DType::kFloat32)).attr("alpha", options.alpha).output();
}

}  // namespace weft
