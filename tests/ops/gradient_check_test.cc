// Every gradient against central differences: of each op in the registry that has a gradient function, and of many of those gradients
// once more. The function compared is the sum of the op's outputs, each element times a weight of its own.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "tests/ops/case_graph.h"
#include "weft/gradients/gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

// Ops with a gradient function and without a row here.
const std::map<std::string_view, std::string_view>& not_checked() {
  static const auto& all = *new std::map<std::string_view, std::string_view>{
      {"ArgMax", "gives positions: no gradient passes, TensorFlow's function returns none"},
      {"ArgMin", "as ArgMax"},
      {"TruncateDiv", "divides integers only: no gradient passes, TensorFlow's function returns none"},
      {"FusedBatchNormGrad", "takes mean and variance as if they were functions of x; checked as FusedBatchNorm's second derivative"},
      {"FusedBatchNormGradV2", "as FusedBatchNormGrad; checked as FusedBatchNormV2's second derivative"},
      {"FusedBatchNormGradV3", "as FusedBatchNormGrad; checked as FusedBatchNormV3's second derivative"},
      {"Switch", "its gradient is an error as yet"},
      {"RefSwitch", "its gradient is an error as yet"},
      {"Merge", "its gradient is an error as yet"},
      {"RefMerge", "its gradient is an error as yet"},
      {"RefIdentity", "Identity's, for references, which gradients() does not start from as yet"},
      {"PreventGradient", "its gradient is an error; see identity_test.cc"},
      {"RandomGamma", "differentiates the distribution, not the rejection sampler's steps; see random_test.cc"},
  };
  return all;
}

// Real numbers that a tensor consists of: a complex one counts twice.
int64_t num_parts(const Tensor& t) { return t.num_elements() * (is_complex(t.dtype()) ? 2 : 1); }
bool is_wide(DType t) { return t == DType::kFloat64 || t == DType::kComplex128; }
double part(const Tensor& t, int64_t k) {
  return is_wide(t.dtype()) ? static_cast<const double*>(t.raw_data())[k] : static_cast<double>(static_cast<const float*>(t.raw_data())[k]);
}
void add_to_part(Tensor& t, int64_t k, double delta) {
  if (is_wide(t.dtype())) static_cast<double*>(t.raw_data())[k] += delta;
  else static_cast<float*>(t.raw_data())[k] += static_cast<float>(delta);
}
bool is_differentiable(DType t) { return t == DType::kFloat32 || t == DType::kFloat64 || is_complex(t); }

// Weights that are all different, none zero.
Tensor weights_like(const Tensor& y) {
  Tensor w = Tensor::zeros(y.dtype(), y.shape());
  for (int64_t k = 0; k < num_parts(w); ++k) add_to_part(w, k, 0.4 + 0.37 * static_cast<double>((k * 7 + 3) % 11) * (k % 2 == 0 ? 1 : -1));
  return w;
}

// A function of fed tensors: variables are set first, then `ys` are computed.
class FedFunction {
 public:
  FedFunction(const Session& session, const CaseGraph& c, const std::vector<Output>& fed, const std::vector<Output>& ys) {
    const std::vector<Fetch> feeds(fed.begin(), fed.end());
    if (!c.initializers.empty()) initialize_ = session.make_callable({.feeds = feeds, .targets = {c.initializers.begin(), c.initializers.end()}});
    run_ = session.make_callable({.feeds = feeds, .fetches = {ys.begin(), ys.end()}});
    has_variables_ = !c.initializers.empty();
  }
  absl::StatusOr<std::vector<Tensor>> operator()(const std::vector<Tensor>& values) const {
    if (has_variables_) WEFT_RETURN_IF_ERROR(initialize_.run(absl::MakeConstSpan(values)).status());
    return run_.run(absl::MakeConstSpan(values));
  }

 private:
  Callable initialize_, run_;
  bool has_variables_;
};

absl::StatusOr<double> weighted_sum(const FedFunction& f, const std::vector<Tensor>& values, const std::vector<Tensor>& weights) {
  WEFT_ASSIGN_OR_RETURN(const std::vector<Tensor> ys, f(values));
  double sum = 0;
  for (size_t i = 0; i < ys.size(); ++i) {
    for (int64_t k = 0; k < num_parts(ys[i]); ++k) sum += part(ys[i], k) * part(weights[i], k);
  }
  return sum;
}

