// Cases recorded from TensorFlow 1.15.5: a graph, what was done with it, and what TensorFlow answered.
//
//   file = { u64 length, u32 checksum of it, byte data[length], u32 checksum of data }…    (TFRecord)
//   data = a protobuf message Case; its fields stand in case.cc, as in data/oracle/case.proto
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weft/tensor/tensor.h"

namespace weft::oracle {

struct Expected {
  enum class Check { kExact, kClose, kShapeOnly, kDTypeOnly };
  Check check = Check::kExact;
  Tensor tensor;
  double rtol = 0;
  double atol = 0;
};

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

struct Error {
  int code = 0;  // as absl::StatusCode
  std::string message;
};

struct Step {
  std::vector<NamedTensor> feeds;
  std::vector<std::string> fetches;
  std::vector<std::string> targets;
};

struct SlicesResult {
  Expected indices;
  Expected values;
  std::optional<Expected> dense_shape;
};
// One of the three; none of them: the gradient is absent.
struct GradientResult {
  std::optional<Expected> dense;
  std::optional<SlicesResult> slices;
};

struct GradientCase {
  std::vector<std::string> ys, xs, grad_ys, stop_gradients;
  bool unconnected_zero = false;
  int aggregation_method = 0;
  bool gate_gradients = false;
  std::vector<Step> before;
  std::vector<NamedTensor> feeds;
  std::vector<GradientResult> expected;
  std::optional<Error> build_error;
};

struct GradientOf {
  std::string variable;
  std::string gradient;  // dense
  std::string values, indices, dense_shape;
};
struct VariableValue {
  std::string variable;
  Expected expected;
  bool created = false;  // by the optimizer
};

struct OptimizerCase {
  std::string type;  // "MomentumOptimizer"
  std::string arguments;
  std::vector<GradientOf> gradients;
  std::string loss;
  std::vector<std::string> var_list;
  std::string global_step;
  int gate_gradients = 0;
  int aggregation_method = 0;
  std::vector<Step> before;
  int steps = 0;
  std::vector<NamedTensor> feeds;
  std::vector<std::vector<VariableValue>> after;
  std::optional<Error> build_error;
};

struct Case {
  std::string id;
  std::string graph_def;
  std::vector<std::string> variables;  // serialised VariableDefs
  std::optional<GradientCase> gradient;
  std::optional<OptimizerCase> optimizer;
};

// The cases of a file; empty when it cannot be read.
std::vector<Case> read_cases(const std::string& path);
// The .tfrecord files of a folder, sorted.
std::vector<std::string> case_files(const std::string& folder);

// How `got` differs from what is expected; "" when it does not.
std::string difference(const Expected& expected, const Tensor& got);

}  // namespace weft::oracle
