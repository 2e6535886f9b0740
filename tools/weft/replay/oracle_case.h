// A recorded case: what TensorFlow 1.15.5 computed, or answered with an error. The file format stands in oracle_case.cc.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weft/base/status.h"
#include "weft/formats/variable_def.h"
#include "weft/tensor/tensor.h"

namespace weft::replay {

struct NamedTensor {
  std::string name;
  Tensor value;
};

enum class Check { kExact = 0, kClose = 1, kShapeOnly = 2, kDTypeOnly = 3 };

struct Expected {
  Check check = Check::kExact;
  Tensor tensor;  // without meaningful contents for kShapeOnly, without shape too for kDTypeOnly
  double rtol = 0;
  double atol = 0;
};

struct ExpectedError {
  int code = 0;  // 0: none
  std::string message;
};

struct Step {
  std::vector<NamedTensor> feeds;
  std::vector<std::string> fetches;
  std::vector<std::string> targets;
  std::vector<Expected> expected;
  ExpectedError error;
  int64_t timeout_ms = 0;
  int partial_run = 0;
  bool partial_setup = false;
};

struct ReplayCase {
  std::vector<Step> steps;
};

struct ExpectedSlices {
  Expected indices;
  Expected values;
  Expected dense_shape;
  bool has_dense_shape = false;
};
using ExpectedGradient = std::variant<std::monostate, Expected, ExpectedSlices>;  // monostate: none

struct GradientCase {
  std::vector<std::string> ys, xs, grad_ys, stop_gradients;
  bool unconnected_zero = false;
  int aggregation_method = 0;
  bool gate_gradients = false;
  std::vector<Step> before;
  std::vector<NamedTensor> feeds;
  std::vector<ExpectedGradient> expected;
  ExpectedError build_error;
};

struct GradientOfVariable {
  std::string variable, gradient, values, indices, dense_shape;
};
struct ExpectedVariable {
  std::string variable;
  Expected expected;
  bool created = false;
};

struct OptimizerCase {
  std::string optimizer;
  std::string arguments;  // JSON
  std::vector<GradientOfVariable> gradients;
  std::string loss;
  std::vector<std::string> var_list;
  std::string global_step;
  int gate_gradients = 0;
  int aggregation_method = 0;
  std::vector<Step> before;
  int steps = 0;
  std::vector<NamedTensor> feeds;
  std::vector<std::vector<ExpectedVariable>> after;
  ExpectedError build_error;
};

struct OracleCase {
  std::string id;
  std::string graph_def;
  std::variant<ReplayCase, GradientCase, OptimizerCase> kind;
  std::vector<std::string> ops;
  int cpu_devices = 1;
  bool allow_soft_placement = false;
  int64_t operation_timeout_ms = 0;
  std::vector<std::string> cond_contexts;   // CondContextDef
  std::vector<std::string> while_contexts;  // WhileContextDef
  std::vector<VariableDef> variables;
};

// DataLoss or InvalidArgument for bytes that are no case.
absl::StatusOr<OracleCase> parse_case(std::string_view bytes);

}  // namespace weft::replay
