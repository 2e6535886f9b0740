// The state behind a variable, resource or ref style.
#pragma once

#include <mutex>
#include <string>

#include "weft/kernel/resource.h"
#include "weft/tensor/tensor.h"

namespace weft {

// A mutable tensor. Lock `mutex` for every access to `value`. Readers copy the handle (sharing memory); a writer updates in place
// only while `value.unique()`, else it clones first, so that a value once read stays as it was (resource variables' rule).
class VariableResource : public Resource {
 public:
  VariableResource(std::string name, std::string container, DType dtype, PartialShape shape, std::string made_at = {})
      : name(std::move(name)), container(std::move(container)), dtype(dtype), shape(std::move(shape)), made_at(std::move(made_at)) {}
  std::string type_name() const override { return "Var"; }

  // Constant after construction.
  const std::string name;
  const std::string container;
  const DType dtype;
  const PartialShape shape;
  const std::string made_at;  // "model.cc:12", for messages; may be empty

  std::mutex mutex;
  Tensor value;              // guarded by mutex; invalid() while uninitialised
  bool initialized = false;  // guarded by mutex

  // A consistent handle on the current value; FailedPrecondition in TensorFlow's words when uninitialised.
  absl::Status read(Tensor* out);
  // `value` for writing in place: makes it unique first. Requires `mutex` held and `initialized`.
  absl::Status make_unique();
  absl::Status uninitialized_error() const;
};

}  // namespace weft
