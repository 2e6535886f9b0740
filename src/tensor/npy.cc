// The format (numpy.lib.format):
//
//   file    := "\x93NUMPY" major minor length header data
//   major, minor := one byte each
//   length  := uint16 (version 1) or uint32 (2, 3), little endian: of header
//   header  := a Python literal "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" padded with spaces to 64 bytes, "\n"
//   data    := the elements
#include "weft/tensor/npy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

namespace weft {

namespace {

struct TypeCode {
  std::string_view code;  // without the byte order
  DType dtype;
};
constexpr TypeCode kTypeCodes[] = {{"f4", DType::kFloat32},   {"f8", DType::kFloat64},    {"f2", DType::kHalf},   {"i1", DType::kInt8},
                                   {"i2", DType::kInt16},     {"i4", DType::kInt32},      {"i8", DType::kInt64},  {"u1", DType::kUInt8},
                                   {"u2", DType::kUInt16},    {"u4", DType::kUInt32},     {"u8", DType::kUInt64}, {"b1", DType::kBool},
                                   {"c8", DType::kComplex64}, {"c16", DType::kComplex128}};

constexpr std::string_view kMagic("\x93NUMPY", 6);

absl::Status file_error(std::string_view what, const std::string& path) { return not_found("cannot ", what, " ", path, ": ", std::strerror(errno)); }

// The text after `'key':` in the header.
absl::StatusOr<std::string_view> field(std::string_view header, std::string_view key) {
  const size_t at = header.find(str_cat("'", key, "'"));
  if (at == std::string_view::npos) return invalid_argument("the header has no '", key, "'");
  const size_t colon = header.find(':', at);
  if (colon == std::string_view::npos) return invalid_argument("the header is malformed at '", key, "'");
  std::string_view rest = header.substr(colon + 1);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  return rest;
}

absl::StatusOr<Shape> parse_shape(std::string_view text) {
  if (text.empty() || text.front() != '(') return invalid_argument("the header's shape is no tuple");
  std::vector<int64_t> dims;
  int64_t number = -1;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      if (number > (int64_t{1} << 58)) return invalid_argument("the header's shape is too large");
      number = (number < 0 ? 0 : number * 10) + (c - '0');
    } else if (c == ',' || c == ')') {
      if (number >= 0) dims.push_back(number);
      number = -1;
      if (c == ')') return Shape::make(dims);
    } else if (c != ' ' && c != 'L') {
      break;
    }
  }
  return invalid_argument("the header's shape is malformed");
}

void swap_bytes(char* data, size_t count, size_t size) {
  for (size_t i = 0; i < count; ++i) std::reverse(data + i * size, data + (i + 1) * size);
}

// Elements in Fortran order, as C order.
Tensor from_fortran(const Tensor& tensor) {
  const size_t size = dtype_size(tensor.dtype());
  Tensor out(tensor.dtype(), tensor.shape());
  const auto* from = static_cast<const char*>(tensor.raw_data());
  auto* to = static_cast<char*>(out.raw_data());
  std::vector<int64_t> index(static_cast<size_t>(tensor.rank()), 0);
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    int64_t offset = 0;
    for (int d = tensor.rank() - 1; d >= 0; --d) offset = offset * tensor.dim(d) + index[static_cast<size_t>(d)];
    std::memcpy(to + static_cast<size_t>(i) * size, from + static_cast<size_t>(offset) * size, size);
    for (int d = tensor.rank() - 1; d >= 0 && ++index[static_cast<size_t>(d)] == tensor.dim(d); --d) index[static_cast<size_t>(d)] = 0;
  }
  return out;
}

