// Every op × every dtype that it has a kernel for: the rows of the table run through sessions of one thread and of four, with inputs
// as they stand, made long enough to be cut into tiles, and distorted. Valid inputs must give a result, the same to the bit for any
// number of threads; distorted ones a result or an error, never a crash.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "tests/ops/case_graph.h"
#include "weft/runtime/thread_pool.h"
#include "weft/session/session.h"

namespace weft {
namespace {

// Ops with kernels and without a row, and why.
const std::map<std::string_view, std::string_view>& not_run() {
  static const auto& all = *new std::map<std::string_view, std::string_view>{
      {"Const", "yields its attribute; every case is made of them"},
      {"NoOp", "computes nothing"},
      {"ControlTrigger", "computes nothing"},
      {"VarHandleOp", "every case with a variable is made of it"},
      {"MutexV2", "see mutex_test.cc"},
      {"MutexLock", "see mutex_test.cc"},
      {"ConsumeMutexLock", "see mutex_test.cc"},
      {"Placeholder", "has no value of its own; every case is made of them"},
      {"PlaceholderV2", "has no value of its own"},
      {"PyFunc", "calls a function of the host; see host_call_test.cc"},
      {"PyFuncStateless", "calls a function of the host; see host_call_test.cc"},
      {"Assert", "takes a list of any types; see control_ops_test.cc"},
  };
  return all;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || !(a.shape() == b.shape())) return false;
  if (!a.valid() || a.num_elements() == 0) return true;
  if (is_plain(a.dtype())) return std::memcmp(a.raw_data(), b.raw_data(), a.num_bytes()) == 0;
  return equal(a, b);
}

// The outputs of the node, then the variables as it leaves them.
absl::StatusOr<std::vector<Tensor>> results_of(const CaseGraph& c, const std::shared_ptr<TaskPool>& pool) {
  const Session session = pool ? Session(*c.graph, {.pool = pool}) : Session(*c.graph, {.threads = 1});
  std::vector<Feed> feeds;
  for (size_t i = 0; i < c.fed.size(); ++i) feeds.emplace_back(c.fed[i], c.values[i]);
  if (!c.initializers.empty()) {
    WEFT_RETURN_IF_ERROR(session.run({.feeds = feeds, .targets = {c.initializers.begin(), c.initializers.end()}}).status());
  }
  std::vector<Fetch> fetches;
  for (int i = 0; i < c.op.num_outputs(); ++i) {
    if (c.op.output(i).dtype() != DType::kResource && c.op.output(i).dtype() != DType::kVariant) fetches.emplace_back(c.op.output(i));
  }
  WEFT_ASSIGN_OR_RETURN(std::vector<Tensor> results, session.run({.feeds = feeds, .fetches = fetches, .targets = {c.op}}));
  if (c.variables.empty() || c.op.type() == "DestroyResourceOp") return results;
  WEFT_ASSIGN_OR_RETURN(const std::vector<Tensor> variables, session.run({.fetches = {c.variables.begin(), c.variables.end()}}));
  results.insert(results.end(), variables.begin(), variables.end());
  return results;
}

const std::shared_ptr<TaskPool>& four_threads() {
  static const auto& pool = *new std::shared_ptr<TaskPool>(std::make_shared<ThreadPool>(4));
  return pool;
}

void expect_same(const absl::StatusOr<std::vector<Tensor>>& one, const absl::StatusOr<std::vector<Tensor>>& four) {
  ASSERT_EQ(one.ok(), four.ok()) << one.status() << " on one thread, " << four.status() << " on four";
  if (!one.ok()) return;
  for (size_t i = 0; i < one->size(); ++i) {
    EXPECT_TRUE(same_bits((*one)[i], (*four)[i])) << "result " << i << " is " << (*one)[i] << " on one thread, " << (*four)[i] << " on four";
  }
}

void run_as_it_stands(const OpDef& op, const OpCase& row, const AttrMap& types) {
  for (const Feeding feeding : {Feeding::kKnownShapes, Feeding::kEverythingUnknown}) {
    const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, row, types, feeding);
    ASSERT_TRUE(c.ok()) << c.status();
    const absl::StatusOr<std::vector<Tensor>> one = results_of(*c, nullptr);
    if (one.status().code() == absl::StatusCode::kUnimplemented && types.size() > 1) return;  // some pairs of dtypes have no kernel
    ASSERT_TRUE(one.ok()) << one.status();
    for (int i = 0; i < c->op.num_outputs() && i < static_cast<int>(one->size()); ++i) {
      EXPECT_TRUE(c->op.output(i).shape().is_compatible_with((*one)[static_cast<size_t>(i)].shape()))
          << "output " << i << " is inferred as " << c->op.output(i).shape().to_string() << ", gives "
          << (*one)[static_cast<size_t>(i)].shape().to_string();
    }
    expect_same(one, results_of(*c, four_threads()));
  }
}

