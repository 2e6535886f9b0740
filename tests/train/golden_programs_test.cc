// Programs of several parts against the graphs and numbers of TensorFlow 1.15.5: layers, variable scopes, clipping, many optimizers.
#include <gtest/gtest.h>

#include <memory>

#include "golden_graph.h"
#include "weft/build/layers.h"
#include "weft/build/losses.h"
#include "weft/build/variable_scope.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/clip_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/nn_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"
#include "weft/train/optimizers.h"

namespace weft {
namespace {

using testing::expect_graph;

// In each row the loss before a step, then the elements of `values` after it, as TensorFlow's sessions gave them.
void expect_steps(Graph& graph, const Output& loss, Operation train, Operation init, const std::vector<Fetch>& values, const std::vector<Feed>& feeds,
                  const std::vector<std::vector<float>>& rows) {
  Session session(graph);
  ASSERT_TRUE(session.run(init).ok());
  for (const std::vector<float>& row : rows) {
    const auto before = session.run({.feeds = feeds, .fetches = {loss}, .targets = {}});
    ASSERT_TRUE(before.ok()) << before.status();
    std::vector<float> got = {(*before)[0].scalar<float>()};
    const auto stepped = session.run({.feeds = feeds, .fetches = {}, .targets = {train}});
    ASSERT_TRUE(stepped.ok()) << stepped.status();
    const auto after = session.run({.fetches = values});
    ASSERT_TRUE(after.ok()) << after.status();
    for (const Tensor& value : *after) got.insert(got.end(), value.flat<float>().begin(), value.flat<float>().end());
    ASSERT_EQ(got.size(), row.size());
    // Sums and convolutions may add in another order.
    for (size_t i = 0; i < row.size(); ++i) EXPECT_NEAR(got[i], row[i], 1e-5f * std::abs(row[i]) + 1e-7f) << "value " << i;
  }
}

Output hidden_layer(const Output& x, int units, std::string_view name, bool activated) {
  Graph& graph = *x.graph();
  const auto scope = variable_scope(graph, name);
  const int64_t in = x.shape().dim(1);
  const Variable w = get_variable(graph, "weights", {.shape = {in, units}, .initializer = random_normal_initializer({.stddev = 0.5, .seed = 1})});
  const Variable b = get_variable(graph, "biases", {.shape = {units}, .initializer = zeros_initializer()});
  const Output z = bias_add(matmul(x, w), b);
  return activated ? tanh(z, "act") : z;
}

TEST(GoldenPrograms, MlpAdam) {
  Graph graph;
  graph.set_seed(7);
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 2}, .name = "x"});
  const Output y = placeholder(graph, DType::kFloat32, {.shape = {-1, 1}, .name = "y"});
  const Output o = hidden_layer(hidden_layer(x, 3, "hidden", true), 1, "output", false);
  Output loss;
  {
    const auto scope = graph.name_scope("loss");
    loss = reduce_mean(sigmoid_cross_entropy_with_logits({.labels = y, .logits = o}), {.name = "xent"});
  }
  const Variable step = get_or_create_global_step(graph);
  AdamOptimizer adam({.learning_rate = 0.05f});
  const Operation train = adam.minimize(loss, {.global_step = step, .name = "train"});
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "mlp_adam_resource/graph.pbtxt");
  const Tensor xor_inputs = Tensor::from<float>({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const Tensor xor_outputs = Tensor::from<float>({{0}, {1}, {1}, {0}});
  expect_steps(graph, loss, train, init, {"hidden/weights/Read/ReadVariableOp:0"}, {{x, xor_inputs}, {y, xor_outputs}},
               {{0.724321008f, -0.220404178f, 0.511020124f, 0.537108123f, -0.382007778f, 0.456597775f, 0.607433856f},
                {0.705549836f, -0.171207815f, 0.464688629f, 0.570768833f, -0.332660913f, 0.409876764f, 0.647205889f},
                {0.693713307f, -0.123520657f, 0.424931943f, 0.611174166f, -0.284952819f, 0.374553412f, 0.687739849f},
                {0.687165976f, -0.0783717632f, 0.399195045f, 0.654767573f, -0.240132883f, 0.363002956f, 0.730771303f}});
}

TEST(GoldenPrograms, ClipByGlobalNorm) {
  Graph graph;
  const Regularizer regularizer = [](const Variable& w, Loc) { return 0.01f * l2_loss(w); };
  const Variable w = get_variable(
      graph, "w", {.shape = {3}, .initializer = constant_initializer(Tensor::from<float>({3.0f, -4.0f, 0.5f})), .regularizer = regularizer});
  const Variable v = variable(graph, 2.0f, {.name = "v"});
  const Output loss = reduce_sum(w * w) * v + add_n(graph.collection<Output>(collections::kRegularizationLosses));
  GradientDescentOptimizer optimizer({.learning_rate = 0.1f});
  const auto pairs = optimizer.compute_gradients(loss);
  std::vector<Gradient> gradients;
  std::vector<Variable> variables;
  for (const GradientAndVariable& pair : pairs) {
    gradients.push_back(pair.gradient);
    variables.push_back(pair.variable);
  }
  const auto clipped = clip_by_global_norm(gradients, 5.0f);
  const Operation train = optimizer.apply_gradients(zip(clipped.clipped, variables));
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "clip_by_global_norm_resource/graph.pbtxt");
  expect_steps(graph, loss, train, init, {w, v}, {},
               {{50.6262512f, 2.81380343f, -3.75173783f, 0.468967229f, 1.60918832f},
                {35.855896f, 2.64510918f, -3.52681208f, 0.44085151f, 1.19668365f},
                {23.588274f, 2.50277257f, -3.33702993f, 0.417128742f, 0.757183671f}});
}

