// Programs: what is checked before a run, what a failed one leaves behind, how many run at once.
#include "weft/runtime/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/runtime/test_ops.h"
#include "weft/runtime/thread_pool.h"

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() { environment.resources = &resources; }
  std::unique_ptr<Program> program(std::vector<Output> feeds, std::vector<Output> fetches, std::vector<Operation> targets = {}, int threads = 1) {
    auto plan = Plan::compile({&graph, std::move(feeds), std::move(fetches), std::move(targets)}, {&resources, EngineKind::kAuto, threads});
    EXPECT_TRUE(plan.ok()) << plan.status();
    return std::make_unique<Program>(*std::move(plan), environment);
  }
  static std::string text(const absl::Status& status) { return std::string(message(status)); }

  Graph graph;
  ResourceManager resources;
  ProgramEnvironment environment;
};

TEST_F(ProgramTest, ChecksFeedsAndRoom) {
  const Output x = placeholder(graph, {2, -1}, "x");
  const auto p = program({x}, {mix(graph, x, x)});
  std::vector<Tensor> fetches(1);
  EXPECT_THAT(text(p->run({}, fetches, {})), HasSubstr("takes 1 feeds and got 0"));
  const std::vector<Tensor> wrong_rank = {Tensor(DType::kFloat32, {2})};
  EXPECT_THAT(text(p->run(wrong_rank, fetches, {})), HasSubstr("(2,) for Tensor 'x:0', which has shape '(2, ?)'"));
  const std::vector<Tensor> wrong_dtype = {Tensor(DType::kFloat64, {2, 2})};
  EXPECT_THAT(text(p->run(wrong_dtype, fetches, {})), HasSubstr("dtype float64"));
  std::vector<Tensor> no_room;
  const std::vector<Tensor> right = {Tensor::zeros(DType::kFloat32, {2, 5})};
  EXPECT_THAT(text(p->run(right, no_room, {})), HasSubstr("gives 1 fetches and was given room for 0"));
  EXPECT_TRUE(p->run(right, fetches, {}).ok());
  EXPECT_EQ(p->nodes_run(), 1) << "what was refused ran nothing";
}

TEST_F(ProgramTest, AFailedRunEmptiesItsFetchesAndTheNextOneWorks) {
  const Output x = placeholder(graph, {}, "x");
  const OpDef& op = custom_op(graph, "TestNegativeFails", 1, kernel([](KernelContext& c) -> absl::Status {
                                if (c.input(0).scalar<float>() < 0) return out_of_range("negative");
                                c.set_output(0, c.input(0));
                                return absl::OkStatus();
                              }));
  const Output checked = add(graph, op, {x}, "checked")->output();
  const Output y = mix(graph, checked, x);
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    environment.pool = &pool;
    const auto p = program({x}, {x, y}, {}, threads);
    std::vector<Tensor> fetches = {Tensor::scalar_of(5.0f), Tensor::scalar_of(6.0f)};
    const std::vector<Tensor> bad = {Tensor::scalar_of(-1.0f)};
    const absl::Status status = p->run(bad, fetches, {});
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(text(status), HasSubstr("{{node checked}}"));
    for (const Tensor& fetch : fetches) EXPECT_FALSE(fetch.valid());
    const std::vector<Tensor> good = {Tensor::scalar_of(4.0f)};
    ASSERT_TRUE(p->run(good, fetches, {}).ok());
    EXPECT_EQ(fetches[1].scalar<float>(), 4.0f);
    environment.pool = nullptr;
  }
}

TEST_F(ProgramTest, FedMemoryIsTheCallersAndStaysAsItWas) {
  const Output x = placeholder(graph, {-1}, "x");
  const auto p = program({x}, {mix(graph, x, x), x});
  std::vector<float> mine = {1, 2, 3};
  bool released = false;
  {
    const std::vector<Tensor> feeds = {Tensor::view(mine.data(), {3}, [&] { released = true; })};
    std::vector<Tensor> fetches(2);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(p->run(feeds, fetches, {}).ok());
    EXPECT_EQ(fetches[1].raw_data(), mine.data()) << "a fetch that is fed is the fed tensor";
    EXPECT_FALSE(released);
  }
  EXPECT_TRUE(released) << "a program must not keep what it was fed";
  EXPECT_EQ(mine, (std::vector<float>{1, 2, 3}));
}

TEST_F(ProgramTest, ManyRunsAtOnceDoNotMix) {  // more than the idle steps that wait without a lock
  const Output x = placeholder(graph, {-1}, "x");
  Output y = x;
  for (int i = 0; i < 10; ++i) y = mix(graph, y, x);
  const auto p = program({x}, {y});
  std::vector<std::thread> threads;
  for (int t = 0; t < 40; ++t) {
    threads.emplace_back([&, t] {
      const std::vector<Tensor> feeds = {Tensor::from<float>(std::vector<float>(static_cast<size_t>(1 + t % 5), static_cast<float>(t)))};
      std::vector<Tensor> first(1);
      ASSERT_TRUE(p->run(feeds, first, {}).ok());
      for (int i = 0; i < 20; ++i) {
        std::vector<Tensor> again(1);
        ASSERT_TRUE(p->run(feeds, again, {}).ok());
        ASSERT_TRUE(equal(first[0], again[0]));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(p->nodes_run(), 40 * 21 * 10);
}

TEST_F(ProgramTest, AClosedEnvironmentRefusesRuns) {
  const Output one = constant(graph, Tensor::scalar_of(1.0f));
  const auto p = program({}, {one});
  environment.closed = true;
  p->cancel(cancelled("closed"));
  std::vector<Tensor> fetches(1);
  const absl::Status status = p->run({}, fetches, {});
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(text(status), HasSubstr("Attempted to use a closed Session."));
}

TEST_F(ProgramTest, OneValueFetchedTwiceIsTwoHandles) {
  const Output x = placeholder(graph, {}, "x");
  const Output y = mix(graph, x, x);
  const auto p = program({x}, {y, y});
  const std::vector<Tensor> feeds = {Tensor::scalar_of(4.0f)};
  std::vector<Tensor> fetches(2);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(p->run(feeds, fetches, {}).ok());
    EXPECT_EQ(fetches[0].scalar<float>(), 4.0f);
    EXPECT_EQ(fetches[1].scalar<float>(), 4.0f);
  }
}

}  // namespace
}  // namespace weft::test
