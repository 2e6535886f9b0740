// Every op × every dtype that it has a kernel for: the rows of the table run through sessions of one thread and of more, with inputs
// as they stand, made large enough to be cut into tiles, and distorted. Valid inputs must give a result, the same to the bit for any
// number of threads; distorted ones a result or an error, never a crash.
#include <gtest/gtest.h>

#include <atomic>
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
      {"VarHandleOp", "every case with a variable is made of it"},
      {"VariableV2", "every case with a reference is made of it"},
      {"Variable", "VariableV2's kernel"},
      {"TemporaryVariable", "see ref_variable_test.cc"},
      {"DestroyTemporaryVariable", "see ref_variable_test.cc"},
      {"CountUpTo", "see ref_variable_test.cc"},
      {"Switch", "gives one output of two; see conditions_test.cc"},
      {"RefSwitch", "see ref_variable_test.cc"},
      {"Merge", "see conditions_test.cc"},
      {"RefMerge", "see ref_variable_test.cc"},
      {"RefSelect", "see switch_test.cc"},
      {"ControlTrigger", "see conditions_test.cc"},
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

// Ops whose kernels leave all work to one thread.
const std::set<std::string_view>& serial() {
  static const auto& all = *new std::set<std::string_view>{"Assign",
                                                           "AssignVariableOp",
                                                           "IsVariableInitialized",
                                                           "RefIdentity",
                                                           "Bincount",
                                                           "BroadcastArgs",
                                                           "BroadcastGradientArgs",
                                                           "CheckNumerics",
                                                           "ComputeAccidentalHits",
                                                           "ConcatOffset",
                                                           "DestroyResourceOp",
                                                           "Diag",
                                                           "DiagPart",
                                                           "Dilation2DBackpropFilter",
                                                           "DynamicPartition",
                                                           "DynamicStitch",
                                                           "EnsureShape",
                                                           "ExpandDims",
                                                           "Identity",
                                                           "IdentityN",
                                                           "InvertPermutation",
                                                           "LinSpace",
                                                           "ListDiff",
                                                           "LogUniformCandidateSampler",
                                                           "MatrixDiag",
                                                           "MatrixDiagPart",
                                                           "MatrixSetDiag",
                                                           "ParallelDynamicStitch",
                                                           "ParameterizedTruncatedNormal",
                                                           "PlaceholderWithDefault",
                                                           "PreventGradient",
                                                           "RandomShuffle",
                                                           "Range",
                                                           "Rank",
                                                           "ReadVariableOp",
                                                           "Reshape",
                                                           "Roll",
                                                           "Shape",
                                                           "ShapeN",
                                                           "Size",
                                                           "Squeeze",
                                                           "StopGradient",
                                                           "UniformCandidateSampler",
                                                           "Unique",
                                                           "UniqueV2",
                                                           "UniqueWithCounts",
                                                           "UniqueWithCountsV2",
                                                           "VarIsInitializedOp",
                                                           "VariableShape",
                                                           "Where"};
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

// A pool that knows whether a loop was cut.
class WatchedPool : public TaskPool {
 public:
  explicit WatchedPool(int threads) : pool_(threads) {}
  int num_threads() const override { return pool_.num_threads(); }
  void schedule(std::function<void()> task) override { pool_.schedule(std::move(task)); }
  void for_each_tile(int64_t tiles, absl::FunctionRef<void(int64_t)> f) override {
    if (tiles > 1) cut_ = true;
    pool_.for_each_tile(tiles, f);
  }
  bool was_cut() { return cut_.exchange(false); }

 private:
  ThreadPool pool_;
  std::atomic<bool> cut_{false};
};

const std::vector<std::shared_ptr<WatchedPool>>& pools() {
  static const auto& all = *new std::vector<std::shared_ptr<WatchedPool>>{std::make_shared<WatchedPool>(2), std::make_shared<WatchedPool>(4),
                                                                          std::make_shared<WatchedPool>(8)};
  return all;
}

// Runs the case with each of the pools and compares with what it gives without. True when work was cut.
bool run_with_threads(const CaseGraph& c, const absl::StatusOr<std::vector<Tensor>>& one) {
  bool cut = false;
  for (const std::shared_ptr<WatchedPool>& pool : pools()) {
    const absl::StatusOr<std::vector<Tensor>> many = results_of(c, pool);
    const bool shared = pool->was_cut();
    EXPECT_EQ(one.ok(), many.ok()) << one.status() << " on one thread, " << many.status() << " on " << pool->num_threads();
    if (!one.ok() || !many.ok()) return false;
    for (size_t i = 0; i < one->size(); ++i) {
      EXPECT_TRUE(same_bits((*one)[i], (*many)[i]))
          << "result " << i << " is " << (*one)[i] << " on one thread, " << (*many)[i] << " on " << pool->num_threads();
    }
    cut = cut || shared;
    if (!shared) break;  // no thread but one had work: the others would not either
  }
  return cut;
}

// True when work was cut.
bool run_as_it_stands(const OpDef& op, const OpCase& row, const AttrMap& types) {
  bool cut = false;
  for (const Feeding feeding : {Feeding::kKnownShapes, Feeding::kEverythingUnknown}) {
    const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, row, types, feeding);
    if (!c.ok()) {
      ADD_FAILURE() << c.status();
      return false;
    }
    const absl::StatusOr<std::vector<Tensor>> one = results_of(*c, nullptr);
    if (!one.ok()) {
      ADD_FAILURE() << one.status();
      return false;
    }
    for (int i = 0; i < c->op.num_outputs() && i < static_cast<int>(one->size()); ++i) {
      if (std::find(row.misinferred.begin(), row.misinferred.end(), i) != row.misinferred.end()) continue;
      EXPECT_TRUE(c->op.output(i).shape().is_compatible_with((*one)[static_cast<size_t>(i)].shape()))
          << "output " << i << " is inferred as " << c->op.output(i).shape().to_string() << ", gives "
          << (*one)[static_cast<size_t>(i)].shape().to_string();
    }
    cut = run_with_threads(*c, one) || cut;
  }
  return cut;
}

