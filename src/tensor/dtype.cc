#include "weft/tensor/dtype.h"

#include <array>

#include "weft/base/strings.h"
#include "weft/tensor/handles.h"

namespace weft {
namespace {

struct Names {
  std::string_view python;
  std::string_view cc;
  std::string_view proto;
  size_t size;
};

// Indexed by wire number.
constexpr std::array<Names, kNumDTypes> kNames = {{
    {"invalid", "INVALID", "DT_INVALID", 0},
    {"float32", "float", "DT_FLOAT", sizeof(float)},
    {"float64", "double", "DT_DOUBLE", sizeof(double)},
    {"int32", "int32", "DT_INT32", sizeof(int32_t)},
    {"uint8", "uint8", "DT_UINT8", sizeof(uint8_t)},
    {"int16", "int16", "DT_INT16", sizeof(int16_t)},
    {"int8", "int8", "DT_INT8", sizeof(int8_t)},
    {"string", "string", "DT_STRING", sizeof(std::string)},
    {"complex64", "complex64", "DT_COMPLEX64", sizeof(complex64)},
    {"int64", "int64", "DT_INT64", sizeof(int64_t)},
    {"bool", "bool", "DT_BOOL", sizeof(bool)},
    {"qint8", "qint8", "DT_QINT8", sizeof(QInt8)},
    {"quint8", "quint8", "DT_QUINT8", sizeof(QUInt8)},
    {"qint32", "qint32", "DT_QINT32", sizeof(QInt32)},
    {"bfloat16", "bfloat16", "DT_BFLOAT16", sizeof(bfloat16)},
    {"qint16", "qint16", "DT_QINT16", sizeof(QInt16)},
    {"quint16", "quint16", "DT_QUINT16", sizeof(QUInt16)},
    {"uint16", "uint16", "DT_UINT16", sizeof(uint16_t)},
    {"complex128", "complex128", "DT_COMPLEX128", sizeof(complex128)},
    {"float16", "half", "DT_HALF", sizeof(half)},
    {"resource", "resource", "DT_RESOURCE", sizeof(ResourceHandle)},
    {"variant", "variant", "DT_VARIANT", sizeof(Variant)},
    {"uint32", "uint32", "DT_UINT32", sizeof(uint32_t)},
    {"uint64", "uint64", "DT_UINT64", sizeof(uint64_t)},
}};

const Names& names(DType t) { return kNames[is_valid(t) ? static_cast<size_t>(base_dtype(t)) : 0]; }

std::string with_ref(std::string_view name, DType t) { return str_cat(name, is_valid(t) && is_ref(t) ? "_ref" : ""); }

bool strip_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string DTypeSet::to_string() const {
  std::string text;
  for_each([&](DType t) { str_append(text, text.empty() ? "" : ", ", names(t).cc); });
  return text;
}

std::string dtype_name(DType t) { return with_ref(names(t).python, t); }

std::string dtype_cc_name(DType t) { return with_ref(names(t).cc, t); }

DType dtype_from_name(std::string_view name) {
  const bool ref = strip_suffix(name, "_ref") || strip_suffix(name, "_REF");
  for (size_t i = 1; i < kNames.size(); ++i) {
    if (name != kNames[i].python && name != kNames[i].cc && name != kNames[i].proto) continue;
    const DType t = static_cast<DType>(i);
    return ref ? ref_dtype(t) : t;
  }
  return DType::kInvalid;
}

size_t dtype_size(DType t) { return names(t).size; }

}  // namespace weft
