// The article's last table, rows about sessions: what weft answers to each mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "weft/graph/feeding.h"
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
#include "weft/train/gradient_descent.h"

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

  Graph graph{{.name = "model"}};
  Variable x = variable(graph, 5.0f, {.name = "x"});
  std::string x_line = x.location().to_string();
  Output loss = pow(x, 2);
};

constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;

// Row: uninitialised_fetch
TEST_F(SessionMisuse, UninitialisedFetch) {
  Session session(graph);
  EXPECT_THAT(
      failure(session.run(loss), kFailedPrecondition),
      AllOf(HasSubstr("Error while reading resource variable x from Container: localhost. This could mean that the variable was uninitialized."),
            HasSubstr("It was made at " + x_line), HasSubstr("Run global_variables_initializer(graph)"), HasSubstr("[[{{node ReadVariableOp}}]]"),
            HasSubstr("built at " + loss.op().location().to_string())));
}

// Row: uninitialised_train
TEST_F(SessionMisuse, UninitialisedTrain) {
  const Operation train = GradientDescentOptimizer({.learning_rate = 0.1f}).minimize(loss);
  Session session(graph);
  EXPECT_THAT(failure(session.run(train), kFailedPrecondition), AllOf(HasSubstr("resource variable x"), HasSubstr("It was made at " + x_line)));
}

// Row: uninitialised_adam_slots
TEST_F(SessionMisuse, UninitialisedAdamSlots) {
  AdamOptimizer adam({.learning_rate = 0.1f});
  const Operation early_init = global_variables_initializer(graph);
  const Operation train = adam.minimize(loss);
  Session session(graph);
  ASSERT_TRUE(session.run(early_init).ok());
  EXPECT_THAT(
      failure(session.run(train), kFailedPrecondition),
      AllOf(HasSubstr("resource variable beta1_power"), HasSubstr("It was made at " + train.location().to_string()),
            HasSubstr("one built before, say before minimize() made slots, does not set it"), HasSubstr("node Adam/update_x/ResourceApplyAdam")));
}

// Row: fetch_from_other_graph
TEST_F(SessionMisuse, FetchFromAnotherGraph) {
  Graph other({.name = "other"});
  Session session(other);
  EXPECT_THAT(failure(session.run(loss)), AllOf(HasSubstr("'pow:0'"), HasSubstr("is not an element of this graph: it belongs to graph 'model'"),
                                                HasSubstr("the session runs graph 'other'"), HasSubstr("misuse_session_test.cc:")));
}

// Row: fetch_none
TEST_F(SessionMisuse, FetchOfNothing) {
  Session session(graph);
  EXPECT_THAT(failure(session.run(Output())), HasSubstr("Fetch argument 0 is an empty Output, which names nothing"));
  EXPECT_THAT(failure(session.run(Operation())), HasSubstr("Fetch argument 0 is an empty Operation"));
  const char* no_name = nullptr;
  EXPECT_THAT(failure(session.run(no_name)), HasSubstr("Fetch argument 0 is an empty Output"));
}

// Row: fetch_unknown_name, fetch_bad_port, fetch_op_name_no_port
TEST_F(SessionMisuse, FetchOfUnknownNames) {
  Session session(graph);
  constexpr auto kNotFound = absl::StatusCode::kNotFound;
  EXPECT_THAT(
      failure(session.run("nope:0"), kNotFound),
      HasSubstr("Fetch argument 'nope:0' cannot be interpreted as a Tensor. (\"The name 'nope:0' refers to a Tensor which does not exist. The "
                "operation, 'nope', does not exist in the graph.\")"));
  EXPECT_THAT(failure(session.run("x:7"), kNotFound),
              AllOf(HasSubstr("The operation, 'x', exists but only has 1 outputs."), HasSubstr("Did you mean 'x:0'")));
  EXPECT_THAT(failure(session.run("x/initial_value"), kNotFound), HasSubstr("The name 'x/initial_value' refers to an Operation not in the graph."));
  EXPECT_THAT(failure(session.run("los:0"), kNotFound), HasSubstr("Did you mean 'pow:0'"));
}

// Row: closed_session
TEST_F(SessionMisuse, ClosedSession) {
  Session session(graph);
  session.close();
  EXPECT_THAT(failure(session.run(loss), absl::StatusCode::kCancelled), HasSubstr("Attempted to use a closed Session."));
}

class FeedMisuse : public SessionMisuse {
 protected:
  std::string failure_of(const Feed& feed, absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    return failure(Session(graph).run({.feeds = {feed}, .fetches = {q}}), code);
  }

  Output p = placeholder(graph, DType::kFloat32, {.shape = {2, 3}, .name = "p"});
  std::string p_line = p.op().location().to_string();
  Output q = identity(p, "q");
};

// Row: feed_wrong_shape
TEST_F(FeedMisuse, WrongShape) {
  EXPECT_THAT(failure_of({p, Tensor::zeros(DType::kFloat32, {3, 2})}),
              AllOf(HasSubstr("Cannot feed value of shape (3, 2) for Tensor 'p:0', which has shape '(2, 3)'; dimension 0 is 3 but must be 2"),
                    HasSubstr("'p:0' was made at " + p_line)));
  EXPECT_THAT(failure_of({p, Tensor::zeros(DType::kFloat32, {3})}), HasSubstr("the value has rank 1, the tensor rank 2"));
}