TEST(GoldenPrograms, FourOptimizers) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  const Variable y = variable(graph, 3.0f, {.name = "y"});
  const Output loss = reduce_sum(x * x) * y;
  const Variable step = get_or_create_global_step(graph);
  RMSPropOptimizer rms_prop({.learning_rate = 0.01f, .decay = 0.9f, .momentum = 0.5f, .centered = true});
  const Operation train = rms_prop.minimize(loss, {.global_step = step});
  FtrlOptimizer({.learning_rate = 0.1f, .l1_regularization_strength = 0.01f}).minimize(loss, {.global_step = step});
  AdadeltaOptimizer({.learning_rate = 0.1f}).minimize(loss, {.global_step = step});
  AdagradOptimizer({.learning_rate = 0.1f}).minimize(loss, {.global_step = step});
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "four_optimizers_resource/graph.pbtxt");
  expect_steps(graph, loss, train, init, {x, y}, {},
               {{15, 0.970511615f, 1.96776712f, 2.97182822f},
                {14.3063812f, 0.932469308f, 1.92693257f, 2.93507385f},
                {13.4501762f, 0.893084824f, 1.88496101f, 2.8967135f}});
}

// Slots ignore name scopes, powers and updates do not; the second Adam counts on.
TEST(GoldenPrograms, OptimizersInAScope) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  const Variable step = get_or_create_global_step(graph);
  const Output loss = reduce_sum(x * x);
  Operation train;
  {
    const auto scope = graph.name_scope("outer");
    const MinimizeOptions counted{.global_step = step};
    train = MomentumOptimizer({.learning_rate = 0.1f, .momentum = 0.9f}).minimize(loss, counted);
    AdagradDAOptimizer({.learning_rate = 0.1f, .global_step = step}).minimize(loss, counted);
    ProximalAdagradOptimizer({.learning_rate = 0.1f}).minimize(loss, counted);
    ProximalGradientDescentOptimizer({.learning_rate = 0.1f}).minimize(loss, counted);
    RMSPropOptimizer({.learning_rate = 0.1f}).minimize(loss, counted);
    AdamOptimizer({.learning_rate = 0.1f}).minimize(loss, counted);
    AdamOptimizer({.learning_rate = 0.2f}).minimize(loss, counted);
  }
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "optimizers_in_a_scope_resource/graph.pbtxt");
  expect_steps(graph, loss, train, init, {x}, {},
               {{5, 0.800000012f, 1.60000002f}, {3.20000029f, 0.460000008f, 0.920000017f}, {1.05800009f, 0.0620000064f, 0.124000013f}});
}

