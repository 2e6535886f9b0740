// Variables: the nodes TensorFlow makes, values in a session, errors.
#include <gtest/gtest.h>

#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/training_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

std::vector<std::string> node_texts(const Graph& graph) {
  std::vector<std::string> texts;
  for (int id = 0; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    std::string text = str_cat(node.name(), " ", node.op().name);
    for (const Output& input : node.inputs()) str_append(text, " ", input.node()->name());
    for (const Node* control : node.control_inputs()) str_append(text, " ^", control->name());
    for (const std::string& group : node.attr<std::vector<std::string>>("_class")) str_append(text, " ", group);
    texts.push_back(std::move(text));
  }
  return texts;
}

Tensor fetch(const Session& session, const Output& output) {
  const auto result = session.run(output);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? (*result)[0] : Tensor();
}

TEST(Variable, MakesTensorFlowsNodes) {
  Graph graph;
  const Variable x = variable(graph, 5.0f, {.name = "x"});
  const Operation update = x.assign_sub(2.0f);
  const Operation init = global_variables_initializer(graph);
  EXPECT_EQ(node_texts(graph),
            (std::vector<std::string>{
                "x/Initializer/initial_value Const loc:@x", "x VarHandleOp loc:@x", "x/IsInitialized/VarIsInitializedOp VarIsInitializedOp x",
                "x/Assign AssignVariableOp x x/Initializer/initial_value", "x/Read/ReadVariableOp ReadVariableOp x", "Const Const",
                "AssignSubVariableOp AssignSubVariableOp x Const", "ReadVariableOp ReadVariableOp x ^AssignSubVariableOp", "init NoOp ^x/Assign"}));
  EXPECT_EQ(x.op().node()->attr<std::string>("shared_name"), "x");
  EXPECT_EQ(graph.trainable_variables().size(), 1u);
  EXPECT_TRUE(graph.variable_of(x.handle()) == x);
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  ASSERT_TRUE(session.run(update).ok());
  EXPECT_EQ(fetch(session, x.value()).scalar<float>(), 3.0f);
}

TEST(Variable, InitializerFunctionRunsInItsScope) {
  Graph graph;
  const auto model = graph.name_scope("model");
  const Variable w = variable(graph, [](Graph& g) { return constant(g, {1.0f, 2.0f}, {.name = "ones"}); }, {.name = "w", .trainable = false});
  EXPECT_EQ(w.name(), "model/w");
  EXPECT_EQ(w.initial_value().name(), "model/w/Initializer/ones:0");
  EXPECT_EQ(w.shape(), PartialShape({2}));
  EXPECT_TRUE(graph.trainable_variables().empty());
  EXPECT_EQ(w.op().node()->attr<std::vector<std::string>>("_class"), std::vector<std::string>{"loc:@model/w"});
}

TEST(Variable, ReadBeforeInitializationNamesIt) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  Session session(graph);
  const auto result = session.run(x.value());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(message(result.status()))
                .find("Error while reading resource variable x from Container: localhost. This could mean that the variable was uninitialized."),
            std::string::npos);
  EXPECT_FALSE(fetch(session, x.is_initialized()).scalar<bool>());
  ASSERT_TRUE(session.run(x.initializer()).ok());
  EXPECT_TRUE(fetch(session, is_variable_initialized(x)).scalar<bool>());
}

TEST(Variable, UpdatesOfUninitializedVariablesHaveTensorFlowsCodes) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  const Operation add = x.assign_add(constant(graph, {1.0f, 1.0f}));
  const Operation descend = OpBuilder(resource_apply_gradient_descent_op(), "", Loc::current())
                                .input(x.handle())
                                .input(0.1f)
                                .input(constant(graph, {1.0f, 1.0f}))
                                .operation();
  Session session(graph);
  EXPECT_EQ(session.run(add).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(session.run(descend).status().code(), absl::StatusCode::kInternal);
}

TEST(Variable, ReadValueStaysWhatItWas) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  const Operation add = x.assign_add(constant(graph, {1.0f, 1.0f}));
  Session session(graph);
  ASSERT_TRUE(session.run(x.initializer()).ok());
  const Tensor before = fetch(session, x.snapshot());
  ASSERT_TRUE(session.run(add).ok());
  EXPECT_EQ(before.to_vector<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(fetch(session, x.snapshot()).to_vector<float>(), (std::vector<float>{2, 3}));
  // The initial value, a constant of the graph, is not the variable's memory.
  ASSERT_TRUE(session.run(x.initializer()).ok());
  EXPECT_EQ(fetch(session, x.snapshot()).to_vector<float>(), (std::vector<float>{1, 2}));
}

TEST(Variable, SessionsHaveVariablesOfTheirOwn) {
  Graph graph;
  const Variable x = variable(graph, 1.0f, {.name = "x"});
  const Operation set = x.assign(7.0f);
  Session a(graph), b(graph);
  ASSERT_TRUE(a.run(x.initializer()).ok());
  ASSERT_TRUE(b.run(set).ok());
  EXPECT_EQ(fetch(a, x.snapshot()).scalar<float>(), 1.0f);
  EXPECT_EQ(fetch(b, x.snapshot()).scalar<float>(), 7.0f);
}

