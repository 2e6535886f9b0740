// Ops that only move elements do not care what the bits mean: they work on unsigned integers of an element's size, so that five
// instantiations and the three object types serve every dtype.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "weft/tensor/tensor.h"

namespace weft {

struct Bytes16 {
  uint64_t low;
  uint64_t high;
};

// Calls f with the type to move elements of `dtype` as; false without a call when `dtype` is none.
template <typename F> bool dispatch_storage(DType dtype, F&& f) {
  switch (base_dtype(dtype)) {
    case DType::kString: f(std::type_identity<std::string>{}); return true;
    case DType::kResource: f(std::type_identity<ResourceHandle>{}); return true;
    case DType::kVariant: f(std::type_identity<Variant>{}); return true;
    default: break;
  }
  switch (dtype_size(base_dtype(dtype))) {
    case 1: f(std::type_identity<uint8_t>{}); return true;
    case 2: f(std::type_identity<uint16_t>{}); return true;
    case 4: f(std::type_identity<uint32_t>{}); return true;
    case 8: f(std::type_identity<uint64_t>{}); return true;
    case 16: f(std::type_identity<Bytes16>{}); return true;
    default: return false;
  }
}

}  // namespace weft