TEST(GoldenPrograms, ConvNetMomentum) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 8, 8, 1}, .name = "images"});
  const Output y = placeholder(graph, DType::kInt32, {.shape = {-1}, .name = "labels"});
  Variable b, d;
  Output c, logits;
  {
    const auto scope = variable_scope(graph, "conv1");
    const Variable k = get_variable(graph, "kernel", {.shape = {3, 3, 1, 4}, .initializer = constant_initializer(0.1)});
    b = get_variable(graph, "bias", {.shape = {4}, .initializer = constant_initializer(0.01)});
    c = relu(bias_add(conv2d(x, k, {1, 1, 1, 1}, "SAME"), b));
  }
  const Output p = max_pool(c, {1, 2, 2, 1}, {1, 2, 2, 1}, "VALID", {.name = "pool1"});
  const Output f = reshape(p, {-1, 64});
  {
    const auto scope = variable_scope(graph, "fc");
    std::vector<float> weights;
    for (int i = 0; i < 192; ++i) weights.push_back(static_cast<float>(-0.1 + i * (0.2 / 191)));
    const Variable w = get_variable(graph, "w", {.shape = {64, 3}, .initializer = constant_initializer(Tensor::from<float>(weights))});
    d = get_variable(graph, "b", {.shape = {3}, .initializer = zeros_initializer()});
    logits = xw_plus_b(f, w, d, "logits");
  }
  const Output loss = reduce_mean(sparse_softmax_cross_entropy_with_logits({.labels = y, .logits = logits}));
  reduce_mean(cast(equal(argmax(logits, {.axis = 1, .output_type = DType::kInt32}), y), DType::kFloat32), {.name = "accuracy"});
  const Operation train = MomentumOptimizer({.learning_rate = 0.1f, .momentum = 0.9f, .use_nesterov = true}).minimize(loss);
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "conv_net_momentum_resource/graph.pbtxt");
  std::vector<float> images;
  for (int i = 0; i < 3 * 64; ++i) images.push_back(static_cast<float>(i % 17) / 17.0f);
  expect_steps(graph, loss, train, init, {b, d}, {{x, Tensor::from<float>(images, {3, 8, 8, 1})}, {y, Tensor::from<int32_t>({0, 1, 2})}},
               {{1.09860229f, 0.00993359741f, 0.00993359741f, 0.00993359648f, 0.00993359648f, 0.00197136891f, 2.06848981e-05f, -0.00199205545f},
                {1.06641781f, 0.009842108f, 0.009842108f, 0.00984210614f, 0.00984210614f, 0.00470668823f, -0.0018019313f, -0.00290476182f},
                {1.02065933f, 0.00967753772f, 0.00967753679f, 0.00967753492f, 0.00967753399f, 0.00822048075f, -0.00536499452f, -0.00285549345f}});
}

TEST(GoldenPrograms, LayersBatchNorm) {
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {-1, 3}, .name = "x"});
  Output h = layers::dense(x, 4, {.kernel_initializer = constant_initializer(0.2), .name = "d1"});
  h = relu(layers::batch_normalization(h, true, {.name = "bn"}));
  const Output o = layers::dense(h, 1, {.kernel_initializer = constant_initializer(0.3), .name = "d2"});
  const Output loss = losses::mean_squared_error(ones_like(o), o);
  Operation train;
  {
    const Scope after = graph.control_dependencies(graph.collection<Operation>(collections::kUpdateOps));
    train = GradientDescentOptimizer({.learning_rate = 0.1f}).minimize(loss);
  }
  const Operation init = global_variables_initializer(graph);
  expect_graph(graph, "layers_batch_norm_resource/graph.pbtxt");
  const Tensor rows = Tensor::from<float>({{1, 2, 3}, {3, 2, 1}, {0, 1, 0}});
  const float m[] = {0.00866666716f, 0.0172480233f, 0.0257436968f};
  expect_steps(graph, loss, train, init, {"bn/moving_mean/Read/ReadVariableOp:0"}, {{x, rows}},
               {{0.349015862f, m[0], m[0], m[0], m[0]}, {0.277915686f, m[1], m[1], m[1], m[1]}, {0.242843494f, m[2], m[2], m[2], m[2]}});
}

