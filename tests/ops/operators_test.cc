#include "weft/ops/operators.h"

#include <gtest/gtest.h>

#include "weft/graph/graph.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"

namespace weft {
namespace {

std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (int i = 0; i < graph.num_nodes(); ++i) names.push_back(str_cat(graph.node(i)->name(), ":", graph.node(i)->op().name));
  return names;
}

template <typename T> std::vector<T> value(const Output& output) {
  const Tensor* tensor = output ? constant_value(output) : nullptr;
  return tensor != nullptr ? tensor->to_vector<T>() : std::vector<T>();
}

TEST(Operators, NodesAndNamesAreTensorFlows) {
  Graph graph;
  const Output x = constant(graph, {1.0f, 2.0f}, {.name = "x"});
  const Output y = constant(graph, {3.0f, 4.0f}, {.name = "y"});
  (void)(x + y);
  (void)(2.0f * x);
  (void)(x - 1);
  (void)pow(x, 2);
  (void)(x / y);
  (void)(-x);
  (void)(x < y);
  (void)(x > 0);
  (void)(x % 2L);
  EXPECT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(node_names(graph), (std::vector<std::string>{"x:Const", "y:Const", "add:AddV2", "mul/x:Const", "mul:Mul", "sub/y:Const", "sub:Sub",
                                                         "pow/y:Const", "pow:Pow", "truediv:RealDiv", "Neg:Neg", "Less:Less", "Greater/y:Const",
                                                         "Greater:Greater", "mod/y:Const", "mod:FloorMod"}));
}

TEST(Operators, LiteralsOfAnyArithmeticTypeMixOnEitherSide) {
  Graph graph;
  const Output x = constant(graph, {1.0f, 2.0f});
  for (const Output& z : {x * 2, x * 2L, x * 2LL, x * 2u, x * 2.0, x * 2.0f, 2 * x, 2L * x, 2.0 * x, short{2} * x}) {
    EXPECT_EQ(value<float>(z), (std::vector<float>{2, 4}));
  }
  EXPECT_EQ(value<float>(1 - x), (std::vector<float>{0, -1}));
  EXPECT_EQ(value<float>(pow(2, x)), (std::vector<float>{2, 4}));
  EXPECT_EQ(value<bool>(2 > x), (std::vector<bool>{true, false}));
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(Operators, DivisionOfIntegersCastsThem) {
  Graph graph;
  const Output x = constant(graph, {1, 2}, {.name = "x"});
  EXPECT_EQ(value<double>(x / 4), (std::vector<double>{0.25, 0.5}));
  EXPECT_EQ(node_names(graph),
            (std::vector<std::string>{"x:Const", "truediv/y:Const", "truediv/Cast:Cast", "truediv/Cast_1:Cast", "truediv:RealDiv"}));
  EXPECT_EQ(value<int32_t>(floordiv(-x, 2)), (std::vector<int32_t>{-1, -1}));
}

TEST(Operators, StringsAreJoined) {
  Graph graph;
  const Output x = constant(graph, Tensor::from<std::string>({"a", "b"}), {});
  EXPECT_EQ(value<std::string>(x + "!"), (std::vector<std::string>{"a!", "b!"}));
  EXPECT_EQ(value<std::string>("<" + x), (std::vector<std::string>{"<a", "<b"}));
}

TEST(Operators, ErrorsNameTheLine) {
  Graph graph;
  const Output x = constant(graph, {1, 2});
  const Output z = x * 2.5;
  EXPECT_TRUE(z.failed());
  EXPECT_THAT(std::string(graph.status().message()), testing::HasSubstr("operators_test.cc:"));
  EXPECT_TRUE((z + 1).failed());
  EXPECT_EQ(graph.errors().size(), 1u);
}

}  // namespace
}  // namespace weft
