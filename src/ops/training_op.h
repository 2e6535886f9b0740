// The pattern of the optimizers' update ops (ResourceApplyAdam, ResourceSparseApplyMomentum, …): a formula that changes one element of
// a variable and of its slots by one element of a gradient, and the table row that says which inputs feed it.
//
//   template <typename T> struct MomentumRule {
//     static constexpr int kVariables = 2, kCost = 4;
//     explicit MomentumRule(const RuleInputs<T>& in) : lr(in.scalars[0]), momentum(in.scalars[1]) {}
//     void operator()(T& var, T& accum, T g) const { accum = accum * momentum + g; var -= accum * lr; }
//     T lr, momentum;
//   };
//   dense_training_op<MomentumRule>({.name = "ApplyMomentum", .variables = {"var", "accum"}, .inputs = {"lr", "grad", "momentum"}});
//
// Formulas keep TensorFlow's order of operations, which is what makes the values equal to the bit. A step updates in place: the
// variables are locked for its duration, and copied first only while somebody still holds a value read from them.
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "src/ops/variable_access.h"
#include "weft/graph/op_def.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

// A row of the table. `inputs` are those after the variables, in the op's order; "grad" or "delta" is the gradient, "global_step" an
// int64, everything else a scalar. The sparse form takes "indices" after the gradient.
struct TrainingOp {
  std::string_view name;  // of the ref form: the resource form is "Resource" + name
  std::vector<std::string_view> variables;
  std::vector<std::string_view> inputs;
  AttrDef flag = {};             // beside use_locking
  DTypeSet types = kFloatTypes;  // with a kernel
};

// What a rule may look at besides the elements.
template <typename T> struct RuleInputs {
  std::array<T, 6> scalars;  // in the op's order
  int64_t global_step = 0;
  bool flag = false;  // use_nesterov, update_slots
};

// Where a kernel finds its inputs.
struct TrainingInputs {
  int variables = 0;
  int gradient = -1;
  int indices = -1;  // -1: dense
  int global_step = -1;
  std::vector<int> scalars;
  std::vector<std::string> names;  // of all inputs, for messages
};

// Checks and locks what a step works on; the rest of the kernel only computes.
struct TrainingStep {
  std::array<VariableResource*, 4> variables{};
  const Tensor* gradient = nullptr;
  const Tensor* indices = nullptr;
  int64_t global_step = 0;
};
absl::Status bind_training_step(KernelContext& context, const TrainingInputs& inputs, TrainingStep& step);  // variables found, scalars are scalars
absl::Status check_training_step(const TrainingInputs& inputs, const TrainingStep& step);  // with the locks held: shapes; makes values unique

// The op without its kernels.
OpDef training_op_def(const TrainingOp& row, bool sparse);
TrainingInputs training_inputs(const TrainingOp& row, bool sparse);
// Row `i` of the variable that indices[i] names; the indices have been checked.
inline int64_t row_index(const Tensor& indices, int64_t i) {
  return indices.dtype() == DType::kInt32 ? indices.data<int32_t>()[i] : indices.data<int64_t>()[i];
}

template <typename T, size_t N> using Elements = std::array<T*, N>;

// The rule over `n` consecutive elements of every variable. Variables never share memory with each other or the gradient.
template <typename Rule, typename T, size_t N, size_t... I>
void apply_rule(const Rule& shared_rule, const Elements<T, N>& variables, const T* gradient, int64_t n, std::index_sequence<I...>) {
  const Rule rule = shared_rule;  // a local that no store can change
#pragma GCC ivdep
  for (int64_t k = 0; k < n; ++k) rule(variables[I][k]..., gradient[k]);
}

template <typename Rule, typename T>
RuleInputs<T> rule_inputs(const KernelContext& context, const TrainingInputs& inputs, const TrainingStep& step, bool flag) {
  RuleInputs<T> in;
  for (size_t s = 0; s < inputs.scalars.size(); ++s) in.scalars[s] = context.input(inputs.scalars[s]).data<T>()[0];
  in.global_step = step.global_step;
  in.flag = flag;
  return in;
}

