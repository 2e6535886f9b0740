// gradients(): the nodes are those that TensorFlow 1.15.5 built for the same calls.
#include "weft/gradients/gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph_lines.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

using ::testing::HasSubstr;
using testing::lines;

class Gradients : public ::testing::Test {
 protected:
  std::string added() { return lines(graph, first); }
  void begin() { first = graph.num_nodes(); }

  Graph graph;
  Output x = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "x"});
  int first = 1;
};

TEST_F(Gradients, OfAProduct) {
  const Output y = tanh(x) * x;
  begin();
  const auto g = gradients(y, x);
  EXPECT_EQ(added(),
            "gradients/Shape Const\n"
            "gradients/grad_ys_0 Const\n"
            "gradients/Fill Fill gradients/Shape gradients/grad_ys_0\n"
            "gradients/mul_grad/Mul Mul gradients/Fill x\n"
            "gradients/mul_grad/Mul_1 Mul gradients/Fill Tanh\n"
            "gradients/Tanh_grad/TanhGrad TanhGrad Tanh gradients/mul_grad/Mul\n"
            "gradients/AddN AddN gradients/mul_grad/Mul_1 gradients/Tanh_grad/TanhGrad loc:@gradients/mul_grad/Mul_1\n");
  ASSERT_EQ(g.size(), 1u);
  EXPECT_EQ(g[0].dense().name(), "gradients/AddN:0");
  EXPECT_EQ(g[0].reason(), "");
}

TEST_F(Gradients, NodesCarryTheForwardLineAndTheLineOfTheCall) {
  const Output y = tanh(x);
  const uint32_t call = __LINE__ + 1;
  const auto g = gradients(y, x);
  const Node& node = *g[0].dense().node();
  EXPECT_EQ(node.role(), NodeRole::kGradient);
  EXPECT_EQ(node.location(), y.node()->location());
  EXPECT_EQ(node.call_location().line, call);
}

TEST_F(Gradients, GatedAndColocated) {
  const Output y = tanh(x) * x;
  begin();
  gradients(y, x, {.gate_gradients = true, .colocate_gradients_with_ops = true});
  EXPECT_EQ(added(),
            "gradients/Shape Const loc:@mul\n"
            "gradients/grad_ys_0 Const loc:@mul\n"
            "gradients/Fill Fill gradients/Shape gradients/grad_ys_0 loc:@mul\n"
            "gradients/mul_grad/Mul Mul gradients/Fill x loc:@mul\n"
            "gradients/mul_grad/Mul_1 Mul gradients/Fill Tanh loc:@mul\n"
            "gradients/mul_grad/tuple/group_deps NoOp ^gradients/mul_grad/Mul ^gradients/mul_grad/Mul_1\n"
            "gradients/mul_grad/tuple/control_dependency Identity gradients/mul_grad/Mul ^gradients/mul_grad/tuple/group_deps loc:@mul\n"
            "gradients/mul_grad/tuple/control_dependency_1 Identity gradients/mul_grad/Mul_1 ^gradients/mul_grad/tuple/group_deps loc:@mul\n"
            "gradients/Tanh_grad/TanhGrad TanhGrad Tanh gradients/mul_grad/tuple/control_dependency loc:@Tanh\n"
            "gradients/AddN AddN gradients/mul_grad/tuple/control_dependency_1 gradients/Tanh_grad/TanhGrad loc:@mul\n");
}

TEST_F(Gradients, SummedInPairs) {
  const Output square = x * x;
  const Output y = square * x;
  begin();
  gradients(y, x, {.aggregation_method = AggregationMethod::kExperimentalTree});
  EXPECT_THAT(added(), HasSubstr("gradients/x_gradient_sum/AddN AddN gradients/mul_1_grad/Mul_1 gradients/mul_grad/Mul\n"
                                 "gradients/x_gradient_sum/AddN_1 AddN gradients/x_gradient_sum/AddN gradients/mul_grad/Mul_1\n"));
}

TEST_F(Gradients, SummedByAccumulateN) {
  const Output square = x * x;
  const Output y = square * x;
  begin();
  gradients(y, x, {.aggregation_method = AggregationMethod::kExperimentalAccumulateN});
  EXPECT_THAT(added(),
              HasSubstr("gradients/AccumulateNV2 AccumulateNV2 gradients/mul_1_grad/Mul_1 gradients/mul_grad/Mul gradients/mul_grad/Mul_1\n"));
}

