// The builders of array_ops.h make the nodes, with the names, that TensorFlow's Python functions make.
#include <gmock/gmock.h>

#include <map>

#include "tests/ops/op_testing.h"
#include "weft/ops/control_ops.h"

namespace weft {
namespace {

const std::map<std::string, std::vector<std::string>>& golden() {
  static const auto& cases = *new std::map<std::string, std::vector<std::string>>{
#include "tests/ops/array_golden.inc"
  };
  return cases;
}

struct Case {
  const char* name;
  void (*build)(Graph&);
};

Output x_of(Graph& graph, DeclaredShape shape, DType dtype = DType::kFloat32) {
  return placeholder(graph, dtype, {.shape = std::move(shape), .name = "x"});
}
Output any(Graph& graph) { return x_of(graph, DeclaredShape::unknown()); }

const Case kCases[] = {
    {"concat_one", [](Graph& g) { concat({x_of(g, {2})}, 0); }},
    {"concat_literal",
     [](Graph& g) {
       concat({x_of(g, {2}), std::vector<float>{1, 2}}, 0);
     }},
    {"split", [](Graph& g) { split(x_of(g, {4}), 2); }},
    {"split_sizes",
     [](Graph& g) {
       split(x_of(g, {4}), {1, 3});
     }},
    {"one_hot", [](Graph& g) { one_hot(x_of(g, {4}, DType::kInt32), 3); }},
    {"one_hot_on", [](Graph& g) { one_hot(x_of(g, {4}, DType::kInt32), 3, {.on_value = 5.0f}); }},
    {"transpose",
     [](Graph& g) {
       transpose(x_of(g, {4, 3}));
     }},
    {"transpose_unknown", [](Graph& g) { transpose(any(g)); }},
    {"transpose_perm",
     [](Graph& g) {
       transpose(x_of(g, {1, 2}), {1, 0});
     }},
    {"matrix_transpose",
     [](Graph& g) {
       matrix_transpose(x_of(g, {1, 2, 3}));
     }},
    {"matrix_transpose_unknown", [](Graph& g) { matrix_transpose(any(g)); }},
    {"range", [](Graph& g) { range(g, 5); }},
    {"range_mixed", [](Graph& g) { range(g, 1, 5.0f); }},
    {"zeros",
     [](Graph& g) {
       zeros(g, {2, 3});
     }},
    {"zeros_big",
     [](Graph& g) {
       zeros(g, {200, 30});
     }},
    {"zeros_tensor", [](Graph& g) { zeros(x_of(g, {2}, DType::kInt32)); }},
    {"zeros_scalar", [](Graph& g) { zeros(x_of(g, {}, DType::kInt32)); }},
    {"zeros_like", [](Graph& g) { zeros_like(x_of(g, {2})); }},
    {"zeros_like_big", [](Graph& g) { zeros_like(x_of(g, {2000})); }},
    {"zeros_like_unknown", [](Graph& g) { zeros_like(x_of(g, {-1})); }},
    {"zeros_like_dtype", [](Graph& g) { zeros_like(x_of(g, {-1}), {.dtype = DType::kInt32}); }},
    {"ones_like", [](Graph& g) { ones_like(x_of(g, {2})); }},
    {"ones_like_unknown", [](Graph& g) { ones_like(x_of(g, {-1})); }},
    {"stack",
     [](Graph& g) {
       stack({x_of(g, {}), 1.0f});
     }},
    {"stack_axis",
     [](Graph& g) {
       stack({x_of(g, {1}), std::vector<float>{1}}, {.axis = 1});
     }},
    {"unstack",
     [](Graph& g) {
       unstack(x_of(g, {3, 2}));
     }},
    {"assert",
     [](Graph& g) {
       assert_op(x_of(g, {}, DType::kBool), std::vector<Operand>{"bad", 3});
     }},
    {"linspace", [](Graph& g) { linspace(g, 0.0f, 1.0f, 3); }},
    {"pad",
     [](Graph& g) {
       pad(x_of(g, {2}), {{1, 1}});
     }},
    {"pad_value",
     [](Graph& g) {
       pad(x_of(g, {2}), {{1, 1}}, {.constant_value = 2});
     }},
    {"pad_reflect",
     [](Graph& g) {
       pad(x_of(g, {2}), {{1, 1}}, {.mode = PadMode::kReflect});
     }},
    {"reverse", [](Graph& g) { reverse(x_of(g, {2}), {0}); }},
    {"reverse_sequence",
     [](Graph& g) {
       reverse_sequence(x_of(g, {2, 3}), {1, 2});
     }},
    {"tile",
     [](Graph& g) {
       tile(x_of(g, {2, 3}), {1, 2});
     }},
    {"squeeze",
     [](Graph& g) {
       squeeze(x_of(g, {1, 3}));
     }},
    {"expand_dims",
     [](Graph& g) {
       expand_dims(x_of(g, {1, 3}), -1);
     }},
    {"fill",
     [](Graph& g) {
       fill(g, {2, 3}, 9.0f);
     }},
    {"size",
     [](Graph& g) {
       size(x_of(g, {1, 3}));
       size(x_of(g, {-1}));
       size(x_of(g, {-1, 0}));
     }},
    {"rank",
     [](Graph& g) {
       rank(x_of(g, {1}));
       rank(any(g));
     }},
    {"ensure_shape",
     [](Graph& g) {
       ensure_shape(x_of(g, {-1, 3}), {2, -1});
     }},
    {"placeholder_with_default",
     [](Graph& g) {
       placeholder_with_default(g, std::vector<float>{1, 2}, {-1});
     }},
    {"identity_n",
     [](Graph& g) {
       identity_n(std::vector<Operand>{x_of(g, {2}), 1});
     }},
    {"check_numerics", [](Graph& g) { check_numerics(x_of(g, {2}), "m"); }},
    {"slice", [](Graph& g) { slice(x_of(g, {3}), {0}, {1}); }},
};

TEST(ArrayNodes, AsTensorFlow) {
  EXPECT_EQ(std::size(kCases), golden().size());
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Graph graph;
    c.build(graph);
    EXPECT_TRUE(graph.status().ok()) << graph.status();
    EXPECT_THAT(nodes_of(graph), ::testing::ElementsAreArray(golden().at(c.name)));
  }
}

}  // namespace
}  // namespace weft