// Inputs repeated along their first dimension, if the op takes them then.
void run_enlarged(const OpDef& op, OpCase row, const AttrMap& types) {
  constexpr int64_t kCopies = 3000;
  for (CaseInput& input : row.inputs) {
    if (input.fixed || input.shape.rank() == 0 || input.shape.num_elements() == 0) continue;
    const std::vector<double> once = input.values;
    for (int64_t k = 1; k < kCopies; ++k) input.values.insert(input.values.end(), once.begin(), once.end());
    input.shape.set_dim(0, input.shape.dim(0) * kCopies);
  }
  const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, row, types, Feeding::kKnownShapes);
  if (!c.ok()) return;
  for (int i = 0; i < c->op.num_outputs(); ++i) {
    const PartialShape& shape = c->op.output(i).shape();
    if (!shape.fully_defined() || shape.num_elements() > 2'000'000) return;
  }
  expect_same(results_of(*c, nullptr), results_of(*c, four_threads()));
}

// An input made something the op may not expect.
struct Distortion {
  const char* name;
  void (*apply)(CaseInput& input);
};

void fill(CaseInput& input, Shape shape) {
  input.values.resize(static_cast<size_t>(shape.num_elements()), 1);
  input.shape = std::move(shape);
}
void set_all(CaseInput& input, double value) { std::fill(input.values.begin(), input.values.end(), value); }

constexpr Distortion kDistortions[] = {
    {"empty",
     [](CaseInput& i) {
       Shape s = i.shape;
       if (s.rank() == 0) s.add_dim(0);
       else s.set_dim(0, 0);
       fill(i, s);
     }},
    {"last dimension empty",
     [](CaseInput& i) {
       Shape s = i.shape;
       if (s.rank() == 0) s.add_dim(0);
       else s.set_dim(s.rank() - 1, 0);
       fill(i, s);
     }},
    {"a scalar", [](CaseInput& i) { fill(i, Shape{}); }},
    {"a vector", [](CaseInput& i) { fill(i, Shape{i.shape.num_elements()}); }},
    {"of a higher rank",
     [](CaseInput& i) {
       Shape s = i.shape;
       s.insert_dim(0, 1);
       fill(i, s);
     }},
    {"of rank 9",
     [](CaseInput& i) {
       Shape s = i.shape;
       while (s.rank() < 9) s.insert_dim(0, 1);
       fill(i, s);
     }},
    {"longer",
     [](CaseInput& i) {
       Shape s = i.shape;
       if (s.rank() == 0) s.add_dim(2);
       else s.set_dim(0, s.dim(0) + 1);
       fill(i, s);
     }},
    {"shorter",
     [](CaseInput& i) {
       Shape s = i.shape;
       if (s.rank() > 0 && s.dim(0) > 0) s.set_dim(0, s.dim(0) - 1);
       fill(i, s);
     }},
    {"0", [](CaseInput& i) { set_all(i, 0); }},
    {"-1", [](CaseInput& i) { set_all(i, -1); }},
    {"-7", [](CaseInput& i) { set_all(i, -7); }},
    {"50", [](CaseInput& i) { set_all(i, 50); }},
};

void run_distorted(const OpDef& op, const OpCase& row, const AttrMap& types) {
  for (const Distortion& distortion : kDistortions) {
    // Each input alone, then all that are no sizes and indices together.
    for (size_t which = 0; which <= row.inputs.size(); ++which) {
      OpCase distorted = row;
      for (size_t i = 0; i < row.inputs.size(); ++i) {
        if (i == which || (which == row.inputs.size() && !row.inputs[i].fixed)) distortion.apply(distorted.inputs[i]);
      }
      for (const Feeding feeding : {Feeding::kKnownShapes, Feeding::kEverythingUnknown}) {
        SCOPED_TRACE(str_cat("input ", which, " ", distortion.name));
        const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, distorted, types, feeding);
        if (!c.ok()) continue;
        const absl::StatusOr<std::vector<Tensor>> results = results_of(*c, nullptr);
        EXPECT_TRUE(results.ok() || !results.status().message().empty());
      }
    }
  }
}

