// Making slot variables, and how long they live.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "weft/build/variable_scope.h"
#include "weft/graph/graph.h"

namespace weft {

// A variable beside `primary`, not trained: "w/Adam" for the variable w; the second one "w/Adam_1", and so on. TensorFlow makes it in a
// variable scope of that default name, inside the scope in force: "train/w/Adam".
Variable make_slot(const Variable& primary, std::string_view op_name, GetVariableOptions options);
// The same for a tensor, not placed beside it.
Variable make_slot(const Output& primary, std::string_view op_name, GetVariableOptions options);

// Expires with the graph.
std::weak_ptr<const void> alive(Graph& graph);

}  // namespace weft
