// Ref variables as graphs of TensorFlow 1 have them. Expected values and errors are TensorFlow 1.15.5's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/math_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RefVariable : public ::testing::TestWithParam<SessionOptions> {
 protected:
  Output add(std::string_view op, std::vector<Output> inputs, std::vector<std::pair<std::string, AttrValue>> attrs = {},
             std::vector<Operation> controls = {}) {
    NodeSpec spec{.op = OpRegistry::standard().find(op), .inputs = std::move(inputs), .control_inputs = std::move(controls)};
    EXPECT_NE(spec.op, nullptr) << op;
    for (auto& [name, value] : attrs) spec.attrs.set(name, std::move(value));
    const auto node = graph.add_node(std::move(spec));
    EXPECT_TRUE(node.ok()) << node.status();
    return node.ok() ? (*node)->output() : Output();
  }
  Output make_variable(DType dtype, const PartialShape& shape) { return add("VariableV2", {}, {{"dtype", dtype}, {"shape", shape}}); }
  Tensor run_one(const Session& session, const Output& fetch) {
    const auto results = session.run(fetch);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? (*results)[0] : Tensor();
  }

  Graph graph;
  Output v = make_variable(DType::kFloat32, PartialShape({2}));
  Output assign = add("Assign", {v, constant(graph, {1.0f, 2.0f})});
};

TEST_P(RefVariable, AssignmentsGiveTheReference) {
  EXPECT_EQ(v.dtype(), ref_dtype(DType::kFloat32));
  EXPECT_EQ(assign.dtype(), ref_dtype(DType::kFloat32));
  const Output read = identity(v);
  EXPECT_EQ(read.dtype(), DType::kFloat32);
  const Session session(graph, GetParam());
  EXPECT_THAT(run_one(session, assign).to_vector<float>(), ElementsAre(1, 2));
  EXPECT_THAT(run_one(session, v).to_vector<float>(), ElementsAre(1, 2));
  EXPECT_THAT(run_one(session, read).to_vector<float>(), ElementsAre(1, 2));
}

TEST_P(RefVariable, AValueReadStaysAsItWas) {
  const Output plus = add("AssignAdd", {v, constant(graph, {10.0f, 10.0f})});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(assign).ok());
  const Tensor before = run_one(session, v);
  EXPECT_THAT(run_one(session, plus).to_vector<float>(), ElementsAre(11, 12));
  EXPECT_THAT(before.to_vector<float>(), ElementsAre(1, 2));
}

// The value an op takes is that of the moment it runs, not of the moment the reference was made.
TEST_P(RefVariable, ReadsWaitForWhatTheirReaderWaitsFor) {
  const Output plus = add("AssignAdd", {v, constant(graph, {10.0f, 10.0f})});
  const Output after = add("Neg", {v}, {}, {plus.op()});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(assign).ok());
  EXPECT_THAT(run_one(session, after).to_vector<float>(), ElementsAre(-11, -12));
}

TEST_P(RefVariable, UpdatesInARow) {
  const Output twice = add("AssignSub", {add("AssignAdd", {v, constant(graph, {10.0f, 10.0f})}), constant(graph, {1.0f, 1.0f})});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(assign).ok());
  EXPECT_THAT(run_one(session, twice).to_vector<float>(), ElementsAre(10, 11));
}

TEST_P(RefVariable, ScattersAndOptimizersUpdateInPlace) {
  const Output scatter = add("ScatterAdd", {v, constant(graph, {0, 0}), constant(graph, {1.0f, 2.0f})});
  const Output descent = add("ApplyGradientDescent", {v, constant(graph, 0.5f), constant(graph, {2.0f, 4.0f})});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(assign).ok());
  EXPECT_THAT(run_one(session, scatter).to_vector<float>(), ElementsAre(4, 2));
  EXPECT_THAT(run_one(session, descent).to_vector<float>(), ElementsAre(3, 0));
}

TEST_P(RefVariable, UninitialisedVariablesAreNamed) {
  const Output read = identity(v);
  const Output plus = add("AssignAdd", {v, constant(graph, {1.0f, 1.0f})});
  const Output is_set = add("IsVariableInitialized", {v});
  const Session session(graph, GetParam());
  for (const Output& fetch : {read, plus, v}) {
    const auto results = session.run(fetch);
    EXPECT_EQ(results.status().code(), absl::StatusCode::kFailedPrecondition) << fetch.name();
    EXPECT_THAT(results.status().ToString(), HasSubstr("Attempting to use uninitialized value VariableV2"));
  }
  EXPECT_FALSE(run_one(session, is_set).scalar<bool>());
  ASSERT_TRUE(session.run(assign).ok());
  EXPECT_TRUE(run_one(session, is_set).scalar<bool>());
}

