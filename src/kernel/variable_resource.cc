#include "weft/kernel/variable_resource.h"

namespace weft {

absl::Status VariableResource::read(Tensor* out) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (!initialized) return uninitialized_error();
  *out = value;
  return absl::OkStatus();
}

absl::Status VariableResource::make_unique() {
  if (value.unique()) return absl::OkStatus();
  Tensor copy = value.clone();
  if (!copy.valid()) return resource_exhausted("no memory to update variable '", name, "' of ", value.num_bytes(), " bytes");
  value = std::move(copy);
  return absl::OkStatus();
}

absl::Status VariableResource::uninitialized_error() const {
  return failed_precondition("Error while reading resource variable ", name, " from Container: ", container.empty() ? "localhost" : container,
                             ". This could mean that the variable was uninitialized.", made_at.empty() ? "" : " It was made at ", made_at,
                             made_at.empty() ? "" : ".",
                             " Run global_variables_initializer(graph) in this session first, an operation built after the variable was made: one "
                             "built before, say before minimize() made slots, does not set it.");
}

}  // namespace weft
