// The article's last table, rows about building graphs: what weft answers to each mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/build/variable_scope.h"
#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

#define HERE(line_offset) str_cat("tests/train/misuse_graph_test.cc:", __LINE__ + (line_offset))

class GraphMisuse : public ::testing::Test {
 protected:
  // The first error of the graph, which is then forgotten.
  std::string error() {
    const std::vector<absl::Status> errors = graph.take_errors();
    return errors.empty() ? std::string() : std::string(message(errors[0]));
  }

  Graph graph{{.name = "model"}};
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = pow(x, 2);
};

// Row: shape_mismatch_matmul
TEST_F(GraphMisuse, ShapesThatMatMulDoesNotTake) {
  const Output a = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "a"});
  matmul(a, a);
  EXPECT_THAT(error(), AllOf(HasSubstr("Dimensions must be equal, but are 3 and 2 for 'MatMul' (op: 'MatMul') with input shapes: [2,3], [2,3]."),
                             HasSubstr(HERE(-2))));
}

// Row: shape_mismatch_add
TEST_F(GraphMisuse, ShapesThatDoNotBroadcast) {
  const Output a = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "a"});
  a + placeholder(graph, DType::kFloat32, {.shape = {4}});
  EXPECT_THAT(error(), AllOf(HasSubstr("Dimensions must be equal, but are 3 and 4 for 'add' (op: 'AddV2') with input shapes: [2,3], [4]."),
                             HasSubstr(HERE(-2))));
}

// Row: dtype_mismatch_add
TEST_F(GraphMisuse, DTypesThatDiffer) {
  const std::string line = HERE(1);
  add(placeholder(graph, DType::kFloat32), placeholder(graph, DType::kFloat64));
  EXPECT_THAT(error(), AllOf(HasSubstr("Input 'y' of 'Add' Op has type float64 that does not match type float32 of argument 'x'."), HasSubstr(line)));
}

// Row: finalized_graph
TEST_F(GraphMisuse, FinalizedGraph) {
  graph.finalize();
  exp(loss);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(error(), AllOf(HasSubstr("Graph is finalized and cannot be modified: it was finalized at " + HERE(-3)),
                             HasSubstr("node 'Exp' (op: Exp)"), HasSubstr(HERE(-3))));
}

// Row: gradients_no_registered
TEST_F(GraphMisuse, GradientsOfComplexNumbersNeedGradYs) {
  gradients(cast(loss, DType::kComplex64), x);
  EXPECT_THAT(error(), AllOf(HasSubstr("Gradients of complex tensors must set grad_ys (y is 'Cast:0' (complex64"), HasSubstr(HERE(-1))));
}

// Row: gradient_not_defined
TEST_F(GraphMisuse, GradientsPassByOpsThatHaveNone) {
  const Output rounded = cast(argmax(stack({x, x})), DType::kFloat32);
  const auto g = gradients(rounded * x, x);
  EXPECT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(g[0].dense().name(), "gradients/mul_grad/Mul_1:0");
  EXPECT_THAT(gradients(rounded, x)[0].reason(), AllOf(HasSubstr("ArgMax"), HasSubstr(HERE(-4))));
}

// Row: duplicate_variable_scope
TEST_F(GraphMisuse, AVariableOfThatNameExists) {
  const std::string first = HERE(1);
  get_variable(graph, "w", {.shape = {1}});
  EXPECT_FALSE(get_variable(graph, "w", {.shape = {1}}));
  EXPECT_THAT(error(), AllOf(HasSubstr("Variable w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?"),
                             HasSubstr("It was made at " + first), HasSubstr(HERE(-2))));
}

// Row: get_variable_reuse_missing
TEST_F(GraphMisuse, NoVariableToReuse) {
  const auto scope = variable_scope(graph, "s", {.reuse = Reuse::kReuse});
  EXPECT_FALSE(get_variable(graph, "w", {.shape = {1}}));
  EXPECT_THAT(error(), AllOf(HasSubstr("Variable s/w does not exist, or was not created with tf.get_variable(). Did you mean to set "
                                       "reuse=tf.AUTO_REUSE in VarScope?"),
                             HasSubstr(HERE(-3))));
}

// Row: get_variable_wrong_shape
TEST_F(GraphMisuse, AVariableOfAnotherShape) {
  const std::string first = HERE(3);
  {
    const auto scope = variable_scope(graph, "s");
    get_variable(graph, "w", {.shape = {1}});
  }
  const auto scope = variable_scope(graph, "s", {.reuse = Reuse::kReuse});
  EXPECT_FALSE(get_variable(graph, "w", {.shape = {2}}));
  EXPECT_THAT(error(), AllOf(HasSubstr("Trying to share variable s/w, but specified shape [2] and found shape [1]."),
                             HasSubstr("It was made at " + first), HasSubstr(HERE(-2))));
  EXPECT_FALSE(get_variable(graph, "w", {.dtype = DType::kFloat64}));
  EXPECT_THAT(error(), HasSubstr("specified dtype float64 and found dtype float32"));
}

// Row: bad_op_name, bad_scope_name
TEST_F(GraphMisuse, BadNames) {
  constant(graph, 1.0f, {.name = "1 bad name"});
  EXPECT_THAT(error(), AllOf(HasSubstr("'1 bad name' is not a valid node name"), HasSubstr(HERE(-1))));
  const Scope scope = graph.name_scope("-bad");
  EXPECT_THAT(error(), HasSubstr("'-bad' is not a valid scope name"));
}

TEST_F(GraphMisuse, NullText) {
  const char* text = nullptr;
  constant(graph, text);
  EXPECT_THAT(error(), HasSubstr("empty Output"));
  identity(text);
  add(x, text);
  EXPECT_THAT(error(), AllOf(HasSubstr("empty Output"), HasSubstr(HERE(-1))));
}

TEST_F(GraphMisuse, LargeUnsignedNumbersStayWhatTheyAre) {
  const Output big = constant(graph, uint64_t{1} << 63);
  EXPECT_EQ(big.dtype(), DType::kUInt64);
  EXPECT_TRUE(graph.status().ok());
  add(placeholder(graph, DType::kInt64), uint64_t{1} << 63);
  EXPECT_THAT(error(), HasSubstr("Expected int64, got 9223372036854775808"));
}

}  // namespace
}  // namespace weft
