// Elementwise ops against what TensorFlow 1.15.5 computed (math_golden.inc).
#include <cmath>

#include <gtest/gtest.h>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/constant.h"

namespace weft {
namespace {

struct GoldenRow {
  const char* op;
  DType dtype;
  std::vector<double> x, y, z;
};

const std::vector<GoldenRow>& golden_rows() {
  static const auto& rows = *new std::vector<GoldenRow>{
#include "math_golden.inc"
  };
  return rows;
}

Tensor tensor_of(const std::vector<double>& values, DType dtype) {
  Tensor tensor(dtype, Shape{static_cast<int64_t>(values.size())});
  dispatch<DTypeSet{DType::kFloat32, DType::kFloat64, DType::kInt32}>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    std::transform(values.begin(), values.end(), tensor.flat<T>().begin(), [](double v) { return static_cast<T>(v); });
  });
  return tensor;
}

std::vector<double> numbers_of(const Tensor& tensor) {
  std::vector<double> values;
  dispatch<DTypeSet{DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kBool}>(tensor.dtype(), [&](auto tag) {
    for (const auto v : tensor.flat<typename decltype(tag)::type>()) values.push_back(static_cast<double>(v));
  });
  return values;
}

// Exact for arithmetic; a few units in the last place for the functions of libraries.
bool agree(double expected, double actual, DType dtype) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (expected == actual) return std::signbit(expected) == std::signbit(actual);
  return std::abs(expected - actual) <= std::abs(expected) * (dtype == DType::kFloat32 ? 1e-6 : 1e-14);
}

TEST(MathGolden, EqualsTensorFlow) {
  for (const GoldenRow& row : golden_rows()) {
    Graph graph;
    OpBuilder builder(*OpRegistry::standard().find(row.op), "", Loc::current());
    builder.input(constant(graph, tensor_of(row.x, row.dtype)));
    if (!row.y.empty()) builder.input(constant(graph, tensor_of(row.y, row.dtype)));
    const Tensor* result = constant_value(builder.output());
    ASSERT_NE(result, nullptr) << row.op;
    const std::vector<double> z = numbers_of(*result);
    ASSERT_EQ(z.size(), row.z.size());
    for (size_t i = 0; i < z.size(); ++i) {
      EXPECT_TRUE(agree(row.z[i], z[i], row.dtype))
          << row.op << " " << dtype_name(row.dtype) << " of " << row.x[i] << (row.y.empty() ? "" : str_cat(", ", row.y[i])) << ": expected "
          << row.z[i] << ", got " << z[i];
    }
  }
}

}  // namespace
}  // namespace weft
