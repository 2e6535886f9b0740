#include "weft/ops/reduction_ops.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/op_testing.h"
#include "tests/ops/serial_evaluator.h"
#include "weft/ops/constant.h"

namespace weft {
namespace {

// Small integers, so that every order of adding gives the same float.
Tensor numbers(const Shape& shape) {
  Tensor t(DType::kFloat32, shape);
  uint32_t seed = 7;
  for (float& v : t.flat<float>()) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<float>(static_cast<int32_t>(seed >> 28) - 8);
  }
  return t;
}

// By definition: every element joins the result at its position without the reduced axes.
template <typename F> std::vector<double> naive(const Tensor& x, const std::vector<bool>& reduced, double identity, F combine) {
  int64_t results = 1;
  for (int d = 0; d < x.rank(); ++d)
    if (!reduced[static_cast<size_t>(d)]) results *= x.dim(d);
  std::vector<double> out(static_cast<size_t>(results), identity);
  for (int64_t k = 0; k < x.num_elements(); ++k) {
    int64_t rest = k, at = 0, step = 1;
    for (int d = x.rank() - 1; d >= 0; --d) {
      const int64_t i = rest % x.dim(d);
      rest /= x.dim(d);
      if (reduced[static_cast<size_t>(d)]) continue;
      at += i * step;
      step *= x.dim(d);
    }
    out[static_cast<size_t>(at)] = combine(out[static_cast<size_t>(at)], static_cast<double>(x.data<float>()[k]));
  }
  return out;
}

std::vector<double> doubles(const Tensor& t) {
  const auto flat = t.flat<float>();
  return {flat.begin(), flat.end()};
}

TEST(Reduction, EveryChoiceOfAxesAgreesWithTheDefinition) {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{3, 4}, Shape{2, 3, 4}, Shape{300, 7}, Shape{7, 300}, Shape{2, 1, 3, 2, 5}, Shape{150, 3, 130},
                             Shape{70000}, Shape{1000, 30}, Shape{3, 50000}, Shape{50000, 3}, Shape{0, 3}, Shape{3, 0, 2}}) {
    const Tensor x = numbers(shape);
    for (int mask = 0; mask < (1 << shape.rank()); ++mask) {
      Graph graph;
      std::vector<bool> reduced;
      std::vector<int> axes;
      for (int d = 0; d < shape.rank(); ++d) {
        reduced.push_back((mask >> d & 1) != 0);
        if (reduced.back()) axes.push_back(d % 2 == 0 ? d : d - shape.rank());
      }
      const Output in = constant(graph, x);
      SerialEvaluator evaluator(graph);
      const auto run = [&](const Output& node) { return doubles((*evaluator.run({node}))[0]); };
      const std::vector<double> sum = naive(x, reduced, 0, [](double a, double b) { return a + b; });
      EXPECT_EQ(run(reduce_sum(in, {.axis = axes})), sum) << shape.to_string() << " " << mask;
      EXPECT_EQ(run(reduce_sum(in, {.axis = axes, .keepdims = true})), sum) << shape.to_string() << " " << mask;
      const double infinity = std::numeric_limits<double>::infinity();
      EXPECT_EQ(run(reduce_max(in, {.axis = axes})), naive(x, reduced, -infinity, [](double a, double b) { return std::max(a, b); }))
          << shape.to_string() << " " << mask;
      EXPECT_EQ(run(reduce_min(in, {.axis = axes})), naive(x, reduced, infinity, [](double a, double b) { return std::min(a, b); }))
          << shape.to_string() << " " << mask;
    }
  }
}

// How far a sum of floats may be from the exact one, by the exact sum of magnitudes, when an element goes through `additions` additions:
// each rounds by at most half a unit in the last place (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
double bound_of(int additions, double magnitudes) { return additions * 0x1p-24 * magnitudes; }

