// CRC-32C (Castagnoli), the checksum of TFRecord files and checkpoints. RFC 3720, appendix B.4.
#pragma once

#include <cstdint>
#include <string_view>

namespace weft {

// Of `bytes` following data whose checksum is `before`; crc32c(b, crc32c(a)) is that of a and b together.
uint32_t crc32c(std::string_view bytes, uint32_t before = 0);

// Files keep checksums rotated and offset, lest a checksum of data that holds checksums turn out degenerate.
constexpr uint32_t mask_crc(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }
constexpr uint32_t unmask_crc(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8u;
  return (rotated >> 17) | (rotated << 15);
}

}  // namespace weft
