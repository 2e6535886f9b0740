// The gradients of elementwise ops are the nodes TensorFlow 1.15.5 makes, by name, type and inputs (math_gradient_golden.inc).
#include <gtest/gtest.h>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

struct GoldenGradient {
  const char* op;
  DType dtype;
  std::vector<PartialShape> shapes;
  const char* nodes;
};

const std::vector<GoldenGradient>& golden_gradients() {
  static const auto& cases = *new std::vector<GoldenGradient>{
#include "math_gradient_golden.inc"
  };
  return cases;
}

constexpr std::string_view kScope = "gradients/z_grad/";

std::string short_name(const Node& node) {
  const std::string& name = node.name();
  return name.starts_with(kScope) ? name.substr(kScope.size()) : name;
}

std::string gradient_text(const Graph& graph, const Gradients& gradients) {
  std::string text;
  for (int i = 0; i < graph.num_nodes(); ++i) {
    const Node& node = *graph.node(i);
    if (!node.name().starts_with(kScope)) continue;
    std::string inputs;
    for (const Output& input : node.inputs()) {
      str_append(inputs, inputs.empty() ? "" : ", ", short_name(*input.node()), input.index() == 0 ? "" : str_cat(":", input.index()));
    }
    for (const Node* control : node.control_inputs()) str_append(inputs, inputs.empty() ? "" : ", ", "^", short_name(*control));
    str_append(text, short_name(node), "=", node.op().name, "(", inputs, ")\n");
  }
  str_append(text, "-> ");
  for (size_t i = 0; i < gradients.size(); ++i) {
    str_append(text, i == 0 ? "" : ", ", gradients[i].is_none() ? "none" : short_name(*gradients[i].dense().node()));
  }
  return text + "\n";
}

TEST(MathGradients, NodesAreTensorFlows) {
  for (const GoldenGradient& golden : golden_gradients()) {
    Graph graph;
    const OpDef& op = *OpRegistry::standard().find(golden.op);
    OpBuilder builder(op, "z", Loc::current());
    for (size_t i = 0; i < golden.shapes.size(); ++i) {
      builder.input(placeholder(graph, golden.dtype, {.shape = golden.shapes[i], .name = str_cat("x", i)}));
    }
    const Output z = builder.output();
    ASSERT_TRUE(z) << graph.status();
    const Output dz = placeholder(graph, golden.dtype, {.shape = z.shape(), .name = "dz"});
    GradientContext context(z.node(), {Gradient(dz)}, nullptr);
    const Scope gradients = graph.name_scope("gradients");
    const Scope scope = graph.name_scope("z_grad");
    const Gradients result = (*op.gradient.function())(context);
    ASSERT_TRUE(graph.status().ok()) << golden.op << ": " << graph.status();
    EXPECT_EQ(gradient_text(graph, result), golden.nodes) << golden.op;
  }
}

// A tape asks for what it needs only.
TEST(MathGradients, ATapeSkipsWhatNobodyWants) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = PartialShape({2})});
  const Output z = pow(x, 2);
  const int before = graph.num_nodes();
  GradientContext context(z.node(), {Gradient(x)}, nullptr);
  context.set_needed({true, false});
  const Gradients result = (*z.node()->op().gradient.function())(context);
  EXPECT_TRUE(result[1].is_none());
  std::vector<std::string> made;
  for (int i = before; i < graph.num_nodes(); ++i) made.push_back(std::string(graph.node(i)->op().name));
  EXPECT_EQ(made, (std::vector<std::string>{"Mul", "Const", "Sub", "Pow", "Mul"}));
}

}  // namespace
}  // namespace weft