// Repeats what `input` holds along its first or last dimension.
void enlarge(CaseInput& input, int64_t copies, bool last) {
  if (input.fixed || input.shape.rank() == 0 || input.shape.num_elements() == 0) return;
  const int axis = last ? input.shape.rank() - 1 : 0;
  const int64_t run = last ? input.shape.dim(axis) : input.shape.num_elements();
  std::vector<double> enlarged;
  for (auto from = input.values.begin(); from != input.values.end(); from += run) {
    for (int64_t k = 0; k < copies; ++k) enlarged.insert(enlarged.end(), from, from + run);
  }
  input.values = std::move(enlarged);
  input.shape.set_dim(axis, input.shape.dim(axis) * copies);
}

// The ways to choose inputs: all of them, those of one shape, each alone.
std::vector<std::vector<size_t>> choices_of_inputs(const OpCase& row) {
  std::vector<std::vector<size_t>> choices(1);
  std::map<std::string, std::vector<size_t>> by_shape;
  for (size_t i = 0; i < row.inputs.size(); ++i) {
    choices[0].push_back(i);
    if (!row.inputs[i].fixed) by_shape[row.inputs[i].shape.to_string()].push_back(i);
    choices.push_back({i});
  }
  for (auto& [shape, inputs] : by_shape)
    if (inputs.size() > 1) choices.push_back(std::move(inputs));
  return choices;
}

