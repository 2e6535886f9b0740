// The forms for references of ops on resource variables: the same kernels, with the variable's reference as first output.
#pragma once

#include <string_view>

#include "weft/graph/op_def.h"

namespace weft {

struct RefForm {
  std::string_view name;
  std::string_view output = "output_ref";
  bool use_locking = false;  // the attribute's default
};

// The handle inputs become references, the attribute "dtype" becomes "T". Errors of an uninitialised variable become FailedPrecondition
// "Attempting to use uninitialized value x".
OpDef ref_form(const OpDef& resource_op, const RefForm& form);

// "Attempting to use uninitialized value x", of the first of the inputs [0, count) that has none.
absl::Status check_initialized(KernelContext& context, int count);

// The output is the first input's reference, of its shape.
absl::Status ref_shape(ShapeContext& c);

}  // namespace weft
