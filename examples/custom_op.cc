// A custom operation with its own gradient: "Swish", x * sigmoid(x), as one op of the program's own (Ramachandran et al. 2017).
//
// Shows that an op is one value: signature, shape function, kernel and gradient. The gradient is made of ordinary ops, so it can be
// differentiated again. Also shows overriding the gradient of an op that exists.
//
//   custom_op [--dot FILE]
#include <cmath>
#include <cstdio>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

namespace {

Output swish(const Operand& x, Loc where = Loc::current());

const OpDef& swish_op() {
  static const OpDef& op = *new OpDef{.name = "Swish",
                                      .inputs = {{"x", type_attr("T")}},
                                      .outputs = {{"y", type_attr("T")}},
                                      .attrs = {type_attribute("T", DType::kFloat32)},
                                      .shape = unchanged_shape,
                                      .kernels = {{.make = [](const KernelInit&) -> absl::StatusOr<Kernel> {
                                        return Kernel([](KernelContext& context) -> absl::Status {
                                          const Tensor& x = context.input(0);
                                          Tensor* y;
                                          WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, x.shape(), &y));
                                          context.parallel_for(x.num_elements(), tile_items(20), [&](int64_t begin, int64_t end) {
                                            for (int64_t i = begin; i < end; ++i)
                                              y->data<float>()[i] = x.data<float>()[i] / (1 + std::exp(-x.data<float>()[i]));
                                          });
                                          return absl::OkStatus();
                                        });
                                      }}},
                                      // y' = s + x s (1 - s) = y + s (1 - y), with s = sigmoid(x)
                                      .gradient = [](GradientContext& g) { return g.one(g.dy() * (g.y() + sigmoid(g.x()) * (1.0f - g.y()))); }};
  return op;
}

Output swish(const Operand& x, Loc where) { return OpBuilder(swish_op(), "swish", where).input(x).output(); }

}  // namespace

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  Graph graph({.name = "custom_op"});
  Output x = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "x"});
  Output y = swish(x);
  Output first = gradients({y}, {x})[0].dense();
  Output second = gradients({first}, {x})[0].dense();

  // sign(x) has gradient 0; straight-through lets the gradient pass where |x| <= 1.
  graph.register_gradient("StraightThrough", [](GradientContext& g) { return g.one(g.dy() * cast(less_equal(abs(g.x()), 1.0f), DType::kFloat32)); });
  Output binary;
  {
    auto scope = graph.gradient_override_map({{"Sign", "StraightThrough"}});
    binary = sign(x);
  }
  Output through = gradients({binary}, {x})[0].dense();
  flags.draw(graph);

  Session session(graph);
  const auto r = check(session.run({.feeds = {{x, Tensor::from<float>({-2, -0.5f, 0, 0.5f, 2})}}, .fetches = {y, first, second, through}}));
  std::printf("%8s %8s %8s %8s\n", "swish", "dy/dx", "d2y/dx2", "dsign/dx");
  for (int64_t i = 0; i < 5; ++i) {
    std::printf("%8.4f %8.4f %8.4f %8.1f\n", r[0].at<float>({i}), r[1].at<float>({i}), r[2].at<float>({i}), r[3].at<float>({i}));
  }
}