// Inputs enlarged to `elements` in every way that the op takes; for other dtypes than the preferred ones up to the first way that cuts
// work. True when work was cut.
bool run_enlarged(const OpDef& op, const OpCase& row, const AttrMap& types, int64_t elements) {
  const bool preferred = describe(row, types) == describe(row, preferred_types(op, row));
  constexpr int64_t kMaxResult = 4'000'000;
  bool cut = false;
  for (const std::vector<size_t>& inputs : choices_of_inputs(row)) {
    int64_t largest = 1;
    for (const size_t i : inputs)
      if (!row.inputs[i].fixed) largest = std::max(largest, row.inputs[i].shape.num_elements());
    for (const bool last : {false, true}) {
      OpCase large = row;
      for (const size_t i : inputs) enlarge(large.inputs[i], elements / largest + 1, last);
      const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, large, types, Feeding::kKnownShapes);
      if (!c.ok()) continue;
      bool small = true;
      for (int i = 0; i < c->op.num_outputs(); ++i) {
        const PartialShape& shape = c->op.output(i).shape();
        small = small && (!shape.fully_defined() || shape.num_elements() <= kMaxResult);
      }
      if (!small) continue;
      SCOPED_TRACE(str_cat("inputs enlarged from ", inputs.front(), " to ", inputs.back(), last ? ", wide" : ", long"));
      cut = run_with_threads(*c, results_of(*c, nullptr)) || cut;
      if (cut && !preferred) return true;
    }
  }
  return cut;
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

// An error says which node it is about: the case, or what sets its variables.
void expect_named(const absl::Status& status) {
  if (status.ok()) return;
  const std::string_view text = message(status);
  bool named = false;
  for (const std::string_view node : {"'case'", "node case}", "'assign'", "node assign}"}) named = named || text.find(node) != std::string_view::npos;
  EXPECT_TRUE(named) << "no node is named: " << status;
}

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
        expect_named(c.ok() ? results_of(*c, nullptr).status() : c.status());
      }
    }
  }
}

