// Which kernel serves which attributes; what a kernel factory sees.
#include "weft/graph/op_def.h"

#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

KernelFactory none() {
  return [](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(); };
}

TEST(OpDef, TheFirstKernelWhoseConstraintsHoldServes) {
  OpDef op = test::join_op();
  op.kernels = {{.constraints = {{"T", DType::kFloat32}, {"Tlist", {DType::kInt32, DType::kInt64}}}, .make = none()},
                {.constraints = {{"T", kFloatTypes}}, .make = none()}};
  AttrMap attrs;
  EXPECT_EQ(op.find_kernel(attrs), nullptr) << "the attribute is missing";
  attrs.set("T", DType::kFloat32);
  EXPECT_EQ(op.find_kernel(attrs), &op.kernels[1]);
  attrs.set("Tlist", std::vector<DType>{DType::kInt64, DType::kInt32});
  EXPECT_EQ(op.find_kernel(attrs), &op.kernels[0]);
  attrs.set("Tlist", std::vector<DType>{DType::kInt64, DType::kBool});
  EXPECT_EQ(op.find_kernel(attrs), &op.kernels[1]) << "each type of a list counts";
  attrs.set("T", DType::kInt32);
  EXPECT_EQ(op.find_kernel(attrs), nullptr);
  op.kernels.push_back({.constraints = {}, .make = none()});
  EXPECT_EQ(op.find_kernel(attrs), &op.kernels[2]);
}

TEST(KernelInit, RefInputsAreReadAsTheirBaseType) {
  Graph graph;
  const Output r = test::source(graph, {}, "r", ref_dtype(DType::kFloat32));
  const auto join = test::add(graph, test::join_op(), {r, r}, "j");
  ASSERT_TRUE(join.ok());
  ResourceManager resources;
  const KernelInit init(**join, resources);
  EXPECT_EQ(init.input_dtype(0), DType::kFloat32);
  EXPECT_EQ(init.type("T"), DType::kFloat32);
  EXPECT_EQ(init.get<int64_t>("k"), 1);
}

TEST(KernelInit, NodeStateIsOneForEachNameAndSession) {
  struct State : Resource {
    std::string type_name() const override { return "State"; }
  };
  Graph graph;
  test::source(graph, {}, "a");
  test::source(graph, {}, "b");
  ResourceManager first;
  ResourceManager second;
  const auto state = [&](int node, ResourceManager& resources) {
    return *KernelInit(*graph.node(node), resources).node_state<State>([]() -> absl::StatusOr<std::shared_ptr<State>> {
      return std::make_shared<State>();
    });
  };
  EXPECT_EQ(state(0, first), state(0, first));
  EXPECT_NE(state(0, first), state(1, first));
  EXPECT_NE(state(0, first), state(0, second));
}

TEST(GradientRule, TellsItsThreeKindsApart) {
  const GradientRule function([](GradientContext& g) { return g.none(); });
  const GradientRule wall(NotDifferentiable{"why"});
  const GradientRule undefined(NoGradientDefined{});
  EXPECT_TRUE(function.function() != nullptr && function.defined() && function.not_differentiable() == nullptr);
  EXPECT_TRUE(wall.function() == nullptr && wall.defined() && wall.not_differentiable()->why == "why");
  EXPECT_TRUE(undefined.function() == nullptr && !undefined.defined());
}

}  // namespace
}  // namespace weft
