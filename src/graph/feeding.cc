#include "weft/graph/feeding.h"

#include "weft/graph/graph.h"

namespace weft {

void prevent_feeding(const Output& value) {
  if (!value) return;
  const std::lock_guard<std::mutex> lock(value.graph()->mutex());
  value.node()->output_info(value.index()).feedable = false;
}

bool is_feedable(const Output& value) {
  if (!value) return false;
  const std::lock_guard<std::mutex> lock(value.graph()->mutex());
  return value.node()->output_info(value.index()).feedable;
}

}  // namespace weft
