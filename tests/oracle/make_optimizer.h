// An optimizer of a recorded class with recorded arguments.
#pragma once

#include <memory>
#include <string>

#include "weft/train/optimizer.h"

namespace weft::oracle {

// `arguments` is a JSON object of TensorFlow's constructor arguments: numbers, words, {"tensor": "lr:0"}, {"variable": "lr"}.
// InvalidArgument for a class or an argument that weft does not have.
absl::StatusOr<std::unique_ptr<Optimizer>> make_optimizer(Graph& graph, const std::string& type, const std::string& arguments);

}  // namespace weft::oracle
