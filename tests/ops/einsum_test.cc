// einsum against TensorFlow's values and nodes.
#include "weft/ops/einsum_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct GoldenEinsum {
  std::string equation;
  std::vector<std::vector<int64_t>> declared;  // shapes of the placeholders, -1: unknown
  std::vector<std::vector<int64_t>> fed;
  std::vector<int64_t> shape;
  std::vector<float> values;
  std::vector<std::string> nodes;
};

const std::vector<GoldenEinsum>& golden() {
  static const std::vector<GoldenEinsum> all = {
#include "tests/ops/einsum_golden.inc"
  };
  return all;
}

// As NumPy's linspace(-1 - k, 2).
Tensor input_value(size_t k, const std::vector<int64_t>& dims) {
  const Shape shape = *Shape::make(dims);
  std::vector<float> values;
  const double from = -1.0 - static_cast<double>(k);
  for (int64_t i = 0; i < shape.num_elements(); ++i)
    values.push_back(static_cast<float>(from + (2.0 - from) * static_cast<double>(i) / static_cast<double>(shape.num_elements() - 1)));
  return Tensor::from<float>(values, shape);
}

std::vector<std::string> nodes_after(const Graph& graph, int first) {
  std::vector<std::string> nodes;
  for (int id = first; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    std::string inputs;
    for (const Output& input : node.inputs())
      str_append(inputs, inputs.empty() ? "" : ", ", input.index() == 0 ? std::string(input.op().name()) : input.name());
    nodes.push_back(str_cat(node.name(), " = ", node.op().name, "(", inputs, ")"));
  }
  return nodes;
}

TEST(Einsum, GivesTensorFlowsValuesWithItsNodes) {
  for (const GoldenEinsum& expected : golden()) {
    SCOPED_TRACE(expected.equation);
    Graph graph;
    std::vector<Operand> inputs;
    std::vector<Feed> feeds;
    for (size_t k = 0; k < expected.declared.size(); ++k) {
      const Output x =
          placeholder(graph, DType::kFloat32, {.shape = PartialShape(absl::Span<const int64_t>(expected.declared[k])), .name = str_cat("x", k)});
      inputs.emplace_back(x);
      feeds.emplace_back(x, input_value(k, expected.fed[k]));
    }
    const int first = graph.num_nodes();
    const Output y = einsum(expected.equation, inputs);
    ASSERT_TRUE(graph.status().ok()) << graph.status();
    EXPECT_EQ(nodes_after(graph, first), expected.nodes);
    const auto got = Session(graph).run({.feeds = feeds, .fetches = {y}});
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_EQ((*got)[0].shape(), *Shape::make(expected.shape));
    for (size_t i = 0; i < expected.values.size(); ++i)
      EXPECT_NEAR((*got)[0].flat<float>()[i], expected.values[i], 2e-6f * (1 + std::abs(expected.values[i])));
  }
}

// An index shared by three inputs is summed at the end.
TEST(Einsum, AnIndexOfThreeInputs) {
  Graph graph;
  const Output a = placeholder(graph, DType::kFloat32, {.shape = {3}});
  const Output y = einsum("i,i,i->", {a, a, a});
  const auto got = Session(graph).run({.feeds = {{a, Tensor::from<float>({1, 2, 3})}}, .fetches = {y}});
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)[0].scalar<float>(), 36.0f);
}

TEST(Einsum, Errors) {
  Graph graph;
  const Output a = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "a"});
  const Output unknown = placeholder(graph, DType::kFloat32, {.name = "unknown"});
  const auto error = [&](std::string_view equation, std::initializer_list<Operand> inputs) {
    EXPECT_TRUE(einsum(equation, inputs).failed()) << equation;
    const auto errors = graph.take_errors();
    return errors.empty() ? std::string() : std::string(message(errors[0]));
  };
  using ::testing::AllOf;
  using ::testing::HasSubstr;
  EXPECT_THAT(error("i1->i", {a}), AllOf(HasSubstr("Indices have incorrect format: i1->i"), HasSubstr("einsum_test.cc:")));
  EXPECT_THAT(error("", {a}), HasSubstr("incorrect format"));
  EXPECT_THAT(error("ij,jk->ik", {a}), HasSubstr("Got 1 arguments, expecting 2"));
  EXPECT_THAT(error("ijk->ik", {a}), HasSubstr("has rank 2, its indices are 'ijk'"));
  EXPECT_THAT(error("ii->i", {a}), HasSubstr("an axis appears more than once: ii"));
  EXPECT_THAT(error("ij->ik", {a}), HasSubstr("the output's index 'k' is in no input"));
  EXPECT_THAT(error("ij->ii", {a}), HasSubstr("the output's index 'i' stands twice"));
  EXPECT_THAT(error("i.j->ij", {a}), HasSubstr("period \".\" found outside of ellipsis"));
  EXPECT_THAT(error("...ijk->...", {a}), HasSubstr("Ellipses lengths do not match"));
  EXPECT_THAT(error("ij->ij", {unknown}), HasSubstr("the rank of 'unknown:0'"));
  EXPECT_THAT(error("ij,kj->ik", {a, placeholder(graph, DType::kFloat32, {.shape = {2, 4}})}), HasSubstr("Dimensions must be equal"));
}

}  // namespace
}  // namespace weft