template <typename Rule, typename T> Elements<T, static_cast<size_t>(Rule::kVariables)> elements_of(const TrainingStep& step, int64_t offset) {
  Elements<T, static_cast<size_t>(Rule::kVariables)> elements;
  for (size_t v = 0; v < elements.size(); ++v) elements[v] = step.variables[v]->value.template data<T>() + offset;
  return elements;
}

template <template <typename> typename RuleOf, typename T> absl::Status run_dense(KernelContext& context, const TrainingInputs& inputs, bool flag) {
  using Rule = RuleOf<T>;
  TrainingStep step;
  WEFT_RETURN_IF_ERROR(bind_training_step(context, inputs, step));
  const VariableLocks locks(std::span<VariableResource* const>(step.variables.data(), static_cast<size_t>(inputs.variables)));
  WEFT_RETURN_IF_ERROR(check_training_step(inputs, step));
  const Rule rule(rule_inputs<Rule, T>(context, inputs, step, flag));
  const T* gradient = step.gradient->data<T>();
  context.parallel_for(step.gradient->num_elements(), tile_items(Rule::kCost), [&](int64_t begin, int64_t end) {
    apply_rule(rule, elements_of<Rule, T>(step, begin), gradient + begin, end - begin,
               std::make_index_sequence<static_cast<size_t>(Rule::kVariables)>());
  });
  return absl::OkStatus();
}

// Rows in the order of the indices, so that a row named twice is updated twice, in order. Work is cut by columns.
template <template <typename> typename RuleOf, typename T> absl::Status run_sparse(KernelContext& context, const TrainingInputs& inputs, bool flag) {
  using Rule = RuleOf<T>;
  TrainingStep step;
  WEFT_RETURN_IF_ERROR(bind_training_step(context, inputs, step));
  const VariableLocks locks(std::span<VariableResource* const>(step.variables.data(), static_cast<size_t>(inputs.variables)));
  WEFT_RETURN_IF_ERROR(check_training_step(inputs, step));
  const int64_t rows = step.indices->num_elements();
  if (rows == 0) return absl::OkStatus();
  const int64_t columns = step.gradient->num_elements() / rows;
  RuleInputs<T> in = rule_inputs<Rule, T>(context, inputs, step, flag);
  const auto run_rows = [&](const auto& rule) {
    const T* gradient = step.gradient->data<T>();
    context.parallel_for(columns, std::max<int64_t>(64, tile_items(Rule::kCost * rows)), [&](int64_t begin, int64_t end) {
      for (int64_t i = 0; i < rows; ++i) {
        const int64_t offset = row_index(*step.indices, i) * columns + begin;
        apply_rule(rule, elements_of<Rule, T>(step, offset), gradient + i * columns + begin, end - begin,
                   std::make_index_sequence<static_cast<size_t>(Rule::kVariables)>());
      }
    });
  };
  // TensorFlow has a loop of its own for rows of one element, in some ops with another order of operations.
  if constexpr (requires { typename Rule::SingleColumn; }) {
    if (columns == 1) {
      run_rows(typename Rule::SingleColumn(in));
      return absl::OkStatus();
    }
  }
  run_rows(Rule(in));
  return absl::OkStatus();
}

// One op of the table for all its dtypes.
template <template <typename> typename RuleOf, bool kSparse> const OpDef* training_op(const TrainingOp& row) {
  OpDef def = training_op_def(row, kSparse);
  const std::string flag_name(row.flag.name);
  constexpr DTypeSet kTypes = kFloatTypes;
  def.kernels = {{.constraints = {{"T", row.types & kTypes}},
                  .make = [inputs = training_inputs(row, kSparse), flag_name](const KernelInit& init) -> absl::StatusOr<Kernel> {
                    Kernel kernel;
                    const bool flag = init.get<bool>(flag_name);
                    dispatch<kTypes>(init.type("T"), [&](auto tag) {
                      using T = typename decltype(tag)::type;
                      kernel = Kernel([inputs, flag](KernelContext& context) {
                        if constexpr (kSparse) return run_sparse<RuleOf, T>(context, inputs, flag);
                        else return run_dense<RuleOf, T>(context, inputs, flag);
                      });
                    });
                    return kernel;
                  }}};
  return new OpDef(std::move(def));
}

}  // namespace weft
