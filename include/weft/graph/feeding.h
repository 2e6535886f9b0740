// Values that may not be fed, because what was built on them counts on their being computed.
#pragma once

#include "weft/graph/output.h"

namespace weft {

// A run that feeds `value` is refused from now on: "Tensor 'Const:0' may not be fed."
void prevent_feeding(const Output& value);
bool is_feedable(const Output& value);  // false for empty and failed ones

}  // namespace weft