// A leaf of a run: 64 lanes of 64 elements, folded by halves; then halves of 2^22 / 4096 leaves. Numbers of columns: leaves of 128 rows of
// 64 original rows each, halves of what is left. See src/ops/reduction.h.
TEST(Reduction, SumOfManyIsAccurate) {
  constexpr int kRunAdditions = 64 + 6 + 10, kColumnAdditions = 128 + 6 + 7;
  constexpr int64_t kCount = 1 << 22;
  Tensor equal(DType::kFloat32, Shape{kCount}), different(DType::kFloat32, Shape{kCount});
  std::fill_n(equal.data<float>(), kCount, 0.1f);
  for (int64_t k = 0; k < kCount; ++k) different.data<float>()[k] = 1.0f / static_cast<float>(1 + k * 7919 % 1000);
  for (const Tensor& x : {equal, different}) {
    double sum = 0, columns[4] = {};  // exact beside a float's precision
    float in_order = 0;
    for (int64_t k = 0; k < kCount; ++k) {
      sum += static_cast<double>(x.data<float>()[k]);
      columns[k % 4] += static_cast<double>(x.data<float>()[k]);
      in_order += x.data<float>()[k];
    }
    Graph graph;
    SerialEvaluator evaluator(graph);
    const Tensor all = (*evaluator.run({reduce_sum(constant(graph, x))}))[0];
    EXPECT_LE(std::abs(static_cast<double>(all.scalar<float>()) - sum), bound_of(kRunAdditions, sum));
    EXPECT_GT(std::abs(static_cast<double>(in_order) - sum), bound_of(kRunAdditions, sum));  // one after another is worse
    const Tensor by_column = (*evaluator.run({reduce_sum(constant(graph, x.reshaped(Shape{kCount / 4, 4})), {.axis = 0})}))[0];
    for (int c = 0; c < 4; ++c) {
      EXPECT_LE(std::abs(static_cast<double>(by_column.data<float>()[c]) - columns[c]), bound_of(kColumnAdditions, columns[c]));
    }
  }
}

TEST(Reduction, MeanAndProd) {
  Graph graph;
  const Output x = constant(graph, {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}});
  EXPECT_EQ(text_of(reduce_mean(x)), "3.5");
  EXPECT_EQ(text_of(reduce_mean(x, {.axis = 0})), "[2.5 3.5 4.5]");
  EXPECT_EQ(text_of(reduce_prod(x, {.axis = {1}})), "[  6. 120.]");
  EXPECT_EQ(text_of(reduce_euclidean_norm(constant(graph, {3.0f, 4.0f}))), "5.0");
  EXPECT_EQ(text_of(reduce_euclidean_norm(constant(graph, {{-3.0f}, {4.0f}}), {.axis = {1}})), "[-3.  4.]");  // nothing to reduce
  EXPECT_EQ(text_of(reduce_sum(x, {.axis = Axes(std::initializer_list<int>{})})), text_of(x));
  EXPECT_EQ(text_of(reduce_sum(x, {.axis = {0, -1}, .keepdims = true})), "[[21.]]");
}

