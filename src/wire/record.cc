// The format, all numbers little-endian:
//
//   file   := record*
//   record := length:u64  masked_crc32c(length):u32  data:byte[length]  masked_crc32c(data):u32
#include "weft/wire/record.h"

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "weft/wire/crc32c.h"

namespace weft {

namespace {

constexpr size_t kHeader = 12;
constexpr size_t kFooter = 4;

template <typename T> T read_little(std::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

template <typename T> void append_little(T value, std::string& out) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

bool fits(std::string_view data, std::string_view stored) { return crc32c(data) == unmask_crc(read_little<uint32_t>(stored)); }

}  // namespace

absl::StatusOr<std::optional<std::string_view>> RecordReader::next() {
  const std::string_view rest = bytes_.substr(offset_);
  if (rest.empty()) return std::optional<std::string_view>();
  if (rest.size() < kHeader) return data_loss("truncated record at ", offset_, ": ", rest.size(), " bytes are left, a header takes ", kHeader);
  if (!fits(rest.substr(0, 8), rest.substr(8, 4))) return data_loss("corrupted record at ", offset_, ": the checksum of its length does not fit");
  const auto length = read_little<uint64_t>(rest);
  if (length > rest.size() - kHeader || rest.size() - kHeader - length < kFooter) {
    return data_loss("truncated record at ", offset_, ": it has ", length, " bytes, ", rest.size() - kHeader, " are left");
  }
  const std::string_view data = rest.substr(kHeader, length);
  if (!fits(data, rest.substr(kHeader + length, 4))) return data_loss("corrupted record at ", offset_, ": the checksum of its data does not fit");
  offset_ += kHeader + length + kFooter;
  return std::optional<std::string_view>(data);
}

void append_record(std::string_view record, std::string& out) {
  std::string length;
  append_little<uint64_t>(record.size(), length);
  out += length;
  append_little<uint32_t>(mask_crc(crc32c(length)), out);
  out += record;
  append_little<uint32_t>(mask_crc(crc32c(record)), out);
}

absl::StatusOr<std::string> read_file(const std::string& path) {
  const auto failed = [&](int error) -> absl::Status {
    const std::string what = str_cat("cannot read '", path, "': ", std::strerror(error));
    if (error == ENOENT || error == ENOTDIR) return not_found(what);
    if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(what);
    return failed_precondition(what);
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return failed(errno);
  std::string bytes;
  char block[1 << 16];
  while (const size_t n = std::fread(block, 1, sizeof block, file.get())) bytes.append(block, n);
  if (std::ferror(file.get())) return failed(errno);
  return bytes;
}

}  // namespace weft