absl::StatusOr<Tensor> parse(std::string_view file) {
  if (file.size() < 10 || file.substr(0, 6) != kMagic) return invalid_argument("it is no .npy file");
  const int major = static_cast<unsigned char>(file[6]);
  if (major < 1 || major > 3) return invalid_argument("its format version is ", major, "; 1 to 3 are known");
  const size_t length_bytes = major == 1 ? 2 : 4;
  if (file.size() < 8 + length_bytes) return data_loss("the file ends in its header");
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) length |= static_cast<size_t>(static_cast<unsigned char>(file[8 + i])) << (8 * i);
  if (file.size() - 8 - length_bytes < length) return data_loss("the file ends in its header");
  const std::string_view header = file.substr(8 + length_bytes, length);
  const std::string_view data = file.substr(8 + length_bytes + length);

  WEFT_ASSIGN_OR_RETURN(const std::string_view descr, field(header, "descr"));
  WEFT_ASSIGN_OR_RETURN(const std::string_view order, field(header, "fortran_order"));
  WEFT_ASSIGN_OR_RETURN(const std::string_view dims, field(header, "shape"));
  const size_t close = descr.size() < 2 ? std::string_view::npos : descr.find('\'', 1);
  if (descr.empty() || descr.front() != '\'' || close == std::string_view::npos || close < 3)
    return invalid_argument("its dtype is not a plain one: ", descr.substr(0, 40));
  const std::string_view code = descr.substr(2, close - 2);
  const TypeCode* type = std::find_if(std::begin(kTypeCodes), std::end(kTypeCodes), [&](const TypeCode& t) { return t.code == code; });
  if (type == std::end(kTypeCodes)) return invalid_argument("its dtype '", descr.substr(1, close - 1), "' has no counterpart here");
  WEFT_ASSIGN_OR_RETURN(const Shape shape, parse_shape(dims));
  const size_t size = dtype_size(type->dtype);
  if (static_cast<size_t>(shape.num_elements()) > data.size() / size)
    return data_loss("it should hold ", shape.num_elements(), " elements, but ends after ", data.size() / size);
  WEFT_ASSIGN_OR_RETURN(Tensor tensor, Tensor::make(type->dtype, shape));
  if (tensor.num_bytes() > 0) std::memcpy(tensor.raw_data(), data.data(), tensor.num_bytes());
  if (descr[1] == '>') {
    const size_t unit = is_complex(type->dtype) ? size / 2 : size;
    swap_bytes(static_cast<char*>(tensor.raw_data()), tensor.num_bytes() / unit, unit);
  }
  if (type->dtype == DType::kBool)
    for (auto& byte : std::span<uint8_t>(static_cast<uint8_t*>(tensor.raw_data()), tensor.num_bytes())) byte = byte != 0;
  return order.substr(0, 4) == "True" ? from_fortran(tensor) : tensor;
}

std::string npy_header(const Tensor& tensor, std::string_view code) {
  std::string dims;
  for (int i = 0; i < tensor.rank(); ++i)
    str_append(dims, tensor.dim(i), i + 1 < tensor.rank() || tensor.rank() == 1 ? "," : "", i + 1 < tensor.rank() ? " " : "");
  const char order = dtype_size(tensor.dtype()) == 1 ? '|' : '<';
  std::string header = str_cat("{'descr': '", std::string(1, order), code, "', 'fortran_order': False, 'shape': (", dims, "), }");
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  return header + "\n";
}

absl::Status write_whole(const std::string& path, std::string_view head, std::string_view data) {
  const std::string temporary = str_cat(path, ".", ::getpid(), ".tmp");
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return file_error("create", temporary);
  bool written = true;
  for (std::string_view part : {head, data}) {
    while (written && !part.empty()) {
      const ssize_t n = ::write(fd, part.data(), part.size());
      written = n > 0;
      if (written) part.remove_prefix(static_cast<size_t>(n));
    }
  }
  written = written && ::fsync(fd) == 0;
  written = ::close(fd) == 0 && written;
  if (written && std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const absl::Status error = file_error("write", path);
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace

absl::Status write_npy(const std::string& path, const Tensor& tensor) {
  const TypeCode* type = std::find_if(std::begin(kTypeCodes), std::end(kTypeCodes), [&](const TypeCode& t) { return t.dtype == tensor.dtype(); });
  if (type == std::end(kTypeCodes)) return invalid_argument("NumPy has no dtype for ", dtype_name(tensor.dtype()), ": ", path, " was not written");
  const std::string header = npy_header(tensor, type->code);
  if (header.size() > 65535) return invalid_argument("the shape does not fit a .npy header: ", path, " was not written");
  std::string head(kMagic);
  head += '\x01';
  head += '\x00';
  head += static_cast<char>(header.size() & 255);
  head += static_cast<char>(header.size() >> 8);
  return write_whole(path, head + header, {static_cast<const char*>(tensor.raw_data()), tensor.num_bytes()});
}

absl::StatusOr<Tensor> read_npy(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return file_error("open", path);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  absl::StatusOr<Tensor> tensor = parse(file);
  if (!tensor.ok()) return annotate(tensor.status(), str_cat("cannot read ", path, ": "));
  return tensor;
}

}  // namespace weft
