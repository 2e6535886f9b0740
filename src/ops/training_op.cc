#include "src/ops/training_op.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>

#include "weft/graph/node.h"

namespace weft {

namespace {

bool is_gradient(std::string_view input) { return input == "grad" || input == "delta"; }

// An OpDef names its parts by views, and lives as long as the program. Definitions are made by whichever thread needs them first.
std::string_view keep(std::string text) {
  static std::mutex mutex;
  static auto& kept = *new std::deque<std::string>;
  const std::lock_guard<std::mutex> lock(mutex);
  return kept.emplace_back(std::move(text));
}

bool is_scalar_input(std::string_view input) { return !is_gradient(input) && input != "indices"; }

// The op's inputs after the variables, with the indices where the sparse form has them.
std::vector<std::string_view> input_names(const TrainingOp& row, bool sparse) {
  std::vector<std::string_view> names;
  for (const std::string_view input : row.inputs) {
    names.push_back(sparse && is_gradient(input) ? std::string_view("grad") : input);
    if (sparse && is_gradient(input)) names.push_back("indices");
  }
  return names;
}

// Every variable has the gradient's shape; of a sparse gradient, the first dimension goes with the indices.
absl::Status training_shape(ShapeContext& c) {
  const OpDef& op = c.node().op();
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, variable_shape_of(c, 0));
  const bool sparse = std::any_of(op.inputs.begin(), op.inputs.end(), [](const ArgDef& arg) { return arg.name == "indices"; });
  PartialShape indices;
  for (int i = 1; i < c.num_inputs(); ++i) {
    const ArgDef& arg = op.inputs[static_cast<size_t>(i)];
    if (arg.type.fixed == DType::kResource) {
      WEFT_ASSIGN_OR_RETURN(const PartialShape slot, variable_shape_of(c, i));
      WEFT_ASSIGN_OR_RETURN(shape, shape.merge(slot));
    } else if (arg.name == "indices") {
      WEFT_ASSIGN_OR_RETURN(indices, ShapeContext::with_rank(c.input(i), 1));
    } else if (is_scalar_input(arg.name)) {
      WEFT_RETURN_IF_ERROR(ShapeContext::with_rank(c.input(i), 0).status());
    }
  }
  for (int i = 1; i < c.num_inputs(); ++i) {
    if (!is_gradient(op.inputs[static_cast<size_t>(i)].name)) continue;
    PartialShape gradient = c.input(i);
    if (sparse) {
      WEFT_ASSIGN_OR_RETURN(gradient, ShapeContext::with_rank_at_least(gradient, 1));
      if (gradient.known_rank()) {
        if (indices.known_rank()) WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(indices.dim(0), gradient.dim(0)).status());
        gradient.set_dim(0, kUnknownDim);
      }
    }
    WEFT_RETURN_IF_ERROR(shape.merge(gradient).status());
  }
  return absl::OkStatus();
}

absl::Status check_sparse(const TrainingStep& step) {
  const Shape& var = step.variables[0]->value.shape();
  const Tensor& grad = *step.gradient;
  if (var.rank() < 1) return invalid_argument("var must be at least 1 dimensional");
  if (step.indices->rank() != 1) return invalid_argument("indices must be one-dimensional");
  if (grad.rank() != var.rank())
    return invalid_argument("var and grad must have the same rank, got shapes ", var.to_string(), " and ", grad.shape().to_string());
  for (int d = 1; d < var.rank(); ++d) {
    if (var.dim(d) != grad.dim(d))
      return invalid_argument("var and grad must match in dimension ", d, ": shapes ", var.to_string(), " and ", grad.shape().to_string());
  }
  const int64_t rows = step.indices->num_elements();
  if (grad.dim(0) != rows) return invalid_argument("grad must be the same size as indices in the first dimension.");
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t row = row_index(*step.indices, i);
    if (row < 0 || row >= var.dim(0)) return invalid_argument("Index ", row, " at offset ", i, " in indices is out of range");
  }
  return absl::OkStatus();
}

}  // namespace