// An int64 input that no memory could hold the product of.
void run_overflowing(const OpDef& op, const OpCase& row, AttrMap types) {
  for (const auto& [name, allowed] : open_types(op, row)) {
    if ((allowed - kIndexTypes).empty() && allowed.contains(DType::kInt64)) types.set(name, DType::kInt64);
  }
  if (op.find_kernel(case_attrs(row, types)) == nullptr) return;
  for (size_t i = 0; i < row.inputs.size(); ++i) {
    if (!row.inputs[i].fixed) continue;
    const absl::StatusOr<CaseGraph> plain = CaseGraph::build(op, row, types, Feeding::kEverythingUnknown);
    if (!plain.ok() || plain->inputs[i].dtype() != DType::kInt64) continue;
    for (const int64_t value : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(), int64_t{1} << 62}) {
      absl::StatusOr<CaseGraph> c = CaseGraph::build(op, row, types, Feeding::kEverythingUnknown);
      ASSERT_TRUE(c.ok()) << c.status();
      for (size_t k = 0; k < c->fed.size(); ++k) {
        if (c->input_of[k] != static_cast<int>(i)) continue;
        for (int64_t& v : c->values[k].flat<int64_t>()) v = value;
      }
      (void)results_of(*c, nullptr);
    }
  }
}

// Each open type attribute with each dtype that has a kernel, the others as preferred.
std::vector<AttrMap> type_choices(const OpDef& op, const OpCase& row) {
  const AttrMap preferred = preferred_types(op, row);
  std::vector<AttrMap> choices;
  if (op.find_kernel(case_attrs(row, preferred)) != nullptr) choices.push_back(preferred);
  for (const auto& [name, allowed] : open_types(op, row)) {
    allowed.for_each([&, attr = name](DType dtype) {
      AttrMap types = preferred;
      if (types.get<DType>(attr) == dtype) return;
      types.set(attr, dtype);
      if (op.find_kernel(case_attrs(row, types)) != nullptr) choices.push_back(std::move(types));
    });
  }
  return choices;
}

class OpKernels : public ::testing::TestWithParam<OpRows> {
 protected:
  // Runs f(row, types) for each row and each choice of types.
  template <typename F> void for_each_case(F f) {
    const OpDef* op = OpRegistry::standard().find(GetParam().op);
    ASSERT_NE(op, nullptr) << "no such op";
    for (const OpCase* row : GetParam().rows) {
      for (const AttrMap& types : type_choices(*op, *row)) {
        SCOPED_TRACE(describe(*row, types));
        f(*op, *row, types);
      }
    }
  }
};

TEST_P(OpKernels, GiveTheSameOnOneAndFourThreads) {
  for_each_case([](const OpDef& op, const OpCase& row, const AttrMap& types) {
    run_as_it_stands(op, row, types);
    run_enlarged(op, row, types);
  });
}

TEST_P(OpKernels, SurviveAnyInput) {
  for_each_case([](const OpDef& op, const OpCase& row, const AttrMap& types) { run_distorted(op, row, types); });
}

TEST_P(OpKernels, SurviveOverflow) {
  const OpDef* op = OpRegistry::standard().find(GetParam().op);
  ASSERT_NE(op, nullptr) << "no such op";
  for (const OpCase* row : GetParam().rows) {
    SCOPED_TRACE(describe(*row, {}));
    run_overflowing(*op, *row, preferred_types(*op, *row));
  }
}

INSTANTIATE_TEST_SUITE_P(All, OpKernels, ::testing::ValuesIn(rows_by_op()), [](const auto& info) { return std::string(info.param.op); });

TEST(OpKernelTable, HoldsEveryOp) {
  std::set<std::string_view> rows;
  for (const OpCase& row : op_cases()) rows.insert(row.op);
  for (const OpDef* op : OpRegistry::standard().all()) {
    if (op->kernels.empty() || not_run().contains(op->name)) continue;
    EXPECT_TRUE(rows.contains(op->name)) << op->name << " has kernels that nothing runs: add a row to op_cases_*.cc";
  }
}

}  // namespace
}  // namespace weft
