#include "src/ops/variable_access.h"

#include <algorithm>
#include <typeinfo>

#include "weft/tensor/handles.h"

namespace weft {

namespace {

// A handle that came without its variable, fed by the program or read from a tensor: found by name.
absl::Status look_up(KernelContext& context, const ResourceHandle& handle, VariableResource** out) {
  const std::string_view container = handle.container == "localhost" ? std::string_view() : std::string_view(handle.container);
  WEFT_ASSIGN_OR_RETURN(const std::shared_ptr<VariableResource> found, context.resources().lookup<VariableResource>(container, handle.name));
  *out = found.get();  // the session's resources keep it
  return absl::OkStatus();
}

constexpr std::string_view kInitialize =
    " has no value yet: run global_variables_initializer(graph), built after the last variable was made, in this session first.";

}  // namespace

absl::Status missing_variable(const VariableResource& variable) {
  return not_found("Resource ", variable.container.empty() ? "localhost" : variable.container, "/", variable.name,
                   "/N10tensorflow3VarE does not exist. Variable '", variable.name, "'", kInitialize);
}

absl::Status invalid_variable_reference(const VariableResource& variable) {
  return internal("Invalid variable reference. Variable '", variable.name, "'", kInitialize);
}

absl::Status variable_input(KernelContext& context, int i, VariableResource** out) {
  const Tensor& input = context.input(i);
  if (input.dtype() != DType::kResource || input.num_elements() != 1)
    return invalid_argument("input ", i, " must be one resource handle, got ", input.describe());
  const ResourceHandle& handle = *input.data<ResourceHandle>();
  Resource* resource = handle.resource.get();
  if (resource == nullptr) return look_up(context, handle, out);
  if (typeid(*resource) == typeid(VariableResource)) {  // a pointer comparison, where dynamic_cast walks the type's bases
    *out = static_cast<VariableResource*>(resource);
    return absl::OkStatus();
  }
  *out = dynamic_cast<VariableResource*>(resource);
  if (*out == nullptr) return invalid_argument("resource '", handle.name, "' is a ", resource->type_name(), ", not a variable");
  return absl::OkStatus();
}

VariableLocks::VariableLocks(std::span<VariableResource* const> variables) {
  for (VariableResource* variable : variables) {
    const auto end = locked_.begin() + static_cast<ptrdiff_t>(count_);
    if (count_ < locked_.size() && std::find(locked_.begin(), end, variable) == end) locked_[count_++] = variable;
  }
  std::sort(locked_.begin(), locked_.begin() + static_cast<ptrdiff_t>(count_), std::less<>());
  for (size_t i = 0; i < count_; ++i) locked_[i]->mutex.lock();
}

VariableLocks::~VariableLocks() {
  while (count_ > 0) locked_[--count_]->mutex.unlock();
}

absl::StatusOr<PartialShape> variable_shape_of(ShapeContext& c, int i, DType dtype) {
  const HandleInfo* info = c.input_handle(i);
  if (info == nullptr) return PartialShape::unknown();
  if (dtype != DType::kInvalid && info->dtype != DType::kInvalid && info->dtype != dtype) {
    return invalid_argument("Trying to read variable with wrong dtype. Expected ", dtype_cc_name(info->dtype), " got ", dtype_cc_name(dtype));
  }
  return info->shape;
}

}  // namespace weft