TrainingInputs training_inputs(const TrainingOp& row, bool sparse) {
  TrainingInputs in;
  in.variables = static_cast<int>(row.variables.size());
  for (const std::string_view variable : row.variables) in.names.emplace_back(variable);
  for (const std::string_view name : input_names(row, sparse)) {
    const int i = static_cast<int>(in.names.size());
    in.names.emplace_back(name);
    if (is_gradient(name)) in.gradient = i;
    else if (name == "indices") in.indices = i;
    else if (name == "global_step") in.global_step = i;
    else in.scalars.push_back(i);
  }
  return in;
}

OpDef training_op_def(const TrainingOp& row, bool sparse) {
  OpDef def{.name = keep(str_cat("Resource", sparse ? "Sparse" : "", row.name)), .shape = training_shape, .gradient = NoGradientDefined{}};
  for (const std::string_view variable : row.variables) def.inputs.push_back({variable, DType::kResource});
  for (const std::string_view name : input_names(row, sparse)) {
    if (name == "indices") def.inputs.push_back({name, type_attr("Tindices")});
    else if (name == "global_step") def.inputs.push_back({name, DType::kInt64});
    else def.inputs.push_back({name, type_attr("T")});
  }
  def.attrs.push_back(type_attribute("T", kNumberTypes));
  if (sparse) def.attrs.push_back(type_attribute("Tindices", kIndexTypes));
  def.attrs.push_back(bool_attribute("use_locking", false));
  if (!row.flag.name.empty()) def.attrs.push_back(row.flag);
  def.is_stateful = true;
  def.variable_access = VariableAccess::kReadWrite;
  return def;
}

absl::Status bind_training_step(KernelContext& context, const TrainingInputs& inputs, TrainingStep& step) {
  for (int v = 0; v < inputs.variables; ++v) WEFT_RETURN_IF_ERROR(variable_input(context, v, &step.variables[static_cast<size_t>(v)]));
  for (const int s : inputs.scalars) {
    const Tensor& scalar = context.input(s);
    if (scalar.rank() != 0) return invalid_argument(inputs.names[static_cast<size_t>(s)], " is not a scalar: ", scalar.shape().to_string());
  }
  if (inputs.global_step >= 0) {
    const Tensor& global_step = context.input(inputs.global_step);
    if (global_step.rank() != 0) return invalid_argument("global_step is not a scalar: ", global_step.shape().to_string());
    step.global_step = *global_step.data<int64_t>();
  }
  step.gradient = &context.input(inputs.gradient);
  if (inputs.indices >= 0) step.indices = &context.input(inputs.indices);
  return absl::OkStatus();
}

absl::Status check_training_step(const TrainingInputs& inputs, const TrainingStep& step) {
  const DType dtype = step.gradient->dtype();
  const auto name = [&](int i) { return std::string_view(inputs.names[static_cast<size_t>(i)]); };
  for (int v = 0; v < inputs.variables; ++v) {
    VariableResource& variable = *step.variables[static_cast<size_t>(v)];
    if (!variable.initialized) return invalid_variable_reference(variable);
    if (variable.value.dtype() != dtype) {
      return invalid_argument("variable '", variable.name, "' is of type ", dtype_name(variable.value.dtype()), ", the gradient of ",
                              dtype_name(dtype));
    }
    for (int other = 0; other < v; ++other) {
      if (step.variables[static_cast<size_t>(other)] == &variable)
        return invalid_argument(name(other), " and ", name(v), " are both variable '", variable.name, "'");
    }
    const Shape& shape = step.variables[0]->value.shape();
    if (variable.value.shape() != shape) {
      return invalid_argument("var and ", name(v), " do not have the same shape", shape.to_string(), " ", variable.value.shape().to_string());
    }
  }
  if (step.indices != nullptr) {
    WEFT_RETURN_IF_ERROR(check_sparse(step));
  } else if (step.variables[0]->value.shape() != step.gradient->shape()) {
    return invalid_argument("var and ", name(inputs.gradient), " do not have the same shape", step.variables[0]->value.shape().to_string(), " ",
                            step.gradient->shape().to_string());
  }
  for (int v = 0; v < inputs.variables; ++v) WEFT_RETURN_IF_ERROR(step.variables[static_cast<size_t>(v)]->make_unique());
  return absl::OkStatus();
}

}  // namespace weft
