// variable_scope and get_variable: variables by name, shared where asked. TF1's tf.variable_scope and tf.get_variable.
//
//   auto tower = variable_scope(graph, "tower", {.initializer = glorot_uniform_initializer(1)});
//   Variable w = get_variable(graph, "w", {.shape = {784, 10}});        // "tower/w"
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/build/initializers.h"
#include "weft/build/regularizers.h"
#include "weft/graph/graph.h"

namespace weft {

// kNew: a name that exists is an error; kReuse: one that does not exist is; kAuto: neither. kInherit: as the scope around, which kNew
// does not undo either.
enum class Reuse { kInherit, kNew, kReuse, kAuto };

// What get_variable inside the scope takes when it is not told otherwise.
struct VariableScopeOptions {
  Reuse reuse = Reuse::kInherit;
  Initializer initializer = {};
  Regularizer regularizer = {};
  std::function<Output(const Output&)> constraint = {};
  DType dtype = DType::kInvalid;
  bool auxiliary_name_scope = true;  // false: open no name scope
};

// Variables made inside are named "name/…", and a name scope of that name is opened. "" opens no new scope but changes the defaults.
Scope variable_scope(Graph& graph, std::string_view name, VariableScopeOptions options = {}, Loc where = Loc::current());
// As variable_scope, with `default_name` made unique among the variable scopes: for layers that users do not name.
Scope default_variable_scope(Graph& graph, std::string_view default_name, VariableScopeOptions options = {}, Loc where = Loc::current());
// The name of the scope in force, "" at the root.
std::string current_variable_scope(Graph& graph);

struct GetVariableOptions {
  DeclaredShape shape = DeclaredShape::unknown();  // not needed where an existing variable is reused, or a value is given
  DType dtype = DType::kInvalid;                   // the scope's, else float32
  Initializer initializer = {};                    // the scope's, else glorot_uniform for floating-point types and zeros for others
  Output initial_value = {};                       // in place of shape, dtype and initializer
  Regularizer regularizer = {};                    // adds its loss to collection regularization_losses
  bool trainable = true;
  std::vector<std::string> collections = {};  // {"variables"} when empty
  std::function<Output(const Output&)> constraint = {};
  bool validate_shape = true;             // false: an initial value of unknown shape will do, and an initializer that needs no shape
  std::optional<bool> use_resource = {};  // none: as the graph says
};

// The variable of that name in the current scope, made when the scope's reuse allows it. Errors, in TensorFlow's words, for a name
// that exists already (with the line that made it), one that does not under reuse, and another shape or dtype.
Variable get_variable(Graph& graph, std::string_view name, GetVariableOptions options = {}, Loc where = Loc::current());

}  // namespace weft
