// The element types that are C++ objects: ResourceHandle (dtype resource) and Variant (dtype variant).
#pragma once

#include <any>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weft/tensor/dtype.h"
#include "weft/tensor/shape.h"

namespace weft {

class Resource;  // weft/kernel/resource.h

// Names a piece of session state: a variable, a table, a queue. The value of a VarHandleOp.
class ResourceHandle {
 public:
  std::string device;
  std::string container;
  std::string name;
  std::string type_name;               // what kind of resource: "Var", "HashTable"
  std::shared_ptr<Resource> resource;  // the state itself once it is known, so that kernels need no look-up
  DType dtype = DType::kInvalid;       // of a variable, where known
  PartialShape shape;
};

// Any C++ value as one element of a tensor: tensor lists, optionals. `type_name` is TensorFlow's, used by its files.
class Variant {
 public:
  std::string type_name;
  std::any value;
};

}  // namespace weft