// Values from TensorFlow 1.15.5.
TEST(Reduction, IntegersAsTensorFlow) {
  Graph graph;
  EXPECT_EQ(value_of(reduce_mean(constant(graph, {-7, -2}))).scalar<int32_t>(), -4);
  const Output bytes = constant(graph, Tensor::from<int8_t>(std::vector<int8_t>(300, 100)));
  EXPECT_EQ(value_of(reduce_sum(bytes)).scalar<int8_t>(), 48);
  EXPECT_EQ(value_of(reduce_mean(bytes)).scalar<int8_t>(), 1);  // 48 / (300 mod 256)
  // The sum wraps around, then is divided.
  EXPECT_EQ(text_of(reduce_mean(constant(graph, Tensor::from<int8_t>({{100, 100, 3}, {100, 100, -1}})), {.axis = 1})), "[-17 -19]");
  EXPECT_EQ(text_of(reduce_mean(constant(graph, Tensor::from<uint8_t>({{100, 100, 3}, {100, 100, 9}})), {.axis = 1})), "[67 69]");
  EXPECT_EQ(text_of(reduce_mean(constant(graph, Tensor::from<int16_t>({{100, 100, 3}, {100, 100, -1}})), {.axis = 1})), "[67 66]");
  EXPECT_EQ(value_of(reduce_mean(constant(graph, {2147483647, 2147483647}))).scalar<int32_t>(), -1);
  EXPECT_EQ(value_of(reduce_mean(constant(graph, {{2147483647, 1}, {2147483647, 4}}))).scalar<int32_t>(), 0);
  const Output too_many = reduce_mean(constant(graph, Tensor::from<int8_t>(std::vector<int8_t>(256, 1))));
  SerialEvaluator evaluator(graph);
  EXPECT_EQ(evaluator.run({too_many}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Reduction, OfNothing) {
  Graph graph;
  const Output floats = constant(graph, Tensor(DType::kFloat32, Shape{0, 2})), ints = constant(graph, Tensor(DType::kInt32, Shape{0, 2}));
  EXPECT_EQ(text_of(reduce_sum(floats, {.axis = 0})), "[0. 0.]");
  EXPECT_EQ(text_of(reduce_mean(floats, {.axis = 0})), "[nan nan]");
  EXPECT_EQ(text_of(reduce_prod(floats, {.axis = 0})), "[1. 1.]");
  EXPECT_EQ(text_of(reduce_max(floats, {.axis = 0})), "[-inf -inf]");
  EXPECT_EQ(text_of(reduce_min(floats, {.axis = 0})), "[inf inf]");
  EXPECT_EQ(text_of(reduce_mean(ints, {.axis = 0})), "[0 0]");
  EXPECT_EQ(text_of(reduce_max(ints, {.axis = 0})), "[-2147483648 -2147483648]");
  EXPECT_EQ(text_of(reduce_sum(floats, {.axis = 1})), "[]");
}

TEST(Reduction, MaxPassesOverNaN) {
  Graph graph;
  const float nan = std::nanf("");
  EXPECT_EQ(value_of(reduce_max(constant(graph, {nan, 1.0f, 2.0f}))).scalar<float>(), 2);
  EXPECT_EQ(value_of(reduce_max(constant(graph, {nan, nan}))).scalar<float>(), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(value_of(reduce_min(constant(graph, {1.0f, nan, 2.0f}))).scalar<float>(), 1);
  EXPECT_TRUE(std::isnan(value_of(reduce_sum(constant(graph, {1.0f, nan}))).scalar<float>()));
}

TEST(Reduction, Logical) {
  Graph graph;
  const Output x = constant(graph, {{true, false}, {true, true}});
  EXPECT_EQ(text_of(reduce_all(x)), "False");
  EXPECT_EQ(text_of(reduce_all(x, {.axis = 1})), "[False  True]");
  EXPECT_EQ(text_of(reduce_any(x, {.axis = 0})), "[ True  True]");
  EXPECT_EQ(text_of(reduce_all(constant(graph, Tensor(DType::kBool, Shape{0})))), "True");
}

TEST(Reduction, SixteenBitFloatsAreSummedInFloat) {
  Graph graph;
  const Output x = constant(graph, Tensor::from<half>(std::vector<half>(5000, half(1.0f))));
  EXPECT_EQ(static_cast<float>(value_of(reduce_sum(x)).scalar<half>()), 5000.0f);  // in half, sums stop at 2048
}

TEST(Reduction, Composites) {
  Graph graph;
  const Output x = constant(graph, {{1.0f, 2.0f, 3.0f}, {1000.0f, 1000.0f, 1000.0f}});
  const Tensor logsumexp = value_of(reduce_logsumexp(x, {.axis = 1}));
  EXPECT_FLOAT_EQ(logsumexp.data<float>()[0], 3.40760596f);
  EXPECT_FLOAT_EQ(logsumexp.data<float>()[1], 1001.09861f);
  EXPECT_FLOAT_EQ(value_of(reduce_variance(x, {.axis = 1})).data<float>()[0], 2.0f / 3);
  EXPECT_FLOAT_EQ(value_of(reduce_std(x, {.axis = 1})).data<float>()[0], 0.81649658f);
  EXPECT_EQ(text_of(count_nonzero(constant(graph, {{0.0f, 1.0f}, {2.0f, 3.0f}}), {.axis = 1})), "[1 2]");
}

TEST(Reduction, NamesAndShapes) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3}, .name = "x"});
  EXPECT_EQ(reduce_sum(x, {.axis = 1}).shape().to_string(), "[?]");
  EXPECT_EQ(reduce_sum(x, {.axis = 0, .keepdims = true}).shape().to_string(), "[1,3]");
  EXPECT_EQ(reduce_mean(x).shape().to_string(), "[]");
  EXPECT_EQ(nodes_of(graph), (std::vector<std::string>{"x = Placeholder()", "Sum/reduction_indices = Const()", "Sum = Sum(x, Sum/reduction_indices)",
                                                       "Sum_1/reduction_indices = Const()", "Sum_1 = Sum(x, Sum_1/reduction_indices)",
                                                       "Const = Const()", "Mean = Mean(x, Const)"}));
}

