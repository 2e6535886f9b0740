#include "weft/base/status.h"

namespace weft {

absl::Status annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  return absl::Status(status.code(), str_cat(prefix, message(status)));
}

}  // namespace weft
