// Engines against each other: random graphs of ops whose results depend on the order of updates, run serially and on pools of several
// sizes. All must give the same bits.
#include <gtest/gtest.h>

#include <random>

#include "tests/runtime/test_ops.h"
#include "weft/runtime/plan.h"
#include "weft/runtime/program.h"
#include "weft/runtime/thread_pool.h"

namespace weft::test {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kGraphs = 200;
#else
constexpr int kGraphs = 2000;
#endif

// One that is too slow to be cheap, so that engines hand it to other threads.
const OpDef& slow_op() {
  static const OpDef& op =
      *new OpDef(plain_op("TestSlow", {{"x", DType::kFloat32}}, {{"y", DType::kFloat32}}, kernel([](KernelContext& c) -> absl::Status {
                            Tensor* out = nullptr;
                            WEFT_RETURN_IF_ERROR(c.forward_or_allocate({0}, 0, c.input(0).shape(), &out));
                            const int64_t n = out->num_elements();
                            const float* x = c.input(0).data<float>();
                            for (int64_t i = 0; i < n; ++i) {
                              float v = x[i];
                              for (int k = 0; k < 400; ++k) v = v * 0.999f + 0.01f;
                              out->data<float>()[i] = v;
                            }
                            return absl::OkStatus();
                          })));
  return op;
}

struct Case {
  Graph graph;
  PlanRequest request;
  std::vector<Tensor> feeds;
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::unique_ptr<Case> make() {
    auto made = std::make_unique<Case>();
    graph_ = &made->graph;
    made->request.graph = graph_;
    values_.clear();
    operations_.clear();
    variables_.clear();
    for (int i = pick(3); i >= 0; --i) {
      const Output x = placeholder(*graph_, {}, "x");
      made->request.feeds.push_back(x);
      made->feeds.push_back(random_tensor());
      values_.push_back(x);
    }
    for (int i = pick(4); i > 0; --i) variables_.push_back(variable(*graph_, "v"));
    const int nodes = 1 + pick(60);
    for (int i = 0; i < nodes; ++i) add_random_node();
    for (int i = pick(4); i >= 0; --i) made->request.fetches.push_back(any());
    for (int i = pick(4); i > 0 && !operations_.empty(); --i)
      made->request.targets.push_back(operations_[static_cast<size_t>(pick(static_cast<int>(operations_.size())))]);
    return made;
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  Output any() {  // rather a late one, for depth
    const int n = static_cast<int>(values_.size());
    return values_[static_cast<size_t>(pick(3) == 0 ? pick(n) : n - 1 - pick(std::min(n, 6)))];
  }
  Tensor random_tensor() {
    static constexpr int64_t kSizes[] = {0, 1, 1, 7, 64, 65, 200, 1000};
    const int64_t n = kSizes[pick(8)];
    Tensor t(DType::kFloat32, pick(2) == 0 && n % 2 == 0 ? Shape{2, n / 2} : Shape{n});
    for (float& v : t.flat<float>()) v = static_cast<float>(pick(1000)) * 0.01f;
    return t;
  }
  std::vector<Operation> controls() {
    std::vector<Operation> list;
    while (pick(6) == 0 && !operations_.empty()) list.push_back(operations_[static_cast<size_t>(pick(static_cast<int>(operations_.size())))]);
    return list;
  }

  void add_random_node() {
    Node* node = nullptr;
    switch (pick(12)) {
      case 0: values_.push_back(constant(*graph_, random_tensor())); return;
      case 1: node = add(*graph_, sum_op(), {any()}, "", controls()); break;
      case 2: node = add(*graph_, same_op(), {any()}, "", controls()); break;
      case 3: node = add(*graph_, slow_op(), {any()}, "", controls()); break;
      case 4: node = add(*graph_, noop_op(), {}, "", controls()); break;
      case 5:
        if (!variables_.empty())
          node = add(*graph_, read_op(), {variables_[static_cast<size_t>(pick(static_cast<int>(variables_.size())))]}, "", controls());
        break;
      case 6:
        if (!variables_.empty())
          node = add(*graph_, update_op(), {variables_[static_cast<size_t>(pick(static_cast<int>(variables_.size())))], any()}, "", controls());
        break;
      case 7:
        if (!variables_.empty() && pick(3) == 0) {
          node = add(*graph_, pick(2) == 0 ? keep_op() : keep_secretly_op(),
                     {variables_[static_cast<size_t>(pick(static_cast<int>(variables_.size())))], any_scalar()}, "", controls());
        }
        break;
      default: node = add(*graph_, mix_op(), {any(), any()}, "", controls()); break;
    }
    if (node == nullptr) return;
    operations_.emplace_back(node);
    if (node->num_outputs() > 0 && node->output_dtype(0) == DType::kFloat32) values_.push_back(node->output());
  }
  // What a variable may keep: updates write its first element.
  Output any_scalar() { return add(*graph_, sum_op(), {any()})->output(); }

  std::mt19937 random_;
  Graph* graph_ = nullptr;
  std::vector<Output> values_;
  std::vector<Operation> operations_;
  std::vector<Output> variables_;
};

// The results of some steps, one after the other.
std::vector<std::vector<Tensor>> run(const Case& c, EngineKind engine, TaskPool* pool, bool keep_results) {
  std::vector<std::vector<Tensor>> all;
  ResourceManager resources;
  ProgramEnvironment environment;
  environment.resources = &resources;
  environment.pool = pool;
  const auto plan = Plan::compile(c.request, {&resources, engine, pool != nullptr ? pool->num_threads() : 1});
  EXPECT_TRUE(plan.ok()) << plan.status();
  if (!plan.ok()) return all;
  Program program(*plan, environment);
  std::vector<Tensor> fetches(c.request.fetches.size());
  for (int step = 0; step < 5; ++step) {
    std::vector<Tensor> feeds = c.feeds;
    if (step == 3)
      for (Tensor& feed : feeds) feed = Tensor::from<float>({0.5f, 2.0f});  // other shapes
    const absl::Status status = program.run(feeds, fetches, {});
    EXPECT_TRUE(status.ok()) << status;
    std::vector<Tensor>& kept = all.emplace_back();
    for (const Tensor& fetch : fetches) kept.push_back(keep_results ? fetch : fetch.clone());
  }
  EXPECT_EQ(program.nodes_run(), 5 * program.plan().num_nodes());
  return all;
}

TEST(Engines, AgreeOnRandomGraphs) {
  ThreadPool two(2);
  ThreadPool four(4);
  ThreadPool eight(8);
  for (int i = 0; i < kGraphs; ++i) {
    const auto c = Generator(static_cast<uint32_t>(i)).make();
    const bool keep = i % 2 == 0;
    const auto expected = run(*c, EngineKind::kSerial, nullptr, keep);
    TaskPool* const pools[] = {&two, &four, &eight};
    for (TaskPool* pool : {static_cast<TaskPool*>(nullptr), pools[i % 3]}) {
      for (const EngineKind engine : {EngineKind::kPool, EngineKind::kAuto}) {
        const auto got = run(*c, engine, pool, keep);
        ASSERT_EQ(got.size(), expected.size());
        for (size_t step = 0; step < got.size(); ++step) {
          for (size_t k = 0; k < got[step].size(); ++k) {
            ASSERT_TRUE(equal(got[step][k], expected[step][k]))
                << "graph " << i << ", " << (pool != nullptr ? pool->num_threads() : 1) << " threads, step " << step << ", fetch " << k << ":\n"
                << got[step][k] << "\n"
                << expected[step][k];
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace weft::test
