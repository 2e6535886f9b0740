// Strides, windows and dilations as programs give them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

// Makes one number, or (rows, columns), the four numbers that the attributes hold. False, with an error in the graph, for other
// lengths.
inline bool complete_window_list(Graph* graph, std::vector<int64_t>& values, std::string_view format, std::string_view what, Loc where) {
  if (values.size() == 4) return true;
  if (values.empty()) values = {1};
  if (values.size() == 1) values.push_back(values.front());
  if (values.size() != 2) {
    if (graph != nullptr) graph->add_error(invalid_argument(what, " should be of length 1, 2 or 4 but was ", values.size()), where);
    return false;
  }
  if (format.starts_with("NC")) {
    values = {1, 1, values[0], values[1]};
  } else {
    values = {1, values[0], values[1], 1};
  }
  return true;
}

}  // namespace weft
