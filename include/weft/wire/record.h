// TFRecord files: a sequence of byte strings with checksums.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weft/base/status.h"

namespace weft {

// Reads records from bytes in memory, without copying them.
//
//   RecordReader reader(bytes);
//   while (true) {
//     WEFT_ASSIGN_OR_RETURN(const std::optional<std::string_view> record, reader.next());
//     if (!record) break;
//   }
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : bytes_(bytes) {}

  // The next record, or none at the end. DataLoss names the offset when a checksum does not fit or the file ends inside a record.
  absl::StatusOr<std::optional<std::string_view>> next();
  size_t offset() const { return offset_; }

 private:
  std::string_view bytes_;
  size_t offset_ = 0;
};

// Appends `record` to `out` in the file's form.
void append_record(std::string_view record, std::string& out);

// A whole file. NotFound and PermissionDenied name the path.
absl::StatusOr<std::string> read_file(const std::string& path);

}  // namespace weft
