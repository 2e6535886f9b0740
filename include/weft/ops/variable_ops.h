// Variables: making them, setting them to their initial values, asking about them. Assigning is Variable's own business
// (weft/graph/variable.h); assign and scatter functions stand here for those who prefer TensorFlow's spelling.
//
//   Variable w = variable(graph, truncated_normal(graph, {784, 10}), {.name = "w"});
//   Operation init = global_variables_initializer(graph);
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "weft/ops/constant.h"
#include "weft/ops/op_builder.h"

namespace weft {

struct VariableOptions {
  std::string name = {};                                     // "Variable"
  DType dtype = DType::kInvalid;                             // kInvalid: the initial value's
  DeclaredShape shape = DeclaredShape::unknown();            // of what the variable may hold; omitted: the initial value's shape
  bool trainable = true;                                     // joins the collection trainable_variables
  std::optional<std::vector<std::string>> collections = {};  // none: {"variables"}
  std::function<Output(const Output&)> constraint = {};      // applied by optimizers after each update
  bool validate_shape = true;                                // false: the variable may take values of any shape
  std::optional<bool> use_resource = {};                     // none: as the graph says
};

// A variable with TF1's nodes: its handle `name`, `name/Initializer/…`, `name/IsInitialized/VarIsInitializedOp`, `name/Assign`,
// `name/Read/ReadVariableOp`. It has no value in a session until its initializer has run.
//
// The initial value is an Output of the graph, a literal, a Tensor, or a callable `Output(Graph&)` that is called inside the scope
// `name/Initializer`. Errors: a value whose dtype is not `dtype`, whose shape contradicts `shape`, or, with validate_shape, whose
// shape is not known.
Variable variable(Graph& graph, const Operand& initial_value, VariableOptions options = {}, Loc where = Loc::current());
Variable variable_of_initializer(Graph& graph, const std::function<Output(Graph&)>& initializer, VariableOptions options = {},
                                 Loc where = Loc::current());

template <typename F>
requires std::is_invocable_r_v<Output, F&, Graph&> Variable variable(Graph& graph, F initializer, VariableOptions options = {},
                                                                     Loc where = Loc::current()) {
  return variable_of_initializer(graph, std::function<Output(Graph&)>(std::move(initializer)), std::move(options), where);
}
template <ArithmeticLiteral T> Variable variable(Graph& graph, T initial_value, VariableOptions options = {}, Loc where = Loc::current()) {
  return variable(graph, Operand(initial_value, where), std::move(options), where);
}
// Lists: `variable(graph, {1.0f, 2.0f})`, `variable(graph, {{1.0f, 2.0f}, {3.0f, 4.0f}})`.
template <ArithmeticLiteral T>
Variable variable(Graph& graph, std::initializer_list<T> values, VariableOptions options = {}, Loc where = Loc::current()) {
  return variable(graph, Operand(Tensor::from<T>(values), where), std::move(options), where);
}
template <ArithmeticLiteral T>
Variable variable(Graph& graph, std::initializer_list<std::initializer_list<T>> rows, VariableOptions options = {}, Loc where = Loc::current()) {
  return variable(graph, Operand(Tensor::from<T>(rows), where), std::move(options), where);
}

// --- Initial values --------------------------------------------------------------------------------------------------------------

// An operation that sets all of `variables` to their initial values; does nothing when there are none. `name` "" means "init".
Operation variables_initializer(Graph& graph, absl::Span<const Variable> variables, std::string_view name = "", Loc where = Loc::current());
// For the collection "variables" as it is now: call it after the last variable was made. Optimizers make variables too.
Operation global_variables_initializer(Graph& graph, std::string_view name = "", Loc where = Loc::current());
// For the collection "local_variables".
Operation local_variables_initializer(Graph& graph, std::string_view name = "", Loc where = Loc::current());

// A bool scalar: whether `variable` has a value in the session.
Output is_variable_initialized(const Variable& variable, std::string_view name = "", Loc where = Loc::current());
// The names of those of `variables` that have no value yet, a string vector; of all global and local ones when none are given.
// `name` "" means "report_uninitialized_variables".
Output report_uninitialized_variables(Graph& graph, std::string_view name = "", Loc where = Loc::current());
Output report_uninitialized_variables(Graph& graph, absl::Span<const Variable> variables, std::string_view name = "", Loc where = Loc::current());

// --- Updates and partial reads ---------------------------------------------------------------------------------------------------------------------

// The variable becomes `value`, variable + delta, variable − delta. Same dtype and shape as the variable.
Operation assign(const Variable& variable, const Operand& value, std::string_view name = "", Loc where = Loc::current());
Operation assign_add(const Variable& variable, const Operand& delta, std::string_view name = "", Loc where = Loc::current());
Operation assign_sub(const Variable& variable, const Operand& delta, std::string_view name = "", Loc where = Loc::current());

// variable[indices] = updates, += updates and so on, along the first dimension: indices [i, j] go with updates [i, j, d] for a variable
// [n, d], or with one scalar. Rows named twice are updated twice, in order (scatter_update: the last one stays). InvalidArgument
// "indices[0] = 5 is not in [0, 2)" when the step runs. TF ops ResourceScatterUpdate, ResourceScatterAdd, …
#define WEFT_SCATTER(f) \
  Operation f(const Variable& variable, const Operand& indices, const Operand& updates, std::string_view name = "", Loc where = Loc::current());
WEFT_SCATTER(scatter_update)
WEFT_SCATTER(scatter_add)
WEFT_SCATTER(scatter_sub)
WEFT_SCATTER(scatter_mul)
WEFT_SCATTER(scatter_div)
WEFT_SCATTER(scatter_min)
WEFT_SCATTER(scatter_max)
// The same at positions: rows of `indices` [n, k] name elements or slices of the variable. TF ops ResourceScatterNdUpdate, …
WEFT_SCATTER(scatter_nd_update)
WEFT_SCATTER(scatter_nd_add)
WEFT_SCATTER(scatter_nd_sub)
#undef WEFT_SCATTER

// The rows of a resource variable that `indices` (int32, int64) name, read without reading the rest: [n, d] and [i, j] give [i, j, d].
// InvalidArgument "indices[0] = 5 is not in [0, 2)". Gradient: IndexedSlices. `name` "" means "Gather". TF op ResourceGather.
Output sparse_read(const Variable& variable, const Operand& indices, std::string_view name = "", Loc where = Loc::current());
// The elements or slices at the positions that rows of `indices` [..., k] name. `name` "" means "GatherNd". TF op ResourceGatherNd.
Output gather_nd_read(const Variable& variable, const Operand& indices, std::string_view name = "", Loc where = Loc::current());

// --- Global step -------------------------------------------------------------------------------------------------------------------

// The int64 variable "global_step", in the collection of that name: created (an error when there is one), found (empty when there is
// none), or either.
Variable create_global_step(Graph& graph, Loc where = Loc::current());
Variable get_global_step(Graph& graph);
Variable get_or_create_global_step(Graph& graph, Loc where = Loc::current());

}  // namespace weft
