// Tensors as NumPy's .npy files.
#pragma once

#include <string>

#include "weft/tensor/tensor.h"

namespace weft {

// Writes `tensor` (a number or bool dtype NumPy has: not bfloat16 or quantised types, strings, handles) in format 1.0, C order, little
// endian. The file appears whole or not at all: it is written under another name, synced and renamed.
absl::Status write_npy(const std::string& path, const Tensor& tensor);

// Reads a file of format 1.0 to 3.0, C or Fortran order, either byte order. InvalidArgument for what is no such file, DataLoss for a
// truncated one.
absl::StatusOr<Tensor> read_npy(const std::string& path);

}  // namespace weft