// What an attribute of type `type` that now has `value` may not be expected to be.
std::vector<AttrValue> distorted_values(AttrType type, const AttrValue& value) {
  constexpr int64_t kNumbers[] = {0, -1, -7, 50, int64_t{1} << 31, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()};
  std::vector<AttrValue> all;
  if (type == AttrType::kInt) all.assign(std::begin(kNumbers), std::end(kNumbers));
  if (type == AttrType::kFloat) {
    for (const float number : {0.0f, -1.0f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
      all.emplace_back(number);
  }
  const auto* list = std::get_if<std::vector<int64_t>>(&value);
  if (type != AttrType::kListInt || list == nullptr) return all;
  all.emplace_back(Ints());
  for (const int64_t number : kNumbers) {
    Ints longer = *list;
    longer.push_back(number);
    all.emplace_back(longer);
    for (size_t i = 0; i < list->size(); ++i) {
      Ints other = *list;
      other[i] = number;
      all.emplace_back(other);
    }
  }
  return all;
}

// Each attribute alone; not the lengths of input lists, which are the inputs' own.
void run_with_distorted_attributes(const OpDef& op, const OpCase& row, const AttrMap& types) {
  for (const AttrDef& attr : op.attrs) {
    const bool length = std::any_of(op.inputs.begin(), op.inputs.end(), [&](const ArgDef& arg) { return arg.type.number_attr == attr.name; });
    if (length) continue;
    const auto given = std::find_if(row.attrs.begin(), row.attrs.end(), [&](const CaseAttr& a) { return a.name == attr.name; });
    for (const AttrValue& value : distorted_values(attr.type, given != row.attrs.end() ? given->value : attr.default_value)) {
      SCOPED_TRACE(str_cat(attr.name, " = ", to_string(value)));
      AttrMap attrs = types;
      for (const CaseAttr& a : row.attrs) attrs.set(a.name, a.value);
      attrs.set(attr.name, value);
      OpCase plain = row;
      plain.attrs.clear();
      for (const auto& [name, v] : attrs) {
        plain.attrs.emplace_back(name, 0);
        plain.attrs.back().value = v;
      }
      for (const Feeding feeding : {Feeding::kKnownShapes, Feeding::kEverythingUnknown}) {
        const absl::StatusOr<CaseGraph> c = CaseGraph::build(op, plain, {}, feeding);
        expect_named(c.ok() ? results_of(*c, nullptr).status() : c.status());
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
  // Runs f(row, types) for each row, with or without the large ones, and each choice of types.
  template <typename F> void for_each_case(bool large, F f) {
    const OpDef* op = OpRegistry::standard().find(GetParam().op);
    ASSERT_NE(op, nullptr) << "no such op";
    for (const OpCase* row : GetParam().rows) {
      if (row->large && !large) continue;
      for (const AttrMap& types : type_choices(*op, *row)) {
        SCOPED_TRACE(describe(*row, types));
        f(*op, *row, types);
      }
    }
  }
};

TEST_P(OpKernels, GiveTheSameForAnyNumberOfThreads) {
  bool cut = false;
  for_each_case(true, [&](const OpDef& op, const OpCase& row, const AttrMap& types) {
    cut = run_as_it_stands(op, row, types) || cut;
    if (!row.large) cut = run_enlarged(op, row, types, 3 * kTileCost) || cut;
  });
  if (!cut) {
    for_each_case(false, [&](const OpDef& op, const OpCase& row, const AttrMap& types) {
      if (!cut) cut = run_enlarged(op, row, types, 30 * kTileCost);
    });
  }
  EXPECT_EQ(cut, !serial().contains(GetParam().op)) << "the list of serial ops is wrong, or the rows give too little work to be shared";
}

TEST_P(OpKernels, SurviveAnyInput) {
  for_each_case(false, [](const OpDef& op, const OpCase& row, const AttrMap& types) { run_distorted(op, row, types); });
}

TEST_P(OpKernels, SurviveAnyAttribute) {
  const OpDef* op = OpRegistry::standard().find(GetParam().op);
  ASSERT_NE(op, nullptr) << "no such op";
  for (const OpCase* row : GetParam().rows) {
    if (row->large) continue;
    SCOPED_TRACE(describe(*row, {}));
    run_with_distorted_attributes(*op, *row, preferred_types(*op, *row));
  }
}

TEST_P(OpKernels, SurviveOverflow) {
  const OpDef* op = OpRegistry::standard().find(GetParam().op);
  ASSERT_NE(op, nullptr) << "no such op";
  for (const OpCase* row : GetParam().rows) {
    if (row->large) continue;
    SCOPED_TRACE(describe(*row, {}));
    run_overflowing(*op, *row, preferred_types(*op, *row));
  }
}

INSTANTIATE_TEST_SUITE_P(All, OpKernels, ::testing::ValuesIn(rows_by_op()), [](const auto& info) { return std::string(info.param.op); });

// Each dtype that a kernel serves is that of some row's run.
TEST(OpKernelTable, ReachesEveryDType) {
  for (const OpRows& rows : rows_by_op()) {
    const OpDef* op = OpRegistry::standard().find(rows.op);
    ASSERT_NE(op, nullptr) << rows.op;
    std::map<std::string_view, DTypeSet> reached;
    for (const OpCase* row : rows.rows) {
      for (const AttrMap& types : type_choices(*op, *row)) {
        for (const auto& [name, value] : case_attrs(*row, types)) {
          if (const DType* dtype = std::get_if<DType>(&value)) reached[op->find_attr(name)->name] = reached[op->find_attr(name)->name] | *dtype;
        }
      }
    }
    for (const KernelDef& kernel : op->kernels) {
      for (const auto& [attr, served] : kernel.constraints) {
        if (op->find_attr(attr)->type != AttrType::kType) continue;
        const DTypeSet possible = op->find_attr(attr)->allowed.empty() ? served : served & op->find_attr(attr)->allowed;
        const DTypeSet missed = possible - reached[attr] - DTypeSet{DType::kResource, DType::kVariant};
        EXPECT_TRUE(missed.empty()) << op->name << " never runs with " << attr << " in " << missed.to_string();
      }
    }
  }
}

TEST(OpKernelTable, HoldsEveryOp) {
  std::set<std::string_view> rows;
  for (const OpCase& row : op_cases()) rows.insert(row.op);
  for (const OpDef* op : OpRegistry::standard().all()) {
    if (op->kernels.empty() || not_run().contains(op->name)) continue;
    EXPECT_TRUE(rows.contains(op->name)) << op->name << " has kernels that nothing runs: add a row to op_cases_*.cc";
  }
  for (const auto& [name, why] : not_run()) {
    EXPECT_TRUE(OpRegistry::standard().find(name) != nullptr && !rows.contains(name)) << name << ": strike it from the list of ops that are not run";
  }
}

}  // namespace
}  // namespace weft