TEST_P(RefVariable, ShapesMustMatchUnlessValidationIsOff) {
  const Output open = make_variable(DType::kFloat32, PartialShape::unknown());
  const Output p = placeholder(graph, DType::kFloat32, {.name = "p"});
  const Output checked = add("Assign", {open, p});
  const Output unchecked = add("Assign", {open, p}, {{"validate_shape", false}});
  const Session session(graph, GetParam());
  const auto feed = [&](std::vector<float> values) { return Feed(p, Tensor::from<float>(values)); };
  ASSERT_TRUE(session.run({.feeds = {feed({1})}, .targets = {checked.op()}}).ok());
  const auto status = session.run({.feeds = {feed({1, 2})}, .targets = {checked.op()}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("Assign requires shapes of both tensors to match. lhs shape= [1] rhs shape= [2]"));
  EXPECT_TRUE(session.run({.feeds = {feed({1, 2})}, .targets = {unchecked.op()}}).ok());
  EXPECT_THAT(run_one(session, open).to_vector<float>(), ElementsAre(1, 2));
}

TEST_P(RefVariable, CountUpTo) {
  const Output n = make_variable(DType::kInt32, PartialShape::scalar());
  const Output zero = add("Assign", {n, constant(graph, 0)});
  const Output next = add("CountUpTo", {n}, {{"limit", int64_t{2}}});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(zero).ok());
  EXPECT_EQ(run_one(session, next).scalar<int32_t>(), 0);
  EXPECT_EQ(run_one(session, next).scalar<int32_t>(), 1);
  const auto status = session.run(next).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(status.ToString(), HasSubstr("Reached limit of 2"));
  EXPECT_EQ(run_one(session, n).scalar<int32_t>(), 2);
}

TEST_P(RefVariable, TemporaryVariablesLiveForAStep) {
  const Output t = add("TemporaryVariable", {}, {{"shape", PartialShape({2})}, {"dtype", DType::kFloat32}, {"var_name", std::string("t")}});
  const Output set = add("Assign", {t, constant(graph, {4.0f, 5.0f})});
  const Output last = add("DestroyTemporaryVariable", {set}, {{"var_name", std::string("t")}});
  const Session session(graph, GetParam());
  for (int i = 0; i < 2; ++i) EXPECT_THAT(run_one(session, last).to_vector<float>(), ElementsAre(4, 5));
}

TEST_P(RefVariable, SwitchesCarryReferences) {
  const Output p = placeholder(graph, DType::kBool, {.shape = {}});
  const Output sw = add("RefSwitch", {v, p});
  const Output plus = add("AssignAdd", {sw.op().output(1), constant(graph, {10.0f, 10.0f})});
  const Output either = add("RefMerge", {sw, plus});
  const Session session(graph, GetParam());
  ASSERT_TRUE(session.run(assign).ok());
  const auto no = session.run({.feeds = {{p, Tensor::scalar_of(false)}}, .fetches = {either}});
  ASSERT_TRUE(no.ok()) << no.status();
  EXPECT_THAT((*no)[0].to_vector<float>(), ElementsAre(1, 2));
  const auto yes = session.run({.feeds = {{p, Tensor::scalar_of(true)}}, .fetches = {either}});
  ASSERT_TRUE(yes.ok()) << yes.status();
  EXPECT_THAT((*yes)[0].to_vector<float>(), ElementsAre(11, 12));
}

// A fed reference is a value.
TEST_P(RefVariable, AReferenceMayBeFed) {
  const Output read = negative(v);
  const Session session(graph, GetParam());
  const auto results = session.run({.feeds = {{v, Tensor::from<float>({7, 8})}}, .fetches = {read}});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT((*results)[0].to_vector<float>(), ElementsAre(-7, -8));
}

INSTANTIATE_TEST_SUITE_P(Engines, RefVariable,
                         ::testing::Values(SessionOptions{.threads = 1, .engine = EngineKind::kSerial},
                                           SessionOptions{.threads = 4, .engine = EngineKind::kPool}),
                         [](const auto& info) { return std::string(info.param.engine == EngineKind::kSerial ? "Serial" : "Pool"); });

}  // namespace
}  // namespace weft