TEST(GoldenPrograms, Losses) {
  using namespace losses;
  Graph graph;
  const Output x = placeholder(graph, DType::kFloat32, {.shape = {3, 4}, .name = "x"});
  const Output y = placeholder(graph, DType::kFloat32, {.shape = {3, 4}, .name = "y"});
  const Output classes = placeholder(graph, DType::kInt32, {.shape = {3}, .name = "classes"});
  const Output rows = constant(graph, {{0.5f}, {0.0f}, {2.0f}}, {.name = "rows"});
  absolute_difference(y, x);
  mean_squared_error(y, x, {.weights = rows});
  mean_squared_error(y, x, {.weights = rows, .reduction = Reduction::kMean});
  mean_squared_error(y, x, {.weights = 2.0f, .reduction = Reduction::kSumOverBatchSize});
  mean_squared_error(y, x, {.reduction = Reduction::kSum});
  cosine_distance(y, x, 1);
  huber_loss(y, x, 0.5f);
  log_loss(y, x);
  hinge_loss(y, x);
  sigmoid_cross_entropy(y, x, 0.1f);
  softmax_cross_entropy(y, x);
  softmax_cross_entropy(y, x, 0.1f);
  sparse_softmax_cross_entropy(classes, x);
  mean_pairwise_squared_error(y, x);
  compute_weighted_loss(square(x), {.weights = rows, .reduction = Reduction::kNone, .loss_collection = ""});
  const Output total = get_total_loss(graph);
  no_op(graph);
  global_variables_initializer(graph);
  expect_graph(graph, "losses_resource/graph.pbtxt");
  const std::vector<Feed> feeds = {{x, Tensor::from<float>({{0.1f, 0.2f, 0.3f, 0.4f}, {0.9f, 0.6f, 0.1f, 0.3f}, {0.5f, 0.5f, 0.2f, 0.7f}})},
                                   {y, Tensor::from<float>({{1, 0, 0, 0}, {0, 0, 1, 0}, {0, 1, 0, 0}})},
                                   {classes, Tensor::from<int32_t>({0, 2, 1})}};
  Session session(graph);
  std::vector<Fetch> all = {total};
  for (const Output& loss : get_losses(graph)) all.emplace_back(loss);
  const auto got = session.run({.feeds = feeds, .fetches = all});
  ASSERT_TRUE(got.ok()) << got.status();
  const std::vector<float> expected = {17.3180466f, 0.533333361f, 0.326249987f, 0.260999978f, 0.699999988f, 4.19999981f, 0.766666651f, 0.152916655f,
                                       1.00706422f, 1.2833333f,   0.847231567f, 1.57563937f,  1.55897272f,  1.57563937f, 2.52999997f};
  ASSERT_EQ(got->size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR((*got)[i].scalar<float>(), expected[i], 1e-6f * (1 + std::abs(expected[i]))) << "loss " << i;
}

TEST(GoldenPrograms, Initializers) {
  Graph graph;
  const Variable x = variable(graph, {1.0f, 2.0f}, {.name = "x"});
  const std::vector<std::string> local_only = {std::string(collections::kLocalVariables)};
  variable(graph, 3.0f, {.name = "y", .trainable = false, .collections = local_only});
  const Output missing = report_uninitialized_variables(graph);
  const Output missing_x = report_uninitialized_variables(graph, {x}, "of_x");
  const Output n = placeholder(graph, DType::kInt32, {.shape = {}, .name = "n"});
  const Operation check = assert_op(equal(n, 1), {"why", 3});
  const Operation init_local = local_variables_initializer(graph);
  no_op(graph);
  reduce_sum(x);
  const Operation init_global = global_variables_initializer(graph);
  expect_graph(graph, "initializers_resource/graph.pbtxt");

  Session session(graph);
  const auto names = [&](const Output& report) {
    const auto found = session.run(report);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? (*found)[0].to_vector<std::string>() : std::vector<std::string>();
  };
  EXPECT_EQ(names(missing), (std::vector<std::string>{"x", "y"}));
  ASSERT_TRUE(session.run(init_global).ok());
  EXPECT_EQ(names(missing), (std::vector<std::string>{"y"}));
  EXPECT_EQ(names(missing_x), std::vector<std::string>());
  ASSERT_TRUE(session.run(init_local).ok());
  EXPECT_EQ(names(missing), std::vector<std::string>());
  EXPECT_TRUE(session.run({.feeds = {{n, 1}}, .targets = {check}}).ok());
  EXPECT_EQ(message(session.run({.feeds = {{n, 2}}, .targets = {check}}).status()).find("assertion failed: [why] [3]"), 0u);

  Graph empty;
  const Output none = report_uninitialized_variables(empty);
  const auto found = Session(empty).run(none);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ((*found)[0].num_elements(), 0);
  EXPECT_EQ(none.dtype(), DType::kString);
}

}  // namespace
}  // namespace weft
