// VariableDef := variable_name=1  initializer_name=2  snapshot_name=3  is_resource=5  initial_value_name=6  trainable=7 …
#include "weft/formats/variable_def.h"

#include "src/ops/resource_variable_kind.h"
#include "src/wire/message.h"

namespace weft {

absl::StatusOr<VariableDef> parse_variable_def(std::string_view bytes) {
  VariableDef def;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "VariableDef", [&](protozero::pbf_reader message) {
    while (message.next()) {
      switch (message.tag()) {
        case 1: def.variable = message.get_string(); break;
        case 2: def.initializer = message.get_string(); break;
        case 3: def.snapshot = message.get_string(); break;
        case 5: def.is_resource = message.get_bool(); break;
        case 6: def.initial_value = message.get_string(); break;
        case 7: def.trainable = message.get_bool(); break;
        default: message.skip();
      }
    }
    return absl::OkStatus();
  }));
  return def;
}

absl::StatusOr<Variable> import_variable(Graph& graph, const VariableDef& def) {
  if (!def.is_resource) return unimplemented("variable '", def.variable, "': ref variables are not implemented");
  WEFT_ASSIGN_OR_RETURN(const Output handle, graph.get_tensor_by_name(def.variable));
  const Node& node = *handle.node();
  if (handle.dtype() != DType::kResource || !node.attrs().has("dtype") || !node.attrs().has("shape")) {
    return invalid_argument("'", def.variable, "' is no variable's handle: ", node.describe());
  }
  auto state = std::make_shared<VariableState>();
  state->kind = &resource_variable_kind();
  state->handle = handle;
  state->dtype = node.attr<DType>("dtype");
  state->shape = node.attr<PartialShape>("shape");
  state->trainable = def.trainable;
  const auto tensor = [&](const std::string& name) { return graph.get_tensor_by_name(name).value_or(Output()); };
  if (!def.snapshot.empty()) state->snapshot = tensor(def.snapshot);
  if (!def.initial_value.empty()) state->initial_value = tensor(def.initial_value);
  if (!def.initializer.empty()) state->initializer = graph.get_operation_by_name(def.initializer).value_or(Operation());
  const Variable variable(std::move(state));
  graph.register_variable(variable);
  return variable;
}

}  // namespace weft
