// Optimizers by the name of their Python class.
#pragma once

#include <memory>
#include <string>

#include "weft/graph/graph.h"
#include "weft/train/optimizer.h"

namespace weft::replay {

// `arguments`: a JSON object of the constructor's arguments, {"learning_rate": 0.1} or {"learning_rate": {"tensor": "lr:0"}}. Unimplemented for a
// class or an argument that weft does not have.
absl::StatusOr<std::unique_ptr<Optimizer>> make_optimizer(const std::string& class_name, const std::string& arguments, Graph& graph);

}  // namespace weft::replay
