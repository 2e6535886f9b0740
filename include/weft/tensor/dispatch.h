// dispatch<Set>(dtype, f): from a dtype known at run time to code compiled for its C++ type. Included by tensor.h.
#pragma once

#include <type_traits>
#include <utility>

#include "weft/tensor/dtype.h"
#include "weft/tensor/handles.h"

namespace weft {

namespace dispatch_internal {
template <DTypeSet Set, typename T, typename F> bool try_type(DType dtype, F& f) {
  if constexpr (Set.contains(dtype_of<T>)) {
    if (dtype == dtype_of<T>) {
      f(std::type_identity<T>{});
      return true;
    }
  }
  return false;
}
template <DTypeSet Set, typename F, typename... Ts> bool try_types(DType dtype, F& f) { return (try_type<Set, Ts>(dtype, f) || ...); }
}  // namespace dispatch_internal

template <DTypeSet Set, typename F> bool dispatch(DType dtype, F&& f) {
  return dispatch_internal::try_types<Set, F, float, double, int32_t, int64_t, bool, uint8_t, int8_t, int16_t, uint16_t, uint32_t, uint64_t, half,
                                      bfloat16, complex64, complex128, std::string, QInt8, QUInt8, QInt16, QUInt16, QInt32, ResourceHandle, Variant>(
      dtype, f);
}

}  // namespace weft
