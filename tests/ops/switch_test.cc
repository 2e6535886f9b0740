// RefSelect; Switch and Merge are tested where they are run, in tests/runtime/conditions_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

TEST(RefSelect, TakesTheReferenceAtTheIndex) {
  Graph graph;
  const OpRegistry& ops = OpRegistry::standard();
  std::vector<Output> variables;
  std::vector<Fetch> initializers;
  for (int i = 0; i < 2; ++i) {
    NodeSpec variable{.op = ops.find("VariableV2")};
    variable.attrs.set("dtype", DType::kFloat32);
    variable.attrs.set("shape", PartialShape::scalar());
    variables.push_back((*graph.add_node(std::move(variable)))->output());
    const auto assign = graph.add_node({.op = ops.find("Assign"), .inputs = {variables.back(), constant(graph, 10.0f * static_cast<float>(i))}});
    initializers.emplace_back(Operation(*assign));
  }
  const Output index = placeholder(graph, DType::kInt32, {.name = "index"});
  const auto select = graph.add_node({.op = ops.find("RefSelect"), .inputs = {index, variables[0], variables[1]}});
  ASSERT_TRUE(select.ok()) << select.status();
  const Session session(graph);
  ASSERT_TRUE(session.run({.targets = initializers}).ok());
  const auto at = [&](const Tensor& i) { return session.run({.feeds = {{index, i}}, .fetches = {(*select)->output()}}); };
  EXPECT_EQ(at(Tensor::scalar_of(0)).value()[0].scalar<float>(), 0);
  EXPECT_EQ(at(Tensor::scalar_of(1)).value()[0].scalar<float>(), 10);
  EXPECT_THAT(at(Tensor::scalar_of(2)).status().ToString(), HasSubstr("Index must be in the range [0, 2) but got 2"));
  EXPECT_THAT(at(Tensor::from<int32_t>({0})).status().ToString(), HasSubstr("Index must be a scalar"));
}

}  // namespace
}  // namespace weft