TEST(Variable, ShapesAndDTypesAreChecked) {
  {
    Graph graph;
    const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
    EXPECT_FALSE(x.assign(constant(graph, {1.0f, 2.0f, 3.0f})));
    EXPECT_NE(std::string(message(graph.status())).find("'x'"), std::string::npos) << graph.status();
  }
  {
    Graph graph;
    const Variable x = variable(graph, constant(graph, {1.0f, 2.0f}), {.name = "x", .dtype = DType::kInt32});
    EXPECT_FALSE(x);
    EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(x.assign(1));  // quiet
    EXPECT_EQ(graph.errors().size(), 1u);
  }
  {
    Graph graph;
    EXPECT_FALSE(variable(graph, {1.0f, 2.0f}, {.name = "x", .shape = {3}}));
    EXPECT_FALSE(graph.status().ok());
  }
}

TEST(Variable, ValidateShapeOffTakesAnyShape) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x", .validate_shape = false});
  EXPECT_FALSE(x.shape().known_rank());
  const Operation set = x.assign(constant(graph, {{1.0f, 2.0f, 3.0f}}));
  const Output shape = OpBuilder(variable_shape_op(), "", Loc::current()).input(x.handle()).output();
  Session session(graph);
  ASSERT_TRUE(session.run(set).ok()) << graph.status();
  EXPECT_EQ(fetch(session, shape).to_vector<int32_t>(), (std::vector<int32_t>{1, 3}));
}

TEST(Variable, RefVariablesAreRefused) {
  Graph graph({.use_resource_variables = false});
  EXPECT_FALSE(variable(graph, 1.0f, {.name = "x"}));
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_NE(std::string(message(graph.status())).find("'x'"), std::string::npos);
}

TEST(Variable, LiteralsTakeTheDTypeAsked) {
  Graph graph;
  EXPECT_EQ(variable(graph, 0, {.name = "step", .dtype = DType::kInt64}).dtype(), DType::kInt64);
  EXPECT_EQ(variable(graph, 1.5, {.name = "d", .dtype = DType::kFloat32}).dtype(), DType::kFloat32);
  EXPECT_TRUE(graph.status().ok()) << graph.status();
}

TEST(Variable, DestroyedVariableIsUninitialized) {
  Graph graph;
  const Variable x = variable(graph, 1.0f, {.name = "x"});
  const Operation destroy = OpBuilder(destroy_resource_op(), "", Loc::current()).input(x.handle()).operation();
  const Operation strict = OpBuilder(destroy_resource_op(), "", Loc::current()).input(x.handle()).attr("ignore_lookup_error", false).operation();
  Session session(graph);
  EXPECT_TRUE(session.run(destroy).ok());
  EXPECT_EQ(session.run(strict).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(session.run(x.initializer()).ok());
  EXPECT_TRUE(session.run(strict).ok());
  EXPECT_EQ(session.run(x.snapshot()).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Variable, ScatterFunctionsReadAfterTheUpdate) {
  Graph graph;
  const Variable x = variable(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}}, {.name = "x"});
  const int before = graph.num_nodes();
  const Operation add = scatter_add(x, {1}, constant(graph, {{10.0f, 20.0f}}));
  EXPECT_EQ(graph.node(before + 1)->name(), "ResourceScatterAdd/indices");
  EXPECT_EQ(graph.node(before + 2)->name(), "ResourceScatterAdd");
  EXPECT_EQ(graph.node(before + 3)->op().name, "ReadVariableOp");
  const Operation set = scatter_nd_update(x, constant(graph, {{0, 1}}), std::vector<float>{9.0f});
  Session session(graph);
  ASSERT_TRUE(session.run(x.initializer()).ok()) << graph.status();
  ASSERT_TRUE(session.run(add).ok());
  ASSERT_TRUE(session.run(set).ok());
  EXPECT_EQ(fetch(session, x.snapshot()).to_vector<float>(), (std::vector<float>{1, 9, 13, 24}));
}

TEST(GlobalStep, IsMadeOnce) {
  Graph graph;
  EXPECT_FALSE(get_global_step(graph));
  const auto scope = graph.name_scope("inner");
  const Variable step = get_or_create_global_step(graph);
  EXPECT_EQ(step.name(), "global_step");
  EXPECT_EQ(step.initial_value().name(), "global_step/Initializer/zeros:0");
  EXPECT_EQ(step.dtype(), DType::kInt64);
  EXPECT_TRUE(get_or_create_global_step(graph) == step);
  EXPECT_TRUE(graph.status().ok());
  EXPECT_TRUE(create_global_step(graph) == step);
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kAlreadyExists);
}

TEST(Initializers, AreEmptyWithoutVariables) {
  Graph graph;
  const Operation local = local_variables_initializer(graph);
  EXPECT_EQ(local.name(), "init");
  Session session(graph);
  EXPECT_TRUE(session.run(local).ok());
}

}  // namespace
}  // namespace weft
