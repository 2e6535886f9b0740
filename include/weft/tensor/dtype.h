// DType: TensorFlow 1.15's element types, their C++ types, names and sizes.
#pragma once

#include <complex>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "weft/tensor/half.h"

namespace weft {

// Values are TensorFlow's wire numbers (types.proto). A reference type, the output of a ref variable, is its base type + 100.
// clang-format off
enum class DType : uint8_t {
  kInvalid = 0,
  kFloat32 = 1, kFloat64 = 2, kInt32 = 3, kUInt8 = 4, kInt16 = 5, kInt8 = 6, kString = 7, kComplex64 = 8, kInt64 = 9, kBool = 10,
  kQInt8 = 11, kQUInt8 = 12, kQInt32 = 13, kBFloat16 = 14, kQInt16 = 15, kQUInt16 = 16, kUInt16 = 17, kComplex128 = 18, kHalf = 19,
  kResource = 20, kVariant = 21, kUInt32 = 22, kUInt64 = 23,
  kFloat = kFloat32, kDouble = kFloat64,
};
// clang-format on

inline constexpr int kRefOffset = 100;
inline constexpr int kNumDTypes = 24;  // valid base types are 1 .. kNumDTypes-1

constexpr bool is_ref(DType t) { return static_cast<int>(t) > kRefOffset; }
constexpr DType base_dtype(DType t) { return is_ref(t) ? static_cast<DType>(static_cast<int>(t) - kRefOffset) : t; }
constexpr DType ref_dtype(DType t) { return is_ref(t) ? t : static_cast<DType>(static_cast<int>(t) + kRefOffset); }
constexpr bool is_valid(DType t) {
  const int b = static_cast<int>(base_dtype(t));
  return b > 0 && b < kNumDTypes;
}

// Quantised integers: distinct types with the layout of their storage.
// clang-format off
struct QInt8 { int8_t value; friend bool operator==(QInt8, QInt8) = default; };
struct QUInt8 { uint8_t value; friend bool operator==(QUInt8, QUInt8) = default; };
struct QInt16 { int16_t value; friend bool operator==(QInt16, QInt16) = default; };
struct QUInt16 { uint16_t value; friend bool operator==(QUInt16, QUInt16) = default; };
struct QInt32 { int32_t value; friend bool operator==(QInt32, QInt32) = default; };
// clang-format on
using complex64 = std::complex<float>;
using complex128 = std::complex<double>;
class ResourceHandle;  // weft/tensor/handles.h
class Variant;

// A set of base dtypes, usable in constant expressions.
class DTypeSet {
 public:
  constexpr DTypeSet() = default;
  constexpr DTypeSet(std::initializer_list<DType> types) {
    for (DType t : types) bits_ |= bit(t);
  }
  constexpr DTypeSet(DType t) : bits_(bit(t)) {}  // NOLINT: a type is the set of itself
  constexpr bool contains(DType t) const { return (bits_ & bit(base_dtype(t))) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr DTypeSet operator|(DTypeSet other) const { return DTypeSet(bits_ | other.bits_); }
  constexpr DTypeSet operator&(DTypeSet other) const { return DTypeSet(bits_ & other.bits_); }
  constexpr DTypeSet operator-(DTypeSet other) const { return DTypeSet(bits_ & ~other.bits_); }
  friend constexpr bool operator==(DTypeSet, DTypeSet) = default;
  template <typename F> void for_each(F f) const {
    for (int i = 1; i < kNumDTypes; ++i)
      if (bits_ >> i & 1) f(static_cast<DType>(i));
  }
  std::string to_string() const;  // "float, double"

 private:
  explicit constexpr DTypeSet(uint32_t bits) : bits_(bits) {}
  static constexpr uint32_t bit(DType t) { return 1u << static_cast<int>(t); }

 public:
  uint32_t bits_ = 0;  // public only so that a set can be a template argument
};

// Sets that op definitions share. Names follow TensorFlow's ("numbertype", "realnumbertype").
inline constexpr DTypeSet kFloatTypes = {DType::kHalf, DType::kBFloat16, DType::kFloat32, DType::kFloat64};
inline constexpr DTypeSet kComplexTypes = {DType::kComplex64, DType::kComplex128};
inline constexpr DTypeSet kIntTypes = {DType::kInt8,  DType::kInt16,  DType::kInt32,  DType::kInt64,
                                       DType::kUInt8, DType::kUInt16, DType::kUInt32, DType::kUInt64};
inline constexpr DTypeSet kQuantizedTypes = {DType::kQInt8, DType::kQUInt8, DType::kQInt16, DType::kQUInt16, DType::kQInt32};
inline constexpr DTypeSet kRealNumberTypes = kFloatTypes | kIntTypes;  // TF "realnumbertype"
inline constexpr DTypeSet kNumberTypes = {                             // TF "numbertype"
    DType::kFloat32,   DType::kFloat64,    DType::kInt32, DType::kUInt8,  DType::kInt16,  DType::kInt8,
    DType::kComplex64, DType::kInt64,      DType::kQInt8, DType::kQUInt8, DType::kQInt32, DType::kBFloat16,
    DType::kUInt16,    DType::kComplex128, DType::kHalf,  DType::kUInt32, DType::kUInt64};
inline constexpr DTypeSet kIndexTypes = {DType::kInt32, DType::kInt64};
inline constexpr DTypeSet kAllTypes = kNumberTypes | kQuantizedTypes | DTypeSet{DType::kString, DType::kBool, DType::kResource, DType::kVariant};

constexpr bool is_floating(DType t) { return kFloatTypes.contains(t); }
constexpr bool is_complex(DType t) { return kComplexTypes.contains(t); }
constexpr bool is_integer(DType t) { return kIntTypes.contains(t); }

// TensorFlow's Python name: "float32", "int64", "string"; references end in "_ref".
std::string dtype_name(DType t);
// TensorFlow's C++ name, used in its runtime messages: "float", "double", "int32"; references end in "_ref".
std::string dtype_cc_name(DType t);
// The inverse of either name (also "DT_FLOAT"); kInvalid if unknown.
DType dtype_from_name(std::string_view name);
// Bytes of one element in memory (strings, handles and variants are C++ objects); 0 for kInvalid.
size_t dtype_size(DType t);
// Elements are plain bytes: may be copied with memcpy and need no destructor.
constexpr bool is_plain(DType t) { return base_dtype(t) != DType::kString && base_dtype(t) != DType::kResource && base_dtype(t) != DType::kVariant; }

// C++ type -> DType. Undefined for types that are no tensor element (`long long` is int64 where int64_t is `long`).
template <typename T> struct DTypeOf;
#define WEFT_DTYPE(T, D) \
  template <> struct DTypeOf<T> { static constexpr DType value = DType::D; };
// clang-format off
WEFT_DTYPE(float, kFloat32) WEFT_DTYPE(double, kFloat64) WEFT_DTYPE(int32_t, kInt32) WEFT_DTYPE(uint8_t, kUInt8) WEFT_DTYPE(int16_t, kInt16)
WEFT_DTYPE(int8_t, kInt8) WEFT_DTYPE(std::string, kString) WEFT_DTYPE(complex64, kComplex64) WEFT_DTYPE(int64_t, kInt64) WEFT_DTYPE(bool, kBool)
WEFT_DTYPE(QInt8, kQInt8) WEFT_DTYPE(QUInt8, kQUInt8) WEFT_DTYPE(QInt32, kQInt32) WEFT_DTYPE(bfloat16, kBFloat16) WEFT_DTYPE(QInt16, kQInt16)
WEFT_DTYPE(QUInt16, kQUInt16) WEFT_DTYPE(uint16_t, kUInt16) WEFT_DTYPE(complex128, kComplex128) WEFT_DTYPE(half, kHalf)
WEFT_DTYPE(ResourceHandle, kResource) WEFT_DTYPE(Variant, kVariant) WEFT_DTYPE(uint32_t, kUInt32) WEFT_DTYPE(uint64_t, kUInt64)
WEFT_DTYPE(long long, kInt64) WEFT_DTYPE(unsigned long long, kUInt64)
// clang-format on
#undef WEFT_DTYPE
                        template <typename T>
                        inline constexpr DType dtype_of = DTypeOf<T>::value;

}  // namespace weft