absl::StatusOr<std::vector<double>> central_differences(const FedFunction& f, std::vector<Tensor> values, size_t by,
                                                        const std::vector<Tensor>& weights) {
  std::vector<double> slopes;
  const double step = is_wide(values[by].dtype()) ? 1e-5 : 1e-2;
  for (int64_t k = 0; k < num_parts(values[by]); ++k) {
    const Tensor original = values[by];
    double sums[2], at[2];
    for (const int side : {0, 1}) {
      values[by] = original.clone();
      add_to_part(values[by], k, side == 0 ? -step : step);
      at[side] = part(values[by], k);
      WEFT_ASSIGN_OR_RETURN(sums[side], weighted_sum(f, values, weights));
    }
    values[by] = original;
    slopes.push_back((sums[1] - sums[0]) / (at[1] - at[0]));
  }
  return slopes;
}

// The case's graph with a session, and the means to take gradients in it.
class GradientCheck {
 public:
  GradientCheck(CaseGraph c, std::string what)
      : case_(std::move(c)), what_(std::move(what)), fed_(case_.fed), values_(case_.values), session_(*case_.graph, {.threads = 1}) {}

  void run(const OpCase& row) {
    std::vector<Output> ys;
    for (int i = 0; i < case_.op.num_outputs(); ++i) {
      const bool wanted = row.outputs.empty() || std::find(row.outputs.begin(), row.outputs.end(), i) != row.outputs.end();
      if (wanted && is_differentiable(case_.op.output(i).dtype())) ys.push_back(case_.op.output(i));
    }
    ASSERT_FALSE(ys.empty()) << what_ << " has no output of a floating type";
    const std::vector<Output> dxs = compare(ys, row, what_, false);
    if (row.second_order && !dxs.empty() && !::testing::Test::HasFailure()) compare(dxs, row, "second derivative of " + what_, true);
  }

 private:
  // Compares the gradients of `ys` by every fed tensor; returns them. A first derivative, unlike an op, need not depend on every input:
  // where a second derivative is absent the slopes must be zero.
  std::vector<Output> compare(const std::vector<Output>& ys, const OpCase& row, const std::string& what, bool second) {
    const FedFunction f(session_, case_, fed_, ys);
    const absl::StatusOr<std::vector<Tensor>> y_values = f(values_);
    if (!y_values.ok()) {
      ADD_FAILURE() << what << ": " << y_values.status();
      return {};
    }
    std::vector<Tensor> weights;
    std::vector<Output> weight_outputs;
    for (const Tensor& y : *y_values) {
      weights.push_back(weights_like(y));
      weight_outputs.push_back(placeholder(*case_.graph, y.dtype(), {.shape = ys[weights.size() - 1].shape()}));
    }
    const size_t num_xs = fed_.size();
    std::vector<Output> xs;
    for (size_t i = 0; i < num_xs; ++i) xs.push_back(i < case_.input_of.size() ? case_.inputs[static_cast<size_t>(case_.input_of[i])] : fed_[i]);
    const std::vector<Gradient> dxs = gradients(ys, xs, {.grad_ys = {weight_outputs.begin(), weight_outputs.end()}});
    if (!case_.graph->status().ok()) {
      ADD_FAILURE() << what << ": " << case_.graph->status();
      return {};
    }
    const std::vector<Tensor> old_values = values_;
    fed_.insert(fed_.end(), weight_outputs.begin(), weight_outputs.end());
    values_.insert(values_.end(), weights.begin(), weights.end());
    std::vector<Output> dense;
    for (size_t i = 0; i < num_xs; ++i) {
      if (!is_differentiable(values_[i].dtype())) continue;
      const int input = i < case_.input_of.size() ? case_.input_of[i] : -1;
      if (std::find(row.ignored.begin(), row.ignored.end(), input) != row.ignored.end()) continue;
      if (std::find(row.none.begin(), row.none.end(), input) != row.none.end()) {
        EXPECT_TRUE(dxs[i].is_none()) << what << ": input " << input << " should get no gradient";
        continue;
      }
      if (dxs[i].is_none() && second) {
        compare_one(f, old_values, i, weights, Output(), what);
        continue;
      }
      if (dxs[i].is_none()) {
        ADD_FAILURE() << what << ": input " << i << " gets no gradient: " << dxs[i].reason();
        continue;
      }
      const Output dx = dxs[i].is_slices() ? densify(dxs[i].slices()) : dxs[i].dense();
      dense.push_back(dx);
      compare_one(f, old_values, i, weights, dx, what);
    }
    return dense;
  }