// Row: feed_wrong_dtype
TEST_F(FeedMisuse, WrongDType) {
  EXPECT_THAT(failure_of({p, Tensor::zeros(DType::kString, {2, 3})}),
              AllOf(HasSubstr("Cannot feed a value of dtype string for Tensor 'p:0', which has dtype float32"), HasSubstr(p_line)));
  EXPECT_THAT(failure_of({p, Tensor()}), HasSubstr("is an empty Tensor"));
}

// Row: feed_missing, feed_missing_unknown_shape
TEST_F(FeedMisuse, AllThatAreMissingInOneMessage) {
  const Output r = placeholder(graph, DType::kFloat32, {.name = "r"});
  const Output sum = add(q, r, "sum");
  EXPECT_THAT(failure(Session(graph).run(sum)),
              AllOf(HasSubstr("You must feed a value for placeholder tensor 'p' with dtype float and shape [2,3] (" + p_line + ")"),
                    HasSubstr("sum <- q <- p"), HasSubstr("You must feed a value for placeholder tensor 'r' with dtype float (")));
}

// Row: feed_unfeedable
TEST_F(FeedMisuse, Unfeedable) {
  const Output c = constant(graph, 1.0f);
  EXPECT_TRUE(is_feedable(c));
  prevent_feeding(c);
  EXPECT_FALSE(is_feedable(c));
  EXPECT_THAT(failure_of({c, 2.0f}), AllOf(HasSubstr("Tensor 'Const:0'"), HasSubstr("may not be fed."), HasSubstr("misuse_session_test.cc:")));
  const Callable callable = Session(graph).make_callable({.feeds = {c}, .fetches = {c}});
  EXPECT_THAT(std::string(message(callable.status())), HasSubstr("may not be fed."));
  EXPECT_FALSE(is_feedable(Output()));
}

// Row: feed_unknown_name
TEST_F(FeedMisuse, UnknownName) {
  EXPECT_THAT(failure_of({"nope:0", 1.0f}, absl::StatusCode::kNotFound),
              AllOf(HasSubstr("Cannot interpret feed_dict key as Tensor: The name 'nope:0' refers to a Tensor which does not exist."),
                    HasSubstr("Placeholders of the graph: 'p:0'")));
}

// Row: runtime_shape_mismatch
TEST_F(SessionMisuse, ShapesThatDoNotFitWhenItRuns) {
  const Output a = placeholder(graph, DType::kFloat32, {.name = "a"});
  const Output product = matmul(a, a, {.name = "mm"});
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{a, Tensor::zeros(DType::kFloat32, {2, 3})}}, .fetches = {product}})),
              AllOf(HasSubstr("In[0] mismatch In[1] shape: 3 vs. 2: [2,3] [2,3] 0 0"), HasSubstr("node mm"), HasSubstr("misuse_session_test.cc:")));
}

// Row: divide_by_zero_int
TEST_F(SessionMisuse, IntegerDivisionByZero) {
  const Output zero = placeholder(graph, DType::kInt32, {.shape = {}, .name = "zero"});
  const Output quotient = floordiv(constant(graph, 1), zero);
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{zero, 0}}, .fetches = {quotient}})),
              AllOf(HasSubstr("Integer division by zero"), HasSubstr("node floordiv"), HasSubstr("misuse_session_test.cc:")));
}

// Row: gather_out_of_range
TEST_F(SessionMisuse, GatherOutOfRange) {
  const Output index = placeholder(graph, DType::kInt32, {.shape = {1}, .name = "index"});
  const Output row = gather(constant(graph, {1.0f, 2.0f}), index);
  Session session(graph);
  EXPECT_THAT(failure(session.run({.feeds = {{index, Tensor::from<int32_t>({5})}}, .fetches = {row}})),
              AllOf(HasSubstr("indices[0] = 5 is not in [0, 2)"), HasSubstr("node GatherV2"), HasSubstr("misuse_session_test.cc:")));
}

// Row: check_numerics
TEST_F(SessionMisuse, CheckNumerics) {
  const Output p = placeholder(graph, DType::kFloat32, {.name = "p"});
  const Output checked = check_numerics(p, "bad");
  Session session(graph);
  const float inf = std::numeric_limits<float>::infinity();
  const auto failure_with = [&](float value) { return failure(session.run({.feeds = {{p, value}}, .fetches = {checked}})); };
  EXPECT_THAT(failure_with(std::numeric_limits<float>::quiet_NaN()),
              AllOf(HasSubstr("bad : Tensor had NaN values"), HasSubstr("node CheckNumerics"), HasSubstr("misuse_session_test.cc:")));
  EXPECT_THAT(failure_with(inf), HasSubstr("bad : Tensor had Inf values"));
}

// Row: assert_op
TEST_F(SessionMisuse, Assertion) {
  const Operation check = assert_op(constant(graph, false), {Operand("why"), Operand(constant(graph, {1, 2, 3}))});
  Session session(graph);
  EXPECT_THAT(failure(session.run(check)),
              AllOf(HasSubstr("assertion failed: [why] [1 2 3]"), HasSubstr("node Assert/Assert"), HasSubstr("misuse_session_test.cc:")));
}

}  // namespace
}  // namespace weft
