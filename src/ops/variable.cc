// variable(): the nodes of a resource variable, named as TensorFlow names them.
#include <algorithm>

#include "src/ops/resource_variable_kind.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

Variable failed_variable(Graph& graph) {
  auto state = std::make_shared<VariableState>();
  state->kind = &resource_variable_kind();
  state->handle = Output::failed(&graph);
  return Variable(std::move(state));
}

Variable fail(Graph& graph, absl::Status error, Loc where) {
  graph.add_error(std::move(error), where);
  return failed_variable(graph);
}

// TensorFlow's attribute scope: what the initialiser makes stands with the variable, unless it has a place of its own.
void colocate_new_nodes(Graph& graph, int first, const std::string& group) {
  for (int id = first; id < graph.num_nodes(); ++id) {
    Node* node = graph.node(id);
    if (!node->attrs().has("_class")) graph.set_attr(node, "_class", std::vector<std::string>{group});
  }
}

// What the handle promises of the variable's values.
absl::StatusOr<PartialShape> variable_shape(const VariableOptions& options, const Output& initial) {
  if (options.shape.known()) {
    const PartialShape& declared = options.shape.get();
    if (options.validate_shape && !declared.is_compatible_with(initial.shape())) {
      return invalid_argument("the initial value of shape ", initial.shape().to_string(), " does not fit the shape ", declared.to_string());
    }
    return declared;
  }
  if (!options.validate_shape) return PartialShape::unknown();
  if (!initial.shape().known_rank()) {
    return invalid_argument("initial_value must have a shape specified: ", initial.describe(), ". Give .shape, or .validate_shape = false");
  }
  return initial.shape();
}

void add_to_collections(Graph& graph, const Variable& variable, const VariableOptions& options) {
  std::vector<std::string> names = options.collections.value_or(std::vector<std::string>{std::string(collections::kGlobalVariables)});
  const std::string trainable(collections::kTrainableVariables);
  if (options.trainable && std::find(names.begin(), names.end(), trainable) == names.end()) names.push_back(trainable);
  for (const std::string& name : names) graph.add_to_collection(name, variable);
}

// Everything but the initial value, inside the scope `scope` ("x/"), which is also the handle's name.
Variable build(Graph& graph, const Scope& scope, const Output& initial, const VariableOptions& options, Loc where) {
  const std::string name = scope.name().substr(0, scope.name().size() - 1);
  const std::string group = str_cat("loc:@", name);
  auto state = std::make_shared<VariableState>();
  state->kind = &resource_variable_kind();
  state->initial_value = initial;
  state->dtype = base_dtype(initial.dtype());
  state->trainable = options.trainable;
  state->constraint = options.constraint;
  const absl::StatusOr<PartialShape> shape = variable_shape(options, initial);
  if (!shape.ok()) return fail(graph, annotate(shape.status(), str_cat("variable '", name, "': ")), where);
  state->shape = *shape;

  const int before = graph.num_nodes();
  state->handle = OpBuilder(graph, var_handle_op(), scope.name(), where)
                      .attr("dtype", state->dtype)
                      .attr("shape", state->shape)
                      .attr("shared_name", name)
                      .attr("container", graph.current_container())
                      .output();
  colocate_new_nodes(graph, before, group);
  {
    const auto inner = graph.name_scope("IsInitialized");
    state->is_initialized = OpBuilder(graph, var_is_initialized_op(), "", where).input(state->handle).output();
  }
  {
    const auto inner = graph.name_scope("Assign");
    const auto anywhere = graph.colocate_with(Operation(), true);
    state->initializer = OpBuilder(graph, assign_variable_op(), inner.name(), where).input(state->handle).input(initial).operation();
  }
  {
    const auto inner = graph.name_scope("Read");
    state->snapshot = OpBuilder(graph, read_variable_op(), "", where).input(state->handle).attr("dtype", state->dtype).output();
  }
  if (!state->snapshot || !state->initializer) return failed_variable(graph);
  Variable made(std::move(state));
  graph.register_variable(made);
  add_to_collections(graph, made, options);
  return made;
}

// `initial` is called inside `name/Initializer` and gives the initial value.
template <typename F> Variable make_variable(Graph& graph, const VariableOptions& options, Loc where, F initial) {
  if (!options.use_resource.value_or(graph.use_resource_variables())) {
    return fail(graph,
                unimplemented("variable '", options.name.empty() ? "Variable" : options.name,
                              "': ref variables (VariableV2) are not implemented; "
                              "use a graph with use_resource_variables, or .use_resource = true"),
                where);
  }
  const auto location = graph.location_scope(where);
  const auto unconditional = graph.clear_control_dependencies();  // TensorFlow's init_scope: a variable belongs to no step's order
  const auto scope = graph.name_scope(options.name.empty() ? "Variable" : options.name);
  if (scope.name().empty()) return failed_variable(graph);
  Output value;
  const int before = graph.num_nodes();
  {
    const auto inner = graph.name_scope("Initializer");
    value = initial();
  }
  colocate_new_nodes(graph, before, str_cat("loc:@", scope.name().substr(0, scope.name().size() - 1)));
  if (value.failed()) return failed_variable(graph);
  if (!value || value.graph() != &graph) {
    return fail(graph,
                invalid_argument("variable '", scope.name(), "': the initial value ",
                                 value ? value.describe() : std::string("is an empty Output, it"), " is not in ", graph.describe()),
                where);
  }
  if (options.dtype != DType::kInvalid && base_dtype(value.dtype()) != options.dtype) {
    return fail(graph,
                invalid_argument("variable '", scope.name(), "' of type ", dtype_name(options.dtype), " cannot start from ", value.describe(),
                                 "; cast it first"),
                where);
  }
  return build(graph, scope, value, options, where);
}

}  // namespace

Variable variable(Graph& graph, const Operand& initial_value, VariableOptions options, Loc where) {
  if (initial_value.failed()) return failed_variable(graph);
  return make_variable(graph, options, where, [&] { return convert(initial_value, &graph, options.dtype, "initial_value", where); });
}

Variable variable_of_initializer(Graph& graph, const std::function<Output(Graph&)>& initializer, VariableOptions options, Loc where) {
  if (!initializer) return fail(graph, invalid_argument("variable '", options.name, "': the initializer is an empty function"), where);
  return make_variable(graph, options, where, [&] { return initializer(graph); });
}

}  // namespace weft