TEST(Reduction, Errors) {
  Graph graph;
  reduce_sum(constant(graph, {1.0f, 2.0f}), {.axis = 3});
  EXPECT_NE(message(graph.take_errors().at(0)).find("Invalid reduction dimension 3 for input with 1 dimensions."), std::string::npos);
  const Output axis = placeholder(graph, DType::kInt32);
  EXPECT_FALSE(reduce_sum(constant(graph, {1.0f, 2.0f}), {.axis = axis}).shape().known_rank());
}

TEST(ArgReduction, FirstOfEqualsAndNaN) {
  Graph graph;
  const float nan = std::nanf("");
  const Output x = constant(graph, {{1.0f, 5.0f, 5.0f}, {7.0f, 0.0f, nan}});
  EXPECT_EQ(text_of(argmax(x, {.axis = 1})), "[1 0]");
  EXPECT_EQ(text_of(argmax(x)), "[1 0 0]");
  EXPECT_EQ(text_of(argmin(x, {.axis = -1, .output_type = DType::kInt32})), "[0 1]");
  EXPECT_EQ(value_of(argmax(constant(graph, {nan, 1.0f, 2.0f}))).scalar<int64_t>(), 2);
  SerialEvaluator evaluator(graph);
  const Output empty = argmax(constant(graph, Tensor(DType::kFloat32, Shape{0, 2})), {.axis = 0});
  EXPECT_NE(message(evaluator.run({empty}).status()).find("Reduction axis 0 is empty in shape [0,2]"), std::string::npos);
}

TEST(Cumulative, Directions) {
  Graph graph;
  const Output x = constant(graph, {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}});
  EXPECT_EQ(text_of(cumsum(x, 1)), "[[ 1.  3.  6.]\n [ 4.  9. 15.]]");
  EXPECT_EQ(text_of(cumsum(x)), "[[1. 2. 3.]\n [5. 7. 9.]]");
  EXPECT_EQ(text_of(cumsum(x, -1, {.exclusive = true})), "[[0. 1. 3.]\n [0. 4. 9.]]");
  EXPECT_EQ(text_of(cumsum(x, 1, {.reverse = true})), "[[ 6.  5.  3.]\n [15. 11.  6.]]");
  EXPECT_EQ(text_of(cumprod(x, 1, {.exclusive = true, .reverse = true})), "[[ 6.  3.  1.]\n [30.  6.  1.]]");
  SerialEvaluator evaluator(graph);
  EXPECT_NE(message(evaluator.run({cumsum(x, 3)}).status()).find("ScanOp: Expected scan axis in the range [-2, 2), but got 3"), std::string::npos);
}

}  // namespace
}  // namespace weft
