#include "src/gradients/operands.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

Graph* graph_of(const OperandList& operands) {
  for (const Operand& operand : operands) {
    if (Graph* graph = operand.graph()) return graph;
  }
  return nullptr;
}

namespace {

std::string describe(const Operand& operand) {
  if (operand.variable() != nullptr) return str_cat("variable ", operand.variable()->describe());
  return operand.output()->describe();
}

absl::Status check(const Graph& graph, const Operand& operand) {
  if (operand.literal() != nullptr) return invalid_argument("is a constant of the program, not a tensor or variable of the graph");
  if (operand.variable() != nullptr && !*operand.variable()) return invalid_argument("is an empty Variable: it was never assigned");
  if (operand.output() != nullptr && !*operand.output()) return invalid_argument("is an empty Output: it was never assigned");
  if (operand.graph() != &graph)
    return invalid_argument(describe(operand), " belongs to ", operand.graph()->describe(), ", the others to ", graph.describe());
  return absl::OkStatus();
}

}  // namespace

bool belong_to(Graph& graph, const OperandList& operands, std::string_view list, Location call) {
  bool all = true;
  for (size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = operands[i];
    if (operand.output() != nullptr && operand.output()->failed()) {
      all = false;
    } else if (const absl::Status status = check(graph, operand); !status.ok()) {
      graph.add_error(annotate(status, str_cat(list, "[", i, "] ")), call);
      all = false;
    }
  }
  return all;
}

std::vector<Output> differentiation_targets(const OperandList& xs) {
  std::vector<Output> targets;
  for (const Operand& x : xs) targets.push_back(x.variable() != nullptr ? x.variable()->handle() : *x.output());
  return targets;
}

Output zeros_like_value(const Output& x, bool optimize) {
  if (base_dtype(x.dtype()) != DType::kResource) return zeros_like(x, {.optimize = optimize});
  const HandleInfo* handle = x.node()->output_info(x.index()).handle.get();
  const DType dtype = handle != nullptr && handle->dtype != DType::kInvalid ? handle->dtype : DType::kFloat32;
  if (!optimize || handle == nullptr || !handle->shape.fully_defined()) {
    return zeros(OpBuilder(variable_shape_op(), "", Loc::current()).input(x).output(), {.dtype = dtype});
  }
  std::vector<int32_t> dims(handle->shape.dims().begin(), handle->shape.dims().end());
  return zeros(constant(*x.graph(), Tensor::from<int32_t>(dims)), {.dtype = dtype});
}

std::vector<Gradient> failed_gradients(size_t count) {
  return std::vector<Gradient>(count, Gradient::none(AbsentGradient::kFailed, "building it failed: the graph holds the error"));
}

}  // namespace weft
