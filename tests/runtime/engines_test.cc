// Engines against each other: random graphs of ops whose results depend on the order of updates, with several outputs and with nodes
// that fail, run serially and on pools of 1, 2, 4 and 8 threads. All must give the same bits, and the same errors.
#include <gtest/gtest.h>

#include <algorithm>
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

// Two outputs: x in its own memory perhaps, and the elements of x in reverse.
const OpDef& two_op() {
  static const OpDef& op = *new OpDef(plain_op("TestTwo", {{"x", DType::kFloat32}}, {{"same", DType::kFloat32}, {"reversed", DType::kFloat32}},
                                               kernel([](KernelContext& c) -> absl::Status {
                                                 const Tensor& x = c.input(0);
                                                 Tensor* reversed = nullptr;
                                                 WEFT_RETURN_IF_ERROR(c.allocate_output(1, x.shape(), &reversed));
                                                 std::reverse_copy(x.data<float>(), x.data<float>() + x.num_elements(), reversed->data<float>());
                                                 Tensor* same = nullptr;
                                                 WEFT_RETURN_IF_ERROR(c.forward_or_allocate({0}, 0, c.input(0).shape(), &same));
                                                 if (same->raw_data() != c.input(0).raw_data())
                                                   std::copy_n(c.input(0).data<float>(), same->num_elements(), same->data<float>());
                                                 return absl::OkStatus();
                                               })));
  return op;
}

// Fails for tensors of two elements, which the fourth step feeds.
const OpDef& fails_op() {
  static const OpDef& op =
      *new OpDef(plain_op("TestFailsOnPairs", {{"x", DType::kFloat32}}, {{"y", DType::kFloat32}}, kernel([](KernelContext& c) -> absl::Status {
                            if (c.input(0).num_elements() == 2) return out_of_range("a pair");
                            c.set_output(0, c.input(0));
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
    const int failing = pick(4) == 0 ? pick(nodes) : -1;  // one at most, so that all engines report the same one
    for (int i = 0; i < nodes; ++i) {
      if (i == failing) add_float(add(*graph_, fails_op(), {values_[static_cast<size_t>(pick(static_cast<int>(values_.size())))]}, "fails"));
      else add_random_node();
    }
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
    switch (pick(13)) {
      case 12: node = add(*graph_, two_op(), {any()}, "", controls()); break;
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
    if (node != nullptr) add_float(node);
  }
  void add_float(Node* node) {
    operations_.emplace_back(node);
    for (int k = 0; k < node->num_outputs(); ++k)
      if (node->output_dtype(k) == DType::kFloat32) values_.push_back(node->output(k));
  }
  // What a variable may keep: updates write its first element.
  Output any_scalar() { return add(*graph_, sum_op(), {any()})->output(); }

  std::mt19937 random_;
  Graph* graph_ = nullptr;
  std::vector<Output> values_;
  std::vector<Operation> operations_;
  std::vector<Output> variables_;
};

struct Step {
  absl::Status status;
  std::vector<Tensor> fetches;
};

// Some steps, one after the other, up to the first that fails: what a failed step has written depends on timing.
std::vector<Step> run(const Case& c, EngineKind engine, TaskPool* pool, bool keep_results) {
  std::vector<Step> all;
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
    Step& done = all.emplace_back();
    done.status = program.run(feeds, fetches, {});
    for (const Tensor& fetch : fetches) done.fetches.push_back(keep_results || !fetch.valid() ? fetch : fetch.clone());
    if (!done.status.ok()) return all;
  }
  EXPECT_EQ(program.nodes_run(), 5 * program.plan().num_nodes());
  return all;
}

void expect_same(const std::vector<Step>& got, const std::vector<Step>& expected, const std::string& where) {
  ASSERT_EQ(got.size(), expected.size()) << where;
  for (size_t step = 0; step < got.size(); ++step) {
    ASSERT_EQ(got[step].status, expected[step].status) << where;
    for (size_t k = 0; k < got[step].fetches.size(); ++k) {
      const Tensor& a = got[step].fetches[k];
      const Tensor& b = expected[step].fetches[k];
      ASSERT_EQ(a.valid(), b.valid()) << where;
      ASSERT_TRUE(!a.valid() || equal(a, b)) << where << ", step " << step << ", fetch " << k << ":\n" << a << "\n" << b;
    }
  }
}

TEST(Engines, AgreeOnRandomGraphs) {
  ThreadPool two(2);
  ThreadPool four(4);
  ThreadPool eight(8);
  int failed = 0;
  for (int i = 0; i < kGraphs && !::testing::Test::HasFatalFailure(); ++i) {
    const auto c = Generator(static_cast<uint32_t>(i)).make();
    const bool keep = i % 2 == 0;
    const auto expected = run(*c, EngineKind::kSerial, nullptr, keep);
    failed += expected.back().status.ok() ? 0 : 1;
    for (TaskPool* pool :
         {static_cast<TaskPool*>(nullptr), static_cast<TaskPool*>(&two), static_cast<TaskPool*>(&four), static_cast<TaskPool*>(&eight)}) {
      const std::string where = str_cat("graph ", i, ", ", pool != nullptr ? pool->num_threads() : 1, " threads");
      expect_same(run(*c, EngineKind::kPool, pool, keep), expected, where);
      if (i % 4 == 0) expect_same(run(*c, EngineKind::kAuto, pool, keep), expected, where + ", auto");
    }
  }
  EXPECT_GT(failed, kGraphs / 20) << "too few graphs with failures to tell anything";
}

}  // namespace
}  // namespace weft::test