TEST_F(Gradients, OfSeveralValuesWithGivenGradients) {
  const Output a = tanh(x);
  const Output b = exp(a);
  begin();
  const auto g = gradients({b, a}, {x, a}, {.grad_ys = {Gradient(), x}, .name = "G"});
  EXPECT_EQ(added(),
            "G/Shape Const\n"
            "G/grad_ys_0 Const\n"
            "G/Fill Fill G/Shape G/grad_ys_0\n"
            "G/grad_ys_1 Identity x\n"
            "G/Exp_grad/mul Mul G/Fill Exp\n"
            "G/AddN AddN G/grad_ys_1 G/Exp_grad/mul loc:@G/grad_ys_1\n"
            "G/Tanh_grad/TanhGrad TanhGrad Tanh G/AddN\n");
  EXPECT_EQ(g[1].dense().name(), "G/AddN:0");
}

TEST_F(Gradients, StopWhereTheCallerSays) {
  const Output a = tanh(x);
  const Output b = exp(a) * a;
  const auto g = gradients(b, {x, a}, {.stop_gradients = {a}});
  EXPECT_EQ(g[1].dense().name(), "gradients/AddN:0");
  EXPECT_TRUE(g[0].is_none());
  EXPECT_EQ(g[0].absent(), AbsentGradient::kNotDifferentiable);
  EXPECT_THAT(g[0].reason(), HasSubstr("gradients stop at Tanh 'Tanh' ("));
  EXPECT_THAT(g[0].reason(), HasSubstr("stop_gradients names it"));
}

TEST_F(Gradients, SecondDerivative) {
  const Output y = tanh(x);
  const Output dy = gradients(y, x)[0].dense();
  begin();
  gradients(dy, x);
  EXPECT_EQ(added(),
            "gradients_1/Shape Const\n"
            "gradients_1/grad_ys_0 Const\n"
            "gradients_1/Fill Fill gradients_1/Shape gradients_1/grad_ys_0\n"
            "gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul/y Const ^gradients_1/Fill\n"
            "gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul Mul gradients_1/Fill gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul/y\n"
            "gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul_1 Mul gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul gradients/Fill\n"
            "gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul_2 Mul gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul_1 Tanh\n"
            "gradients_1/gradients/Tanh_grad/TanhGrad_grad/TanhGrad TanhGrad Tanh gradients_1/Fill\n"
            "gradients_1/Tanh_grad/TanhGrad TanhGrad Tanh gradients_1/gradients/Tanh_grad/TanhGrad_grad/mul_2\n");
}

TEST_F(Gradients, ZerosForWhatIsUnconnected) {
  const Output z = placeholder(graph, DType::kFloat32, {.shape = {-1}, .name = "z"});
  const Output y = tanh(x);
  begin();
  gradients(y, z, {.unconnected_gradients = UnconnectedGradients::kZero});
  EXPECT_THAT(added(), HasSubstr("\nzeros_like ZerosLike z\n"));
}

TEST_F(Gradients, OutputsThatNothingUsesGetZeros) {
  const std::vector<Output> parts = unstack(x);
  const Output y = exp(parts[0]);
  begin();
  gradients(y, x);
  EXPECT_THAT(added(), HasSubstr("gradients/zeros_like ZerosLike unstack:1\n"
                                 "gradients/unstack_grad/stack Pack gradients/Exp_grad/mul gradients/zeros_like\n"));
}

