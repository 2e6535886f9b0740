#include "weft/build/variable_scope.h"

#include <map>

#include "weft/ops/variable_ops.h"

namespace weft {

namespace {

// The variable scopes of one graph: what get_variable has made, and the scope in force.
struct VariableStore {
  struct Frame {
    std::string name;
    Reuse reuse = Reuse::kNew;
    Initializer initializer;
    Regularizer regularizer;
    std::function<Output(const Output&)> constraint;
    DType dtype = DType::kFloat32;
  };
  Frame current;
  std::map<std::string, Variable> variables;
  std::map<std::string, int> scope_counts;  // how often a scope was opened, for default names
};

std::string joined(const std::string& scope, std::string_view name) { return scope.empty() ? std::string(name) : str_cat(scope, "/", name); }

Scope enter(Graph& graph, std::string full_name, std::string_view name, VariableScopeOptions options, Loc where) {
  auto& store = graph.extension<VariableStore>();
  VariableStore::Frame previous = store.current;
  VariableStore::Frame& frame = store.current;
  frame.name = std::move(full_name);
  ++store.scope_counts[frame.name];
  // Reuse, once on, stays on in inner scopes.
  if (options.reuse != Reuse::kInherit && !(options.reuse == Reuse::kNew && frame.reuse == Reuse::kReuse)) frame.reuse = options.reuse;
  if (options.initializer) frame.initializer = std::move(options.initializer);
  if (options.regularizer) frame.regularizer = std::move(options.regularizer);
  if (options.constraint) frame.constraint = std::move(options.constraint);
  if (options.dtype != DType::kInvalid) frame.dtype = options.dtype;
  auto names = std::make_shared<std::optional<Scope>>();
  if (options.auxiliary_name_scope && !name.empty()) {
    const Scope location = graph.location_scope(where);
    names->emplace(graph.name_scope(name));
  }
  const std::string entered = names->has_value() ? (*names)->name() : std::string();
  return Scope(
      [&graph, names, previous = std::move(previous)]() mutable {
        names->reset();
        graph.extension<VariableStore>().current = std::move(previous);
      },
      entered);
}

Variable failed_variable(Graph& graph, absl::Status why, Loc where) {
  graph.add_error(std::move(why), where);
  return Variable();
}

absl::Status check_shared(const Variable& variable, const std::string& name, const GetVariableOptions& options) {
  if (options.shape.has_value() && !variable.shape().is_compatible_with(*options.shape)) {
    return invalid_argument("Trying to share variable ", name, ", but specified shape ", options.shape->to_string(), " and found shape ",
                            variable.shape().to_string(), ". It was made at ", variable.location().to_string(), ".");
  }
  if (options.dtype != DType::kInvalid && options.dtype != variable.dtype()) {
    return invalid_argument("Trying to share variable ", name, ", but specified dtype ", dtype_name(options.dtype), " and found dtype ",
                            dtype_name(variable.dtype()), ". It was made at ", variable.location().to_string(), ".");
  }
  return absl::OkStatus();
}

void add_regularization(Graph& graph, const Variable& variable, const std::string& name, const Regularizer& regularizer, Loc where) {
  const Scope location = graph.location_scope(where);
  const Scope colocated = graph.colocate_with(variable.op());
  const Scope scope = graph.name_scope(str_cat(name, "/Regularizer/"));
  const Output loss = regularizer(variable.value(where), where);
  if (loss) graph.add_to_collection(collections::kRegularizationLosses, loss);
}

}  // namespace

Scope variable_scope(Graph& graph, std::string_view name, VariableScopeOptions options, Loc where) {
  const std::string& outer = graph.extension<VariableStore>().current.name;
  return enter(graph, name.empty() ? outer : joined(outer, name), name, std::move(options), where);
}

Scope default_variable_scope(Graph& graph, std::string_view default_name, VariableScopeOptions options, Loc where) {
  auto& store = graph.extension<VariableStore>();
  std::string name(default_name);
  for (int k = 1; store.scope_counts.contains(joined(store.current.name, name)); ++k) name = str_cat(default_name, "_", k);
  const std::string full = joined(store.current.name, name);
  return enter(graph, full, name, std::move(options), where);
}

std::string current_variable_scope(Graph& graph) { return graph.extension<VariableStore>().current.name; }

Variable get_variable(Graph& graph, std::string_view name, GetVariableOptions options, Loc where) {
  auto& store = graph.extension<VariableStore>();
  const VariableStore::Frame frame = store.current;
  const std::string full = joined(frame.name, name);
  const auto existing = store.variables.find(full);
  if (existing != store.variables.end()) {
    if (frame.reuse == Reuse::kNew) {
      return failed_variable(graph,
                             invalid_argument("Variable ", full,
                                              " already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? "
                                              "(Reuse::kReuse, Reuse::kAuto.) It was made at ",
                                              existing->second.location().to_string(), "."),
                             where);
    }
    if (absl::Status s = check_shared(existing->second, full, options); !s.ok()) return failed_variable(graph, s, where);
    return existing->second;
  }
  if (frame.reuse == Reuse::kReuse) {
    return failed_variable(
        graph,
        invalid_argument("Variable ", full,
                         " does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope? "
                         "(Reuse::kAuto.)"),
        where);
  }
  if (!options.shape.has_value()) {
    return failed_variable(
        graph,
        invalid_argument("Shape of a new variable (", full, ") must be fully defined, but instead was <unknown>: give GetVariableOptions::shape."),
        where);
  }
  const DType dtype = options.dtype != DType::kInvalid ? options.dtype : frame.dtype;
  Initializer initializer = options.initializer ? options.initializer : frame.initializer;
  if (!initializer) initializer = is_floating(dtype) ? glorot_uniform_initializer() : zeros_initializer();

  VariableOptions made;
  made.name = full;
  made.dtype = dtype;
  made.trainable = options.trainable;
  if (!options.collections.empty()) made.collections = options.collections;
  made.constraint = options.constraint ? options.constraint : frame.constraint;
  const Scope location = graph.location_scope(where);
  const Variable variable = [&] {
    const Scope free = graph.clear_control_dependencies();
    const Scope root = graph.name_scope("");
    return variable_of_initializer(
        graph, [&](Graph& g) { return initializer(g, *options.shape, dtype, where); }, made, where);
  }();
  if (!variable) return variable;
  store.variables.emplace(full, variable);
  const Regularizer& regularizer = options.regularizer ? options.regularizer : frame.regularizer;
  if (regularizer) add_regularization(graph, variable, full, regularizer, where);
  return variable;
}

}  // namespace weft
