// Random ops: TensorFlow 1.15.5's numbers and nodes, streams that go on from run to run, any number of threads, errors.
#include <gtest/gtest.h>

#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/random_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

template <typename T> std::vector<T> values(const Session& session, const Output& output) {
  const auto result = session.run(output);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? (*result)[0].to_vector<T>() : std::vector<T>();
}

absl::Status error_of(const Graph& graph, const Session& session, const Output& output) {
  return graph.status().ok() ? session.run(output).status() : graph.status();
}

TEST(Random, GraphSeedGivesTensorFlowsNumbers) {
  Graph graph;
  graph.set_seed(5);
  const Output uniform = random_uniform(graph, {2, 3});
  const Output range = random_uniform(graph, {5}, {.minval = -1.0f, .maxval = 3.0f, .seed = 7});
  const Output integers = random_uniform(graph, {6}, {.maxval = 10, .dtype = DType::kInt32});
  const Output wide = random_uniform(graph, {3}, {.minval = -5, .maxval = int64_t{1000000000000}, .dtype = DType::kInt64, .seed = 3});
  const Output normal = random_normal(graph, {5}, {.mean = 1.0f, .stddev = 2.0f});
  const Output truncated = truncated_normal(graph, {7}, {.seed = 11});
  const Output doubles = random_normal(graph, {3}, {.dtype = DType::kFloat64, .seed = 2});
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  Session session(graph, {.threads = 2});
  EXPECT_EQ(values<float>(session, uniform), (std::vector<float>{0x1.279b500000000p-2, 0x1.60baac0000000p-1, 0x1.6140580000000p-1,
                                                                 0x1.8cfc800000000p-4, 0x1.bcffe00000000p-3, 0x1.20b04c0000000p-1}));
  EXPECT_EQ(values<float>(session, range),
            (std::vector<float>{0x1.9467e00000000p-1, 0x1.7ba7b80000000p+0, 0x1.292f000000000p-5, 0x1.9ffd000000000p-3, -0x1.6c26400000000p-3}));
  EXPECT_EQ(values<int32_t>(session, integers), (std::vector<int32_t>{9, 9, 9, 8, 9, 8}));
  EXPECT_EQ(values<int64_t>(session, wide), (std::vector<int64_t>{227767017791, 430182525809, 284984097130}));
  EXPECT_EQ(values<float>(session, normal),
            (std::vector<float>{0x1.9fff640000000p+0, -0x1.abcd280000000p+0, -0x1.55e4080000000p-1, 0x1.ca103c0000000p+1, 0x1.4c59e00000000p+2}));
  EXPECT_EQ(values<float>(session, truncated),
            (std::vector<float>{0x1.2d130a0000000p-3, 0x1.8ecd940000000p-1, -0x1.f657680000000p-2, 0x1.b3cf480000000p-1, -0x1.6b085e0000000p-2,
                                -0x1.cfbafa0000000p+0, -0x1.4858960000000p+0}));
  EXPECT_EQ(values<double>(session, doubles), (std::vector<double>{0x1.87187a7382fa8p+0, 0x1.64751ee730e5ep+0, -0x1.bfa1e58485828p+0}));
  // The next run of the session goes on with the stream.
  EXPECT_EQ(values<int32_t>(session, integers), (std::vector<int32_t>{1, 1, 3, 7, 4, 5}));
  EXPECT_EQ(values<int64_t>(session, wide), (std::vector<int64_t>{103826168408, 554874055576, 221339626927}));
  // Another session starts again.
  Session other(graph, {.threads = 1});
  EXPECT_EQ(values<int32_t>(other, integers), (std::vector<int32_t>{9, 9, 9, 8, 9, 8}));
}