TEST_F(Gradients, AbsentOnesSayWhy) {
  const Output blocked = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "blocked"});
  const Output whole = placeholder(graph, DType::kInt32, {.shape = {2}, .name = "whole"});
  const Output rounded = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "rounded"});
  const Output apart = placeholder(graph, DType::kFloat32, {.shape = {2}, .name = "apart"});
  const uint32_t line = __LINE__ + 1;
  const Output stopped = stop_gradient(exp(blocked), "wall");
  const Output cast_back = cast(cast(rounded, DType::kInt32), DType::kFloat32);
  const Output y = stopped * cast_back + cast(whole, DType::kFloat32) + x;
  const auto g = gradients(y, {x, blocked, whole, rounded, apart});
  EXPECT_FALSE(g[0].is_none());
  EXPECT_EQ(g[1].absent(), AbsentGradient::kNotDifferentiable);
  EXPECT_THAT(g[1].reason(), HasSubstr(str_cat("StopGradient 'wall' (tests/gradients/gradients_test.cc:", line, ") has no gradient")));
  EXPECT_EQ(g[2].absent(), AbsentGradient::kIntegerDType);
  EXPECT_THAT(g[2].reason(), HasSubstr("'whole:0'"));
  EXPECT_EQ(g[3].absent(), AbsentGradient::kIntegerDType);
  EXPECT_THAT(g[3].reason(), HasSubstr("is int32"));
  EXPECT_EQ(g[4].absent(), AbsentGradient::kNoPath);
  EXPECT_THAT(g[4].reason(), HasSubstr("no path leads from 'apart'"));
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST_F(Gradients, OpsWithoutGradientAreNamedWithTheirLine) {
  const uint32_t line = __LINE__ + 1;
  const Output y = tanh(truncatemod(x, x, "rest"));
  const auto g = gradients(y, x);
  EXPECT_EQ(g[0].absent(), AbsentGradient::kFailed);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(
      std::string(message(graph.status())),
      HasSubstr(str_cat("No gradient defined for operation 'rest' (op type: TruncateMod), made at tests/gradients/gradients_test.cc:", line)));
}

TEST_F(Gradients, GradYsMustFit) {
  const Output y = tanh(x);
  gradients(y, x, {.grad_ys = {x, x}});
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("Passed 2 grad_ys for 1 ys"));
  graph.take_errors();
  gradients(y, x, {.grad_ys = {cast(x, DType::kComplex64)}});
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("must be real or integer"));
  graph.take_errors();
  gradients(cast(x, DType::kComplex64), x);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("Gradients of complex tensors must set grad_ys"));
}

TEST_F(Gradients, OfAnotherGraphAreRefused) {
  Graph other({.name = "other"});
  const Output z = placeholder(other, DType::kFloat32, {.name = "z"});
  const auto g = gradients(tanh(x), z);
  EXPECT_EQ(g[0].absent(), AbsentGradient::kFailed);
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("xs[0] 'z:0'"));
  EXPECT_THAT(std::string(message(graph.status())), HasSubstr("graph 'other'"));
}

TEST_F(Gradients, WrongShapesFromAGradientFunctionAreRefused) {
  graph.register_gradient("Wrong", [](GradientContext& g) { return g.one(constant(g.graph(), {1.0f, 2.0f, 3.0f})); });
  Output y;
  {
    const Scope override = graph.gradient_override_map({{"Tanh", "Wrong"}});
    y = tanh(x);
  }
  gradients(y, x);
  EXPECT_THAT(std::string(message(graph.status())),
              HasSubstr("Incompatible shapes between op input and calculated input gradient.  Forward operation: Tanh.  Input index: 0. "
                        "Original input shape: [2].  Calculated input gradient shape: [3]"));
}

TEST_F(Gradients, OverriddenByTheMap) {
  graph.register_gradient("Twice", [](GradientContext& g) { return g.one(g.dy() + g.dy()); });
  Output y;
  {
    const Scope override = graph.gradient_override_map({{"Tanh", "Twice"}});
    y = tanh(x);
  }
  EXPECT_EQ(gradients(y, x)[0].dense().name(), "gradients/Tanh_grad/add:0");
}

TEST(GradientsOfLongChains, NeedNoStackAndLittleMemory) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {}, .name = "x"});
  Output y = x;
  for (int i = 0; i < 100000; ++i) y = tanh(y);
  const auto g = gradients(y, x);
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_TRUE(g[0].is_dense());
  EXPECT_EQ(graph.num_nodes(), 1 + 2 * 100000 + 3);
}

TEST(Zip, PairsGradientsWithVariables) {
  EXPECT_TRUE(zip({}, {}).empty());
  EXPECT_EQ(zip({Gradient()}, {Variable()}).size(), 1u);
}

}  // namespace
}  // namespace weft
