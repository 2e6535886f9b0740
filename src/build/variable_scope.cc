#include "weft/build/variable_scope.h"

#include <map>
#include <set>

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
  std::set<std::string> opened;  // scopes that default names avoid: those opened since the scope around them was last left
};

std::string joined(const std::string& scope, std::string_view name) { return scope.empty() ? std::string(name) : str_cat(scope, "/", name); }

// TensorFlow's rule: whoever leaves a scope frees the default names inside it.
void forget_inner_scopes(VariableStore& store, const std::string& scope) {
  const std::string prefix = scope + "/";
  auto it = store.opened.lower_bound(prefix);
  while (it != store.opened.end() && it->starts_with(prefix)) it = store.opened.erase(it);
}

// `name` is the name scope's; "" opens none, and no variable scope either.
Scope enter(Graph& graph, std::string full_name, std::string_view name, VariableScopeOptions options, Loc where) {
  auto& store = graph.extension<VariableStore>();
  VariableStore::Frame previous = store.current;
  VariableStore::Frame& frame = store.current;
  frame.name = std::move(full_name);
  const bool opens = !name.empty();
  if (opens) store.opened.insert(frame.name);
  // Reuse, once on, stays on in inner scopes.
  if (options.reuse == Reuse::kReuse || options.reuse == Reuse::kAuto) frame.reuse = options.reuse;
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
      [&graph, names, opens, previous = std::move(previous)]() mutable {
        names->reset();
        auto& left = graph.extension<VariableStore>();
        if (opens) forget_inner_scopes(left, left.current.name);
        left.current = std::move(previous);
      },
      entered);
}

Variable failed_variable(Graph& graph, absl::Status why, Loc where) {
  graph.add_error(std::move(why), where);
  return Variable();
}

absl::Status check_shared(const Variable& variable, const std::string& name, const GetVariableOptions& options) {
  if (!variable.shape().is_compatible_with(options.shape.get())) {
    return invalid_argument("Trying to share variable ", name, ", but specified shape ", options.shape.get().to_string(), " and found shape ",
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
  const Output loss = regularizer(variable, where);
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
  for (int k = 1; store.opened.contains(joined(store.current.name, name)); ++k) name = str_cat(default_name, "_", k);
  // The name scope counts for itself.
  return enter(graph, joined(store.current.name, name), default_name, std::move(options), where);
}

std::string current_variable_scope(Graph& graph) { return graph.extension<VariableStore>().current.name; }

namespace {

// Why a variable named `full` may not be made now.
absl::Status check_new(const VariableStore& store, const std::string& full, const GetVariableOptions& options) {
  if (store.current.reuse == Reuse::kReuse) {
    return invalid_argument("Variable ", full,
                            " does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope? "
                            "(Reuse::kAuto.)");
  }
  if (options.initial_value) {
    if (options.shape.known()) return invalid_argument("Variable ", full, ": If initializer is a constant, do not specify shape.");
    return absl::OkStatus();
  }
  const bool initializer_knows = options.initializer && !options.validate_shape;
  if (!options.shape.get().fully_defined() && !initializer_knows) {
    return invalid_argument("Shape of a new variable (", full, ") must be fully defined, but instead was ", options.shape.get().to_string(),
                            ": give GetVariableOptions::shape.");
  }
  return absl::OkStatus();
}

Variable make_new(Graph& graph, const std::string& full, const GetVariableOptions& options, const VariableStore::Frame& frame, Loc where) {
  VariableOptions made;
  made.name = full;
  made.trainable = options.trainable;
  if (!options.collections.empty()) made.collections = options.collections;
  made.constraint = options.constraint ? options.constraint : frame.constraint;
  made.validate_shape = options.validate_shape;
  made.use_resource = options.use_resource;
  const Scope free = graph.clear_control_dependencies();
  const Scope root = graph.name_scope("");
  if (options.initial_value) return variable(graph, options.initial_value, std::move(made), where);
  made.dtype = options.dtype != DType::kInvalid ? options.dtype : frame.dtype;
  Initializer initializer = options.initializer ? options.initializer : frame.initializer;
  if (!initializer) initializer = is_floating(made.dtype) ? glorot_uniform_initializer() : zeros_initializer();
  const PartialShape& shape = options.shape.get();
  const auto initial = [&](Graph& g) { return initializer(g, shape.fully_defined() ? shape.to_shape() : Shape{}, made.dtype, where); };
  return variable_of_initializer(graph, initial, made, where);
}

}  // namespace

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
  if (absl::Status s = check_new(store, full, options); !s.ok()) return failed_variable(graph, s, where);
  const Scope location = graph.location_scope(where);
  const Variable variable = make_new(graph, full, options, frame, where);
  if (!variable) return variable;
  store.variables.emplace(full, variable);
  const Regularizer& regularizer = options.regularizer ? options.regularizer : frame.regularizer;
  if (regularizer) add_regularization(graph, variable, full, regularizer, where);
  return variable;
}

}  // namespace weft