TEST(Random, SamplesAreTensorFlows) {
  Graph graph;
  graph.set_seed(5);
  const Output rows = constant(graph, {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  const Output shuffled = random_shuffle(constant(graph, {0, 1, 2, 3, 4, 5, 6, 7}), {.seed = 4});
  const Output shuffled_rows = random_shuffle(rows, {.seed = 4});
  const Output logits = log(constant(graph, {{.1f, .2f, .7f}, {.5f, .3f, .2f}}));
  const Output classes = multinomial(logits, 6, {.seed = 9});
  const Output gamma = random_gamma(graph, {3}, constant(graph, {.5f, 2.0f}), {.beta = 2.0f, .seed = 6});
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  EXPECT_EQ(gamma.shape(), PartialShape({3, 2}));
  Session session(graph);
  EXPECT_EQ(values<int32_t>(session, shuffled), (std::vector<int32_t>{0, 4, 3, 6, 7, 1, 2, 5}));
  EXPECT_EQ(values<int32_t>(session, shuffled_rows), (std::vector<int32_t>{1, 2, 7, 8, 3, 4, 5, 6}));
  EXPECT_EQ(values<int32_t>(session, shuffled_rows), (std::vector<int32_t>{7, 8, 1, 2, 5, 6, 3, 4}));
  EXPECT_EQ(values<int64_t>(session, classes), (std::vector<int64_t>{2, 2, 2, 0, 2, 2, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(values<float>(session, gamma), (std::vector<float>{0x1.33ec180000000p-3, 0x1.54e53c0000000p-1, 0x1.19d3540000000p-5, 0x1.8943a20000000p-1,
                                                               0x1.8cb7fa0000000p-1, 0x1.8ae8e00000000p-1}));
}

TEST(Random, StatelessNumbersFollowFromTheSeed) {
  Graph graph;
  const Output uniform = stateless_random_uniform(graph, {4}, {1, 2});
  const Output integers = stateless_random_uniform(graph, {4}, {1, 2}, {.maxval = 100, .dtype = DType::kInt32});
  const Output normal = stateless_random_normal(graph, {4}, {3, 4}, {.mean = 1.0f, .stddev = 0.5f});
  const Output truncated = stateless_truncated_normal(graph, {4}, {3, 4});
  const Output classes = stateless_multinomial(log(constant(graph, {{.1f, .2f, .7f}})), 5, {3, 4});
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  Session session(graph);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(values<float>(session, uniform),
              (std::vector<float>{0x1.b028b00000000p-1, 0x1.894f100000000p-3, 0x1.fe10f80000000p-1, 0x1.4879300000000p-3}));
    EXPECT_EQ(values<int32_t>(session, integers), (std::vector<int32_t>{40, 49, 94, 79}));
    EXPECT_EQ(values<float>(session, normal),
              (std::vector<float>{0x1.d379120000000p-1, 0x1.d60fb80000000p+0, 0x1.2c90d80000000p+0, 0x1.2f37480000000p-3}));
    EXPECT_EQ(values<float>(session, truncated),
              (std::vector<float>{-0x1.64376c0000000p-3, 0x1.ac1f700000000p+0, 0x1.6486b80000000p-2, -0x1.b4322e0000000p+0}));
    EXPECT_EQ(values<int64_t>(session, classes), (std::vector<int64_t>{2, 2, 1, 2, 2}));
  }
}

TEST(Random, NodesAreTensorFlows) {
  Graph graph;
  graph.set_seed(5);
  (void)random_uniform(graph, {2, 3});
  (void)random_uniform(graph, {6}, {.maxval = 10, .dtype = DType::kInt32});
  (void)random_gamma(graph, {3}, constant(graph, {.5f, 2.0f}, {.name = "alpha"}));
  std::vector<std::string> names;
  for (int id = 0; id < graph.num_nodes(); ++id) names.push_back(str_cat(graph.node(id)->name(), " ", graph.node(id)->op().name));
  EXPECT_EQ(names, (std::vector<std::string>{"random_uniform/shape Const",
                                             "random_uniform/min Const",
                                             "random_uniform/max Const",
                                             "random_uniform/RandomUniform RandomUniform",
                                             "random_uniform/sub Sub",
                                             "random_uniform/mul Mul",
                                             "random_uniform Add",
                                             "random_uniform_1/shape Const",
                                             "random_uniform_1/min Const",
                                             "random_uniform_1/max Const",
                                             "random_uniform_1 RandomUniformInt",
                                             "alpha Const",
                                             "random_gamma/shape Const",
                                             "random_gamma/beta Const",
                                             "random_gamma/zeros_like Const",
                                             "random_gamma/add AddV2",
                                             "random_gamma/RandomGamma RandomGamma",
                                             "random_gamma/truediv RealDiv",
                                             "random_gamma/Maximum/x Const",
                                             "random_gamma/Maximum Maximum"}));
  EXPECT_EQ(graph.find_node("random_uniform/RandomUniform")->attr<int64_t>("seed"), 5);
  EXPECT_EQ(graph.find_node("random_uniform/RandomUniform")->attr<int64_t>("seed2"), 3);
  EXPECT_EQ(graph.find_node("random_uniform_1")->attr<int64_t>("seed2"), 10);
}

TEST(Random, GammaDrawsMoveWithAlphaAsInTensorFlow) {
  Graph graph;
  const Output alpha = constant(graph, {.01, .5, 1., 2., 10., 50., .3, 3., 100., 5.});
  const Output sample = constant(graph, {.001, .2, 1.5, 1., 12., 45., 2., .1, 130., 0.});
  const Output derivative = OpBuilder(random_gamma_grad_op(), "", Loc::current()).input(alpha).input(sample).output();
  const Output draws = random_gamma(graph, {3}, constant(graph, {.5f, 2.0f}), {.seed = 1});
  const auto all = gradients({draws}, {Output(graph.find_node("Const_2"), 0)});
  Session session(graph);
  const std::vector<double> want = {0.6354138007185822, 0.7940505663308433, 1.4309374423012804,  0.7507786921262597, 1.112329443018088,
                                    0.951410192211624,  3.564110321246913,  0.12186533324500186, 1.1388044458372264, 0.0};
  const std::vector<double> got = values<double>(session, derivative);
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-12 * std::abs(want[i]) + 1e-15);
  ASSERT_TRUE(all[0].is_dense()) << all[0].reason() << graph.status();
  EXPECT_EQ(all[0].dense().shape(), PartialShape({2}));
}

TEST(Random, WithoutSeedsSessionsDiffer) {
  Graph graph;
  const Output x = random_uniform(graph, {8});
  Session a(graph), b(graph);
  EXPECT_NE(values<float>(a, x), values<float>(b, x));
}

TEST(Random, ManyNumbersAreTheSameForAnyNumberOfThreads) {
  Graph graph;
  const Output normal = random_normal(graph, {100003}, {.seed = 1});
  const Output truncated = truncated_normal(graph, {50021}, {.seed = 1});
  Session one(graph, {.threads = 1}), four(graph, {.threads = 4});
  EXPECT_EQ(values<float>(one, normal), values<float>(four, normal));
  EXPECT_EQ(values<float>(one, truncated), values<float>(four, truncated));
}

TEST(Random, EmptyShapesAndScalars) {
  Graph graph;
  const Output empty = random_normal(graph, {0, 3});
  const Output scalar = random_uniform(graph, constant(graph, Tensor(DType::kInt32, Shape{0})));
  const Output nothing_to_shuffle = random_shuffle(constant(graph, {{1, 2, 3}}));
  Session session(graph);
  EXPECT_TRUE(values<float>(session, empty).empty());
  EXPECT_EQ(values<float>(session, scalar).size(), 1u);
  EXPECT_EQ(values<int32_t>(session, nothing_to_shuffle), (std::vector<int32_t>{1, 2, 3}));
}

TEST(Random, ErrorsHaveTensorFlowsWords) {
  const auto text = [](const absl::Status& status) { return std::string(message(status)); };
  {
    Graph graph;
    const Output x = random_uniform(graph, {2}, {.minval = 5, .maxval = 5, .dtype = DType::kInt32});
    Session session(graph);
    EXPECT_NE(text(error_of(graph, session, x)).find("Need minval < maxval, got 5 >= 5"), std::string::npos);
  }
  {
    Graph graph;
    const Output dims = placeholder(graph, DType::kInt32);
    const Output x = random_uniform(graph, dims);
    Session session(graph);
    const auto negative = session.run({.feeds = {{dims, Tensor::from<int32_t>({2, -1})}}, .fetches = {x}});
    EXPECT_EQ(negative.status().code(), absl::StatusCode::kInvalidArgument) << negative.status();
    const auto matrix = session.run({.feeds = {{dims, Tensor::from<int32_t>({{2, 1}})}}, .fetches = {x}});
    EXPECT_EQ(matrix.status().code(), absl::StatusCode::kInvalidArgument) << matrix.status();
  }
  {
    Graph graph;
    (void)random_uniform(graph, {2}, {.dtype = DType::kInt32});
    EXPECT_NE(text(graph.status()).find("maxval"), std::string::npos);
  }
  {
    Graph graph;
    (void)multinomial(constant(graph, {1.0f, 2.0f}), 3);
    EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace weft