  void compare_one(const FedFunction& f, const std::vector<Tensor>& values, size_t by, const std::vector<Tensor>& weights, const Output& dx,
                   const std::string& what) {
    const absl::StatusOr<std::vector<double>> slopes = central_differences(f, values, by, weights);
    ASSERT_TRUE(slopes.ok()) << what << ": " << slopes.status();
    Tensor got = Tensor::zeros(values[by].dtype(), values[by].shape());
    if (dx) {
      EXPECT_TRUE(dx.shape().is_compatible_with(values[by].shape()))
          << what << ": the gradient by input " << by << " is inferred as " << dx.shape().to_string();
      const absl::StatusOr<std::vector<Tensor>> result = FedFunction(session_, case_, fed_, {dx})(values_);
      ASSERT_TRUE(result.ok()) << what << " by input " << by << ": " << result.status();
      got = (*result)[0];
    }
    ASSERT_EQ(got.shape().to_string(), values[by].shape().to_string()) << what << ": shape of the gradient by input " << by;
    double scale = 1;
    for (const double slope : *slopes) scale = std::max(scale, std::abs(slope));
    bool wide = true;
    for (const Tensor& value : values) wide = wide && (!is_differentiable(value.dtype()) || is_wide(value.dtype()));
    for (const Tensor& weight : weights) wide = wide && is_wide(weight.dtype());
    const double tolerance = wide ? 1e-4 : 2e-2;
    for (int64_t k = 0; k < num_parts(got); ++k) {
      const double want = (*slopes)[static_cast<size_t>(k)];
      EXPECT_NEAR(part(got, k), want, tolerance * std::abs(want) + 1e-2 * tolerance * scale + (wide ? 0 : 1e-3 * scale))
          << what << ": by input " << by << ", element " << k;
    }
  }

  CaseGraph case_;
  std::string what_;
  std::vector<Output> fed_;
  std::vector<Tensor> values_;
  Session session_;
};

void check(const OpDef& op, const OpCase& row, const AttrMap& types, Feeding feeding) {
  const std::string what = describe(row, types) + (feeding == Feeding::kKnownShapes ? ", shapes known" : ", shapes unknown");
  SCOPED_TRACE(what);
  absl::StatusOr<CaseGraph> c = CaseGraph::build(op, row, types, feeding);
  ASSERT_TRUE(c.ok()) << c.status();
  GradientCheck(*std::move(c), what).run(row);
}

bool is_checked(const OpDef& op) { return op.gradient.function() != nullptr && !not_checked().contains(op.name); }

class OpGradient : public ::testing::TestWithParam<OpRows> {};

TEST_P(OpGradient, AgreesWithDifferences) {
  const OpDef* op = OpRegistry::standard().find(GetParam().op);
  ASSERT_NE(op, nullptr) << "no such op";
  if (!is_checked(*op)) return;
  for (const OpCase* row : GetParam().rows) {
    if (!row->differentiable || row->large) continue;
    const AttrMap types = preferred_types(*op, *row);
    check(*op, *row, types, Feeding::kKnownShapes);
    if (!row->known_shapes) check(*op, *row, types, Feeding::kUnknownShapes);
    AttrMap complex = types;
    for (const auto& [name, allowed] : open_types(*op, *row))
      if (allowed.contains(DType::kComplex128)) complex.set(name, DType::kComplex128);
    if (row->complex && complex.get<DType>("T") == DType::kComplex128 && op->find_kernel(case_attrs(*row, complex)) != nullptr)
      check(*op, *row, complex, Feeding::kKnownShapes);
  }
}

INSTANTIATE_TEST_SUITE_P(All, OpGradient, ::testing::ValuesIn(rows_by_op()), [](const auto& info) { return std::string(info.param.op); });

TEST(OpGradients, AllAreChecked) {
  std::set<std::string_view> rows;
  for (const OpCase& row : op_cases())
    if (row.differentiable && !row.large) rows.insert(row.op);
  for (const OpDef* op : OpRegistry::standard().all()) {
    if (!is_checked(*op)) continue;
    EXPECT_TRUE(rows.contains(op->name)) << op->name << " has a gradient that nothing checks: add a row to op_cases_*.cc";
  }
}

TEST(OpGradients, OnlyThoseThatExistAreExcused) {
  for (const auto& [name, why] : not_checked()) {
    const OpDef* op = OpRegistry::standard().find(name);
    EXPECT_TRUE(op != nullptr && op->gradient.function() != nullptr) << name << " has no gradient function: strike it from the list";
  }
}

}  // namespace
}  // namespace weft
