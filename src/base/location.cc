#include "weft/base/location.h"

#include "weft/base/strings.h"

namespace weft {

std::string Location::to_string() const {
  if (!known()) return "unknown location";
  return str_cat(file, ":", line);
}

}  // namespace weft
