// The article's last table, rows about graphs and sessions: what weft answers to each mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/adam.h"

namespace weft {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SessionMisuse : public ::testing::Test {
 protected:
  // The message of a run that must fail with `code`.
  std::string failure(const absl::StatusOr<std::vector<Tensor>>& result, absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    EXPECT_EQ(result.status().code(), code) << result.status();
    return std::string(message(result.status()));
  }
  std::string error() { return std::string(message(graph.status())); }

  Graph graph{{.name = "model"}};
  Variable x = variable(graph, 5.0f, {.name = "x"});
  Output loss = pow(x, 2);
};

TEST_F(SessionMisuse, UninitialisedFetch) {
  Session session(graph);
  EXPECT_THAT(failure(session.run(loss), absl::StatusCode::kFailedPrecondition),
              AllOf(HasSubstr("x"), HasSubstr("ReadVariableOp"), HasSubstr("misuse_session_test.cc")));
}

TEST_F(SessionMisuse, UninitialisedAdamSlots) {
  AdamOptimizer adam({.learning_rate = 0.1f});
  const Operation early_init = global_variables_initializer(graph);
  const Operation train = adam.minimize(loss);
  Session session(graph);
  ASSERT_TRUE(session.run(early_init).ok());
  EXPECT_THAT(failure(session.run(train), absl::StatusCode::kFailedPrecondition), HasSubstr("beta"));
}

TEST_F(SessionMisuse, FetchFromAnotherGraph) {
  Graph other({.name = "other"});
  Session session(other);
  EXPECT_THAT(failure(session.run(loss)), AllOf(HasSubstr("graph 'model'"), HasSubstr("graph 'other'")));
}

TEST_F(SessionMisuse, FetchOfNothing) {
  Session session(graph);
  EXPECT_THAT(failure(session.run(Output())), HasSubstr("empty"));
  EXPECT_THAT(failure(session.run(Operation())), HasSubstr("empty"));
}

TEST_F(SessionMisuse, FetchOfUnknownNames) {
  Session session(graph);
  EXPECT_THAT(failure(session.run("nope:0"), absl::StatusCode::kNotFound), HasSubstr("nope"));
  EXPECT_THAT(failure(session.run("x:7"), absl::StatusCode::kNotFound), HasSubstr("only has 1 outputs"));
  EXPECT_THAT(failure(session.run("x/initial_value"), absl::StatusCode::kNotFound), HasSubstr("x/initial_value"));
}

TEST_F(SessionMisuse, ClosedSession) {
  Session session(graph);
  session.close();
  EXPECT_FALSE(session.run(loss).ok());
}

TEST_F(SessionMisuse, Feeds) {
  const Output p = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "p"});
  const Output q = identity(p, "q");
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{p, Tensor::zeros(DType::kFloat32, {3, 2})}}, .fetches = {q}})),
              AllOf(HasSubstr("p"), HasSubstr("(3, 2)"), HasSubstr("(2, 3)")));
  EXPECT_THAT(failure(session.run({.feeds = {{p, Tensor::zeros(DType::kString, {2, 3})}}, .fetches = {q}})),
              AllOf(HasSubstr("string"), HasSubstr("float32")));
  EXPECT_THAT(failure(session.run({.feeds = {{"nope:0", 1.0f}}, .fetches = {q}}), absl::StatusCode::kNotFound), HasSubstr("nope"));
  EXPECT_THAT(failure(session.run(q)), AllOf(HasSubstr("'p'"), HasSubstr("dtype float"), HasSubstr("[2,3]"), HasSubstr("misuse_session_test.cc")));
}

TEST_F(SessionMisuse, ShapesAndDTypesThatDoNotFitAreRefusedWhileBuilding) {
  const Output a = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "a"});
  matmul(a, a);
  EXPECT_THAT(error(), AllOf(HasSubstr("Dimensions must be equal, but are 3 and 2 for 'MatMul' (op: 'MatMul') with input shapes: [2,3], [2,3]."),
                             HasSubstr("misuse_session_test.cc")));
  graph.take_errors();
  a + placeholder(graph, DType::kFloat32, {.shape = {4}});
  EXPECT_THAT(error(), HasSubstr("Dimensions must be equal, but are 3 and 4 for 'add' (op: 'AddV2') with input shapes: [2,3], [4]."));
  graph.take_errors();
  add(a, placeholder(graph, DType::kFloat64, {.shape = {2, 3}}));
  EXPECT_THAT(error(), AllOf(HasSubstr("float64"), HasSubstr("float32")));
}

TEST_F(SessionMisuse, ShapesThatDoNotFitWhenItRuns) {
  const Output a = placeholder(graph, DType::kFloat32, {.name = "a"});
  const Output product = matmul(a, a, {.name = "mm"});
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{a, Tensor::zeros(DType::kFloat32, {2, 3})}}, .fetches = {product}})), HasSubstr("mm"));
}

TEST_F(SessionMisuse, FinalizedGraph) {
  graph.finalize();
  exp(loss);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(error(), HasSubstr("Graph is finalized and cannot be modified"));
}

TEST_F(SessionMisuse, GradientsOfComplexNumbersNeedGradYs) {
  gradients(cast(loss, DType::kComplex64), x);
  EXPECT_THAT(error(), HasSubstr("Gradients of complex tensors must set grad_ys"));
}

TEST_F(SessionMisuse, IntegerDivisionByZero) {
  const Output zero = placeholder(graph, DType::kInt32, {.shape = {}, .name = "zero"});
  const Output quotient = floordiv(constant(graph, 1), zero);
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{zero, 0}}, .fetches = {quotient}})),
              AllOf(HasSubstr("Integer division by zero"), HasSubstr("floordiv")));
}

TEST_F(SessionMisuse, GatherOutOfRange) {
  const Output index = placeholder(graph, DType::kInt32, {.shape = {1}, .name = "index"});
  const Output row = gather(constant(graph, {1.0f, 2.0f}), index);
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{index, Tensor::from<int32_t>({5})}}, .fetches = {row}})),
              AllOf(HasSubstr("indices[0] = 5 is not in [0, 2)"), HasSubstr("GatherV2")));
}

TEST_F(SessionMisuse, Assertion) {
  const Operation check = assert_op(constant(graph, false), {Operand("why"), Operand(constant(graph, {1, 2, 3}))});
  Session session(graph);
  EXPECT_THAT(failure(session.run(check)), HasSubstr("assertion failed: [why] [1 2 3]"));
}

TEST_F(SessionMisuse, BadNames) {
  constant(graph, 1.0f, {.name = "1 bad name"});
  EXPECT_THAT(error(), HasSubstr("'1 bad name' is not a valid node name"));
  graph.take_errors();
  const Scope scope = graph.name_scope("-bad");
  EXPECT_THAT(error(), HasSubstr("'-bad' is not a valid scope name"));
}

}  // namespace
}  // namespace weft
