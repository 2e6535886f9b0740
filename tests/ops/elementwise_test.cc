// Cast, Select, SelectV2, BroadcastTo, BroadcastArgs, BroadcastGradientArgs, AddN, Equal and errors of binary ops.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/session/session.h"

namespace weft {
namespace {

template <typename T> std::vector<T> value(const Output& output) {
  const Tensor* tensor = output ? constant_value(output) : nullptr;
  EXPECT_NE(tensor, nullptr);
  return tensor != nullptr && tensor->holds<T>() ? tensor->to_vector<T>() : std::vector<T>();
}

// A constant whose shape the builder does not know, so that kernels see what shape functions would refuse.
Output unknown(Graph& graph, Tensor tensor) {
  static const PartialShape& any = *new PartialShape;
  return placeholder_with_default(graph, constant(graph, std::move(tensor), {}), any);
}

std::string error_of(Graph& graph, const Output& output) {
  if (!graph.status().ok()) return std::string(message(graph.status()));
  const Session session(graph, {.threads = 1});
  const auto result = session.run(output);
  return result.ok() ? "" : std::string(message(result.status()));
}

TEST(Cast, FollowsTensorFlowsConversions) {
  Graph graph;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Output x = constant(graph, {-2.5f, 300.0f, 1e10f, nan, -1e20f, 1e19f, 1e30f});
  const int32_t least = std::numeric_limits<int32_t>::min();
  EXPECT_EQ(value<int32_t>(cast(x, DType::kInt32)), (std::vector<int32_t>{-2, 300, least, least, least, least, least}));
  EXPECT_EQ(value<uint8_t>(cast(x, DType::kUInt8)), (std::vector<uint8_t>{254, 44, 0, 0, 0, 0, 0}));
  EXPECT_EQ(value<uint32_t>(cast(x, DType::kUInt32)), (std::vector<uint32_t>{4294967294u, 300, 1410065408u, 0, 0, 0, 0}));
  EXPECT_EQ(value<uint64_t>(cast(x, DType::kUInt64))[0], 18446744073709551614u);
  EXPECT_EQ(value<uint64_t>(cast(x, DType::kUInt64))[5], 9999999980506447872u);
  EXPECT_EQ(value<bool>(cast(x, DType::kBool)), (std::vector<bool>{true, true, true, true, true, true, true}));
  EXPECT_EQ(value<float>(cast(cast(constant(graph, {1.00390625f, 1.0049f, -3.3333f}), DType::kBFloat16), DType::kFloat32)),
            (std::vector<float>{1.0f, 1.0078125f, -3.328125f}));
  EXPECT_EQ(value<bool>(cast(cast(constant(graph, {0, 7}), DType::kComplex64), DType::kBool)), (std::vector<bool>{false, true}));
  EXPECT_EQ(cast(x, DType::kFloat32), x);
  const Output small = constant(graph, {1.7f, -2.2f, 300.0f});
  EXPECT_EQ(value<float>(cast(cast(small, DType::kQInt8), DType::kFloat32)), (std::vector<float>{1, -2, 44}));
  EXPECT_EQ(value<float>(cast(cast(small, DType::kQInt32), DType::kFloat32)), (std::vector<float>{1, -2, 300}));
  EXPECT_THAT(error_of(graph, cast(constant(graph, Tensor::scalar_of<std::string>("a"), {}), DType::kInt32)),
              testing::HasSubstr("Cast string to int32 is not supported"));
}

TEST(Cast, TruncatesWhenAsked) {
  Graph graph;
  const Output x = constant(graph, {1.0077f});
  const Output y =
      OpBuilder(*OpRegistry::standard().find("Cast"), "", Loc::current()).input(x).attr("DstT", DType::kBFloat16).attr("Truncate", true).output();
  EXPECT_EQ(value<float>(cast(y, DType::kFloat32)), (std::vector<float>{1.0f}));
}

TEST(Select, ChoosesElementsRowsOrAll) {
  Graph graph;
  const Output x = constant(graph, {{1, 2}, {3, 4}});
  const Output y = constant(graph, {{-1, -2}, {-3, -4}});
  EXPECT_EQ(value<int32_t>(where(constant(graph, {{true, false}, {false, true}}), x, y)), (std::vector<int32_t>{1, -2, -3, 4}));
  EXPECT_EQ(value<int32_t>(where(constant(graph, {false, true}), x, y)), (std::vector<int32_t>{-1, -2, 3, 4}));
  EXPECT_EQ(value<int32_t>(where(constant(graph, true), x, y)), (std::vector<int32_t>{1, 2, 3, 4}));
  const Output text = constant(graph, Tensor::from<std::string>({"a", "b"}), {});
  EXPECT_EQ(value<std::string>(where(constant(graph, {true, false}), text, text + "!")), (std::vector<std::string>{"a", "b!"}));
  EXPECT_EQ(value<int32_t>(where_v2(constant(graph, {true, false}), x, 0)), (std::vector<int32_t>{1, 0, 3, 0}));
  EXPECT_EQ(value<int32_t>(where_v2(constant(graph, {{true}, {false}}), constant(graph, {5, 6}), constant(graph, 7))),
            (std::vector<int32_t>{5, 6, 7, 7}));
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(Select, ErrorsAreTensorFlows) {
  const auto error = [](Tensor c, Tensor t, Tensor e) {
    Graph graph;
    return error_of(graph, where(unknown(graph, std::move(c)), unknown(graph, std::move(t)), unknown(graph, std::move(e)), "Select"));
  };
  const Tensor two = Tensor::from<float>({1, 2});
  const Tensor three = Tensor::from<float>({1, 2, 3});
  const Tensor condition = Tensor::from<bool>({true, false});
  EXPECT_THAT(error(condition, three, three),
              testing::HasSubstr("Inputs to operation Select of type Select must have the same size and shape.  Input 0: [2] != input 1: [3]"));
  EXPECT_THAT(error(condition, two, three), testing::HasSubstr("Input 0: [2] != input 2: [3]"));
  EXPECT_THAT(error(condition, Tensor::scalar_of(1.0f), Tensor::scalar_of(1.0f)),
              testing::HasSubstr("'then' must be at least a vector, but saw shape: []"));
  EXPECT_THAT(error(Tensor::scalar_of(true), two, three),
              testing::HasSubstr("'then' and 'else' must have the same size.  but received: [2] vs. [3]"));
  const Tensor rows = Tensor::from<float>({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_THAT(error(condition, rows, rows), testing::HasSubstr("Number of batches of 'then' must match size of 'cond', but saw: 3 vs. 2"));
}

TEST(Broadcast, RepeatsToAShape) {
  Graph graph;
  EXPECT_EQ(value<int32_t>(broadcast_to(constant(graph, {1, 2}), {2, 2})), (std::vector<int32_t>{1, 2, 1, 2}));
  EXPECT_EQ(value<int32_t>(broadcast_to(constant(graph, {{1}, {2}}), {2, 2, 3})), (std::vector<int32_t>{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(value<int32_t>(broadcast_to(constant(graph, 7), {3})), (std::vector<int32_t>{7, 7, 7}));
  EXPECT_EQ(value<int32_t>(broadcast_to(constant(graph, {1, 2}), {0, 2})), std::vector<int32_t>());
  Graph nothing;  // fits anything, where the shapes are not known before
  const Output z = broadcast_to(unknown(nothing, Tensor::from<int32_t>({1, 2})), unknown(nothing, Tensor::from<int32_t>({0, 0})));
  const auto empty = Session(nothing, {.threads = 1}).run(z);
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ((*empty)[0].shape(), (Shape{0, 0}));
  const auto error = [](Tensor input, Tensor shape) {
    Graph g;
    return error_of(g, broadcast_to(unknown(g, std::move(input)), unknown(g, std::move(shape))));
  };
  const Tensor two = Tensor::from<float>({1, 2});
  EXPECT_THAT(error(two, Tensor::from<int32_t>({3, 3})), testing::HasSubstr("Incompatible shapes: [2] vs. [3,3]"));
  EXPECT_THAT(error(Tensor::from<float>({{1, 2}}), Tensor::from<int32_t>({2})),
              testing::HasSubstr("Rank of input (2) must be no greater than rank of output shape (1)."));
  EXPECT_THAT(error(two, Tensor::from<int32_t>({-1, 2})), testing::HasSubstr("Dimension -1 must be >= 0"));
}

TEST(Broadcast, FindsTheDimensionsOfGradients) {
  using V = std::vector<int64_t>;
  struct Case {
    V x, y, rx, ry;
  };
  // As TensorFlow 1.15.5 answers.
  for (const Case& c : std::vector<Case>{{{2, 1}, {2, 1}, {}, {}},
                                         {{}, {1}, {0}, {0}},
                                         {{2, 1}, {1}, {1}, {0, 1}},
                                         {{2, 3}, {3}, {}, {0}},
                                         {{2, 1, 3}, {1, 1, 3}, {1}, {0, 1}},
                                         {{1, 1, 1}, {2, 1, 3}, {0, 1, 2}, {1}},
                                         {{5, 1, 3}, {5, 4, 1}, {1}, {2}},
                                         {{0, 1}, {1, 3}, {1}, {0}}}) {
    Graph graph;
    const auto vector = [&](const V& v) { return constant(graph, Tensor::from<int64_t>(v), {}); };
    const std::vector<Output> axes = broadcast_gradient_args(vector(c.x), vector(c.y));
    EXPECT_EQ(value<int64_t>(axes[0]), c.rx);
    EXPECT_EQ(value<int64_t>(axes[1]), c.ry);
  }
  Graph graph;
  EXPECT_EQ(value<int32_t>(broadcast_dynamic_shape(constant(graph, {2, 1}), constant(graph, {3}))), (std::vector<int32_t>{2, 3}));
}

TEST(AddN, AddsFromTheFirstToTheLast) {
  Graph graph;
  std::vector<Output> terms;
  for (const float t : {1e8f, 1.0f, -1e8f, 2.0f}) terms.push_back(constant(graph, {t, t}));
  EXPECT_EQ(value<float>(add_n(terms)), (std::vector<float>{2, 2}));
  EXPECT_EQ(value<float>(accumulate_n(terms)), (std::vector<float>{2, 2}));
  EXPECT_EQ(add_n({terms.data(), 1}), terms[0]);
  Graph other;
  EXPECT_THAT(
      error_of(other, add_n(std::vector<Output>{unknown(other, Tensor::from<float>({1, 2})), unknown(other, Tensor::from<float>({1, 2, 3}))})),
      testing::HasSubstr("Inputs to operation AddN of type AddN must have the same size and shape.  Input 0: [2] != input 1: [3]"));
}

// Value from TensorFlow 1.15.5.
TEST(Binary, SquaredDifferenceOfComplexNumbersIsAMagnitude) {
  Graph graph;
  const Output x = constant(graph, Tensor::from<complex64>({complex64(2, -1)})), y = constant(graph, Tensor::from<complex64>({complex64(-2, -3)}));
  EXPECT_EQ(value<complex64>(squared_difference(x, y)), std::vector<complex64>{complex64(20, 0)});
}

TEST(Binary, ErrorsAreTensorFlows) {
  Graph shapes;
  EXPECT_THAT(error_of(shapes, unknown(shapes, Tensor::from<float>({1, 2})) + unknown(shapes, Tensor::from<float>({1, 2, 3}))),
              testing::HasSubstr("Incompatible shapes: [2] vs. [3]"));
  Graph zero;
  EXPECT_THAT(error_of(zero, floordiv(constant(zero, {1, 2, 3}), constant(zero, {1, 0, 2}))), testing::HasSubstr("Integer division by zero"));
  for (const auto divide_by : {truncatediv, truncatemod}) {  // of these two TensorFlow expects no error
    Graph truncating;
    const Output z = divide_by(constant(truncating, {1, 2}), constant(truncating, {1, 0}), "", Loc::current());
    const absl::Status status = Session(truncating, {.threads = 1}).run(z).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(std::string(message(status)), testing::HasSubstr("Unexpected error in binary operator"));
  }
  Graph power;
  EXPECT_THAT(error_of(power, pow(constant(power, {1, 2, 3}), -1)), testing::HasSubstr("Integers to negative integer powers are not allowed"));
}

TEST(Equal, UnlikeShapesMayCountAsUnequal) {
  Graph graph;
  const OpDef& equal = *OpRegistry::standard().find("Equal");
  const Output z = OpBuilder(equal, "", Loc::current())
                       .input(constant(graph, {1, 2}))
                       .input(constant(graph, {1, 2, 3}))
                       .attr("incompatible_shape_error", false)
                       .output();
  EXPECT_EQ(value<bool>(z), std::vector<bool>{false});
}

// Forwarding an operand's memory must not let one element overwrite another's operand.
TEST(Binary, ReusesMemoryOnlyWhereElementsLineUp) {
  Graph graph;
  const Output one = placeholder(graph, DType::kInt64, {.shape = PartialShape({1})});
  const Output eight = placeholder(graph, DType::kInt64, {.shape = PartialShape({8})});
  const Output z = equal(one + 0, eight + 0);  // 8 bytes in, 8 bytes out
  const Session session(graph, {.threads = 1});
  const auto result =
      session.run({.feeds = {{one, Tensor::from<int64_t>({3})}, {eight, Tensor::from<int64_t>({0, 1, 2, 3, 4, 5, 3, 7})}}, .fetches = {z}});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)[0].to_vector<bool>(), (std::vector<bool>{false, false, false, true, false, false, true, false}));
}

// Work is cut into tiles: large operands give what small ones give, on any number of threads.
TEST(Binary, LargeOperandsOnThreads) {
  for (const int threads : {1, 2, 4}) {
    Graph graph;
    Tensor matrix(DType::kFloat32, Shape{700, 301});
    Tensor row(DType::kFloat32, Shape{301});
    for (int64_t i = 0; i < matrix.num_elements(); ++i) matrix.data<float>()[i] = static_cast<float>(i % 1013) * 0.01f;
    for (int64_t i = 0; i < row.num_elements(); ++i) row.data<float>()[i] = static_cast<float>(i);
    const Output x = placeholder(graph, DType::kFloat32);
    const Output y = placeholder(graph, DType::kFloat32);
    const Output z = tanh(x * y + x);
    const Session session(graph, {.threads = threads});
    const auto result = session.run({.feeds = {{x, matrix}, {y, row}}, .fetches = {z}});
    ASSERT_TRUE(result.ok()) << result.status();
    for (int64_t i = 0; i < matrix.num_elements(); ++i) {
      const float a = matrix.data<float>()[i];
      ASSERT_NEAR((*result)[0].data<float>()[i], std::tanh(a * row.data<float>()[i % 301] + a), 1e-6f);
    }
  }
}

}  // namespace
}  // namespace weft
