#include <gmock/gmock.h>

#include "tests/ops/op_testing.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

using ::testing::ElementsAre;

struct Golden {
  Dims shape, begin, end, strides;
  std::vector<int64_t> masks;
  bool ok;
  Dims result_shape;
  std::vector<int32_t> result;
};
const std::vector<Golden>& golden() {
  static const auto& cases = *new std::vector<Golden>{
#include "tests/ops/strided_slice_golden.inc"
  };
  return cases;
}

Tensor counting(const Dims& dims) {
  Tensor x(DType::kInt32, Shape(dims));
  for (int64_t i = 0; i < x.num_elements(); ++i) x.data<int32_t>()[i] = static_cast<int32_t>(i);
  return x;
}

Tensor vector_of(const Dims& dims) { return Tensor::from<int32_t>(std::vector<int32_t>(dims.begin(), dims.end())); }

TEST(StridedSlice, AsTensorFlow) {
  int n = 0;
  for (const Golden& c : golden()) {
    SCOPED_TRACE(n++);
    Graph graph;
    const Output x = constant(graph, counting(c.shape));
    const StridedSliceOptions options{
        .begin_mask = c.masks[0], .end_mask = c.masks[1], .ellipsis_mask = c.masks[2], .new_axis_mask = c.masks[3], .shrink_axis_mask = c.masks[4]};
    const Output y = strided_slice(x, vector_of(c.begin), vector_of(c.end), vector_of(c.strides), options);
    if (!c.ok) {
      EXPECT_FALSE(y && constant_value(y) != nullptr);
      continue;
    }
    const Tensor value = value_of(y);
    EXPECT_EQ(value.shape(), Shape(c.result_shape));
    EXPECT_THAT(value.to_vector<int32_t>(), ::testing::ElementsAreArray(c.result));
  }
}

TEST(StridedSlice, SlicesAsPythonWritesThem) {
  Graph graph;
  const Output x = constant(graph, counting({3, 4}));
  EXPECT_EQ(text_of(strided_slice(x, {Slice::from(1), 0})), "[4 8]");
  EXPECT_EQ(text_of(strided_slice(x, {-1})), "[ 8  9 10 11]");
  EXPECT_EQ(text_of(strided_slice(x, {Slice::ellipsis(), Slice::every(-1), Slice::new_axis()})).substr(0, 6), "[[[ 3]");
  EXPECT_EQ(text_of(strided_slice(x, {Slice::range(0, 3, 2), Slice::to(1)})), "[[0]\n [8]]");
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(StridedSlice, Nodes) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {3, 2}, .name = "x"});
  const Output i = placeholder(graph, DType::kInt64, {.shape = {}, .name = "i"});
  strided_slice(x, {Slice::from(1), 0});
  EXPECT_EQ(strided_slice(x, {Slice::from(i), 0}).shape().to_string(), "[?]");
  EXPECT_THAT(nodes_of(graph),
              ElementsAre("x = Placeholder()", "i = Placeholder()", "strided_slice/stack = Const()", "strided_slice/stack_1 = Const()",
                          "strided_slice/stack_2 = Const()",
                          "strided_slice = StridedSlice(x, strided_slice/stack, strided_slice/stack_1, strided_slice/stack_2)",
                          "strided_slice_1/stack/1 = Const()", "strided_slice_1/stack = Pack(i, strided_slice_1/stack/1)",
                          "strided_slice_1/stack_1 = Const()", "strided_slice_1/stack_2 = Const()",
                          "strided_slice_1/Cast = Cast(strided_slice_1/stack_1)", "strided_slice_1/Cast_1 = Cast(strided_slice_1/stack_2)",
                          "strided_slice_1 = StridedSlice(x, strided_slice_1/stack, strided_slice_1/Cast, strided_slice_1/Cast_1)"));
}

TEST(StridedSlice, PartOfAShapeIsAShape) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3, 5}});
  const Output y = placeholder(graph, DType::kFloat32);
  EXPECT_EQ(reshape(y, strided_slice(shape(x), {Slice::from(1)})).shape().to_string(), "[3,5]");
  EXPECT_EQ(reshape(y, strided_slice(shape(x), {Slice::to(2)})).shape().to_string(), "[?,3]");
}

TEST(StridedSlice, Errors) {
  Graph graph;
  const Output x = constant(graph, counting({2}));
  EXPECT_TRUE(strided_slice(x, {5}).failed());
  EXPECT_NE(graph.status().ToString().find("slice index 5 of dimension 0 out of bounds."), std::string::npos) << graph.status();
  graph.take_errors();
  EXPECT_TRUE(strided_slice(x, {Slice::all(), Slice::all()}).failed());
  EXPECT_NE(graph.status().ToString().find("Index out of range using input dim 1; input has only 1 dims"), std::string::npos) << graph.status();
  graph.take_errors();
  EXPECT_TRUE(strided_slice(x, {0}, {1}, {0}).failed());
  EXPECT_NE(graph.status().ToString().find("strides[0] must be non-zero"), std::string::npos) << graph.status();
}

}  // namespace
}  // namespace weft
