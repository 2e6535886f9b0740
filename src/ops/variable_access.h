// How the kernels of variable ops reach the variables that their handle inputs name.
#pragma once

#include <array>
#include <span>

#include "weft/graph/shape_context.h"
#include "weft/kernel/kernel_context.h"
#include "weft/kernel/variable_resource.h"

namespace weft {

// The variable behind handle input `i`: no look-up, the handle carries it. InvalidArgument when the input names something else.
absl::Status variable_input(KernelContext& context, int i, VariableResource** out);

// The variable becomes input 1, whose memory it takes over where nobody else needs it. InvalidArgument for another dtype.
absl::Status assign_input(KernelContext& context, VariableResource& variable);

// TensorFlow's two answers when an op that updates finds no value, with what to do. Reads have VariableResource::read's.
absl::Status missing_variable(const VariableResource& variable);            // NotFound
absl::Status invalid_variable_reference(const VariableResource& variable);  // Internal, of the optimizers' updates

// Locks up to four variables, each once, always in the order of their addresses, so that kernels that name the same variables in
// other orders cannot wait for each other.
class VariableLocks {
 public:
  explicit VariableLocks(std::span<VariableResource* const> variables);
  ~VariableLocks();
  VariableLocks(const VariableLocks&) = delete;
  VariableLocks& operator=(const VariableLocks&) = delete;

 private:
  std::array<VariableResource*, 4> locked_{};
  size_t count_ = 0;
};

// For shape functions: the shape of the variable behind handle input `i`, unknown when the graph does not know it. With `dtype`,
// InvalidArgument when the variable is of another one.
absl::StatusOr<PartialShape> variable_shape_of(ShapeContext& c, int i, DType dtype = DType::kInvalid);

}  // namespace weft
