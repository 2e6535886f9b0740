#include "tensor_proto.h"

#include <algorithm>
#include <cstring>

namespace weft::oracle {

namespace {

std::string text(protozero::data_view bytes) { return {bytes.data(), bytes.size()}; }

// The typed fields of a TensorProto, those of all integers together.
struct TypedValues {
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int64_t> integers;
  std::vector<std::string> strings;
};

template <typename T, typename Range> void append(std::vector<T>& to, const Range& range) {
  for (const auto value : range) to.push_back(static_cast<T>(value));
}

template <typename T> const auto& source_of(const TypedValues& values) {
  if constexpr (std::is_same_v<T, std::string>) return values.strings;
  else if constexpr (std::is_same_v<T, float>) return values.floats;
  else if constexpr (std::is_same_v<T, double>) return values.doubles;
  else return values.integers;
}

// Element `i` of the field, or the last one.
template <typename T, typename Source> T element(const Source& source, size_t i) {
  if (source.empty()) return T();
  const auto& value = source[std::min(i, source.size() - 1)];
  if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) return T::from_bits(static_cast<uint16_t>(value));
  else return static_cast<T>(value);
}

void fill(Tensor& tensor, const TypedValues& values) {
  constexpr DTypeSet kTypes = kRealNumberTypes | DTypeSet{DType::kBool, DType::kString};
  dispatch<kTypes>(tensor.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    size_t i = 0;
    for (T& out : tensor.flat<T>()) out = element<T>(source_of<T>(values), i++);
  });
  const auto complex_of = [&](auto zero, const auto& parts) {
    using T = decltype(zero);
    size_t i = 0;
    for (T& out : tensor.flat<T>()) {
      const size_t at = std::min(2 * i++, parts.size() < 2 ? 0 : parts.size() - 2);
      if (parts.size() >= 2) out = T(parts[at], parts[at + 1]);
    }
  };
  if (tensor.dtype() == DType::kComplex64) complex_of(complex64(), values.floats);
  if (tensor.dtype() == DType::kComplex128) complex_of(complex128(), values.doubles);
}

}  // namespace

PartialShape read_shape(protozero::data_view bytes) {
  std::vector<int64_t> dims;
  protozero::pbf_reader shape(bytes);
  while (shape.next()) {
    if (shape.tag() == 2) {
      protozero::pbf_reader dim(shape.get_view());
      int64_t size = 0;
      while (dim.next()) {
        if (dim.tag() == 1) size = dim.get_int64();
        else dim.skip();
      }
      dims.push_back(size);
    } else if (shape.tag() == 3 && shape.get_bool()) {
      return PartialShape::unknown();
    } else if (shape.tag() != 3) {
      shape.skip();
    }
  }
  return PartialShape(absl::Span<const int64_t>(dims));
}

Tensor read_tensor(protozero::data_view bytes) {
  DType dtype = DType::kInvalid;
  PartialShape shape = PartialShape::scalar();
  std::string content;
  TypedValues values;
  protozero::pbf_reader tensor(bytes);
  while (tensor.next()) {
    switch (tensor.tag()) {
      case 1: dtype = static_cast<DType>(tensor.get_enum()); break;
      case 2: shape = read_shape(tensor.get_view()); break;
      case 4: content = tensor.get_bytes(); break;
      case 5:
      case 9: append(values.floats, tensor.get_packed_float()); break;
      case 6:
      case 12: append(values.doubles, tensor.get_packed_double()); break;
      case 7:
      case 13: append(values.integers, tensor.get_packed_int32()); break;
      case 8: values.strings.push_back(tensor.get_bytes()); break;
      case 10: append(values.integers, tensor.get_packed_int64()); break;
      case 11: append(values.integers, tensor.get_packed_bool()); break;
      case 16: append(values.integers, tensor.get_packed_uint32()); break;
      case 17: append(values.integers, tensor.get_packed_uint64()); break;
      default: tensor.skip();
    }
  }
  if (!is_valid(dtype) || !shape.fully_defined()) return Tensor();
  Tensor read = Tensor::zeros(dtype, shape.to_shape());
  if (content.empty()) fill(read, values);
  else if (content.size() == read.num_bytes()) std::memcpy(read.raw_data(), content.data(), content.size());
  else return Tensor();
  return read;
}

namespace {

AttrValue read_list(protozero::data_view bytes, AttrType type) {
  std::vector<std::string> strings;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  std::vector<bool> bools;
  std::vector<DType> types;
  std::vector<PartialShape> shapes;
  protozero::pbf_reader list(bytes);
  while (list.next()) {
    switch (list.tag()) {
      case 2: strings.push_back(list.get_bytes()); break;
      case 3: append(ints, list.get_packed_int64()); break;
      case 4: append(floats, list.get_packed_float()); break;
      case 5: append(bools, list.get_packed_bool()); break;
      case 6: append(types, list.get_packed_enum()); break;
      case 7: shapes.push_back(read_shape(list.get_view())); break;
      default: list.skip();
    }
  }
  switch (type) {
    case AttrType::kListInt: return ints;
    case AttrType::kListFloat: return floats;
    case AttrType::kListBool: return bools;
    case AttrType::kListType: return types;
    case AttrType::kListShape: return shapes;
    default: return strings;
  }
}

}  // namespace

AttrValue read_attr(protozero::data_view bytes, AttrType type) {
  AttrValue value;
  protozero::pbf_reader attr(bytes);
  while (attr.next()) {
    switch (attr.tag()) {
      case 1: value = read_list(attr.get_view(), type); break;
      case 2: value = text(attr.get_view()); break;
      case 3: value = attr.get_int64(); break;
      case 4: value = attr.get_float(); break;
      case 5: value = attr.get_bool(); break;
      case 6: value = static_cast<DType>(attr.get_enum()); break;
      case 7: value = read_shape(attr.get_view()); break;
      case 8: value = read_tensor(attr.get_view()); break;
      default: attr.skip();
    }
  }
  return value;
}

}  // namespace weft::oracle
