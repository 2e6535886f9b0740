// The messages, by field number:
//
//   TensorShapeProto := dim=2*  unknown_rank=3          Dim := size=1  name=2
//   TensorProto := dtype=1  tensor_shape=2  version_number=3  tensor_content=4
//                  float_val=5*  double_val=6*  int_val=7*  string_val=8*  scomplex_val=9*  int64_val=10*  bool_val=11*
//                  dcomplex_val=12*  half_val=13*  resource_handle_val=14*  variant_val=15*  uint32_val=16*  uint64_val=17*
//   ResourceHandleProto := device=1  container=2  name=3  hash_code=4  maybe_type_name=5
//
// int_val serves the integers up to 32 bits and the quantised types; half_val holds the 16 bits of half and bfloat16; complex numbers are
// pairs. Fewer values than elements: the last one is repeated; none: zeros. tensor_content is the memory of a little-endian machine; of
// strings, their lengths as varints and then their bytes.
#include "weft/wire/tensor_proto.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "src/wire/message.h"
#include "weft/tensor/handles.h"

namespace weft {

static_assert(std::endian::native == std::endian::little, "tensor_content is read and written as it lies in memory");

namespace {

using protozero::pbf_reader;

// What a TensorProto's value fields hold, by kind.
struct Values {
  std::string_view content;
  bool has_content = false;
  std::vector<float> floats;  // also the parts of complex64
  std::vector<double> doubles;
  std::vector<int64_t> integers;  // int_val, int64_val, bool_val, uint32_val, half_val
  std::vector<uint64_t> unsigned_integers;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> handles;
  bool has_variants = false;
};

absl::Status read_dims(pbf_reader message, Dims& dims, bool& known_rank) {
  while (message.next()) {
    if (message.tag() == 3) {
      known_rank = !message.get_bool();
    } else if (message.tag() == 2) {
      pbf_reader dim = message.get_message();
      int64_t size = 0;
      while (dim.next()) {
        if (dim.tag() == 1) size = dim.get_int64();
        else dim.skip();
      }
      if (dims.size() >= static_cast<size_t>(kMaxRank)) return invalid_argument("a shape has more than ", kMaxRank, " dimensions");
      if (size < -1) return invalid_argument("a shape has a dimension of ", size);
      dims.push_back(size);
    } else {
      message.skip();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ResourceHandle> parse_handle(std::string_view bytes) {
  ResourceHandle handle;
  const absl::Status status = read_message(bytes, "ResourceHandleProto", [&](pbf_reader message) {
    while (message.next()) {
      switch (message.tag()) {
        case 1: handle.device = message.get_string(); break;
        case 2: handle.container = message.get_string(); break;
        case 3: handle.name = message.get_string(); break;
        case 5: handle.type_name = message.get_string(); break;
        default: message.skip();
      }
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return handle;
}

absl::Status read_value_field(pbf_reader& message, Values& values) {
  switch (message.tag()) {
    case 4:
      values.content = view_of(message.get_view());
      values.has_content = true;
      break;
    case 5:
    case 9: read_repeated<float>(message, &pbf_reader::get_packed_float, &pbf_reader::get_float, values.floats); break;
    case 6:
    case 12: read_repeated<double>(message, &pbf_reader::get_packed_double, &pbf_reader::get_double, values.doubles); break;
    case 7:
    case 13: read_repeated<int64_t>(message, &pbf_reader::get_packed_int32, &pbf_reader::get_int32, values.integers); break;
    case 8: values.strings.push_back(view_of(message.get_view())); break;
    case 10: read_repeated<int64_t>(message, &pbf_reader::get_packed_int64, &pbf_reader::get_int64, values.integers); break;
    case 11: read_repeated<int64_t>(message, &pbf_reader::get_packed_bool, &pbf_reader::get_bool, values.integers); break;
    case 14: values.handles.push_back(view_of(message.get_view())); break;
    case 15:
      values.has_variants = true;
      message.skip();
      break;
    case 16: read_repeated<int64_t>(message, &pbf_reader::get_packed_uint32, &pbf_reader::get_uint32, values.integers); break;
    case 17: read_repeated<uint64_t>(message, &pbf_reader::get_packed_uint64, &pbf_reader::get_uint64, values.unsigned_integers); break;
    default: message.skip();
  }
  return absl::OkStatus();
}

// Element `i` of type T from the values of its field.
template <typename T> struct Field {
  static T element(const Values& v, size_t i) {
    if constexpr (requires(T t) { t.value; }) return T{static_cast<decltype(T::value)>(v.integers[i])};  // quantised
    else return static_cast<T>(v.integers[i]);
  }
  static size_t count(const Values& v) { return v.integers.size(); }
};
template <> struct Field<float> {
  static float element(const Values& v, size_t i) { return v.floats[i]; }
  static size_t count(const Values& v) { return v.floats.size(); }
};
template <> struct Field<double> {
  static double element(const Values& v, size_t i) { return v.doubles[i]; }
  static size_t count(const Values& v) { return v.doubles.size(); }
};
template <> struct Field<complex64> {
  static complex64 element(const Values& v, size_t i) { return {v.floats[2 * i], v.floats[2 * i + 1]}; }
  static size_t count(const Values& v) { return v.floats.size() / 2; }
};
template <> struct Field<complex128> {
  static complex128 element(const Values& v, size_t i) { return {v.doubles[2 * i], v.doubles[2 * i + 1]}; }
  static size_t count(const Values& v) { return v.doubles.size() / 2; }
};
template <> struct Field<uint64_t> {
  static uint64_t element(const Values& v, size_t i) { return v.unsigned_integers[i]; }
  static size_t count(const Values& v) { return v.unsigned_integers.size(); }
};
template <> struct Field<std::string> {
  static std::string element(const Values& v, size_t i) { return std::string(v.strings[i]); }
  static size_t count(const Values& v) { return v.strings.size(); }
};
template <typename T> struct BitsField {
  static T element(const Values& v, size_t i) { return std::bit_cast<T>(static_cast<uint16_t>(v.integers[i])); }
  static size_t count(const Values& v) { return v.integers.size(); }
};
template <> struct Field<half> : BitsField<half> {};
template <> struct Field<bfloat16> : BitsField<bfloat16> {};

template <typename T> void fill(const Values& values, Tensor& tensor) {
  const auto elements = static_cast<size_t>(tensor.num_elements());
  const size_t given = std::min(Field<T>::count(values), elements);  // what is too much does not count
  T* out = tensor.data<T>();
  for (size_t i = 0; i < given; ++i) out[i] = Field<T>::element(values, i);
  std::fill(out + given, out + elements, given == 0 ? T() : out[given - 1]);
}

absl::Status fill_handles(const Values& values, Tensor& tensor) {
  if (static_cast<int64_t>(values.handles.size()) > tensor.num_elements()) return invalid_argument("a TensorProto has more handles than elements");
  for (size_t i = 0; i < values.handles.size(); ++i) { WEFT_ASSIGN_OR_RETURN(tensor.data<ResourceHandle>()[i], parse_handle(values.handles[i])); }
  return absl::OkStatus();
}

absl::Status copy_strings(std::string_view content, Tensor& tensor) {
  const char* next = content.data();
  const char* const end = next + content.size();
  std::vector<uint64_t> lengths;
  for (int64_t i = 0; i < tensor.num_elements(); ++i) lengths.push_back(protozero::decode_varint(&next, end));
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] > static_cast<uint64_t>(end - next)) return invalid_argument("tensor_content ends inside a string");
    tensor.data<std::string>()[i].assign(next, lengths[i]);
    next += lengths[i];
  }
  return absl::OkStatus();
}

absl::Status copy_content(std::string_view content, Tensor& tensor) {
  if (tensor.dtype() == DType::kString) return copy_strings(content, tensor);
  if (!is_plain(tensor.dtype())) return invalid_argument("tensor_content cannot hold ", dtype_name(tensor.dtype()));
  if (content.size() != tensor.num_bytes()) {
    return invalid_argument("tensor_content of a TensorProto of ", dtype_name(tensor.dtype()), " ", tensor.shape().to_string(), " has ",
                            content.size(), " bytes instead of ", tensor.num_bytes());
  }
  std::memcpy(tensor.raw_data(), content.data(), content.size());
  if (tensor.dtype() == DType::kBool) {  // a bool's memory may hold 0 and 1 only
    auto* bytes = static_cast<unsigned char*>(tensor.raw_data());
    std::transform(bytes, bytes + content.size(), bytes, [](unsigned char b) { return static_cast<unsigned char>(b != 0); });
  }
  return absl::OkStatus();
}

absl::StatusOr<Tensor> make_tensor(DType dtype, const PartialShape& partial, const Values& values) {
  if (!is_valid(dtype) || is_ref(dtype)) return invalid_argument("a TensorProto has no valid dtype: ", static_cast<int>(dtype));
  if (!partial.fully_defined()) return invalid_argument("the shape ", partial.to_string(), " of a TensorProto is not fully known");
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(partial.dims()));
  if (shape.num_elements() > kMaxTensorBytes / static_cast<int64_t>(dtype_size(dtype))) {
    return resource_exhausted("a TensorProto asks for a tensor of ", shape.to_string(), " ", dtype_name(dtype), ": more than ", kMaxTensorBytes,
                              " bytes");
  }
  if (values.has_variants || dtype == DType::kVariant) return unimplemented("a TensorProto with variants is not implemented");
  WEFT_ASSIGN_OR_RETURN(Tensor tensor, Tensor::make(dtype, shape));
  if (values.has_content && !values.content.empty()) {
    WEFT_RETURN_IF_ERROR(copy_content(values.content, tensor));
  } else if (dtype == DType::kResource) {
    WEFT_RETURN_IF_ERROR(fill_handles(values, tensor));
  } else {
    dispatch<kAllTypes - DTypeSet{DType::kResource, DType::kVariant}>(dtype, [&](auto tag) { fill<typename decltype(tag)::type>(values, tensor); });
  }
  return tensor;
}

std::string serialize_handle(const ResourceHandle& handle) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  out.add_string(1, handle.device);
  out.add_string(2, handle.container);
  out.add_string(3, handle.name);
  out.add_string(5, handle.type_name);
  return bytes;
}

}  // namespace

absl::StatusOr<PartialShape> parse_shape_proto(std::string_view bytes) {
  Dims dims;
  bool known_rank = true;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "TensorShapeProto", [&](pbf_reader message) { return read_dims(message, dims, known_rank); }));
  return known_rank ? PartialShape(absl::Span<const int64_t>(dims)) : PartialShape::unknown();
}

std::string serialize_shape_proto(const PartialShape& shape) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  if (!shape.known_rank()) out.add_bool(3, true);
  for (const int64_t size : shape.dims()) {
    std::string dim;
    protozero::pbf_writer(dim).add_int64(1, size);
    out.add_message(2, dim);
  }
  return bytes;
}

absl::StatusOr<Tensor> parse_tensor_proto(std::string_view bytes) {
  DType dtype = DType::kInvalid;
  PartialShape shape = PartialShape::scalar();
  Values values;
  Tensor tensor;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "TensorProto", [&](pbf_reader message) -> absl::Status {
    while (message.next()) {
      if (message.tag() == 1) {
        const int32_t number = message.get_enum();
        if (number < 0 || number >= kNumDTypes) return invalid_argument("a TensorProto has no valid dtype: ", number);
        dtype = static_cast<DType>(number);
      } else if (message.tag() == 2) {
        WEFT_ASSIGN_OR_RETURN(shape, parse_shape_proto(view_of(message.get_view())));
      } else {
        WEFT_RETURN_IF_ERROR(read_value_field(message, values));
      }
    }
    WEFT_ASSIGN_OR_RETURN(tensor, make_tensor(dtype, shape, values));
    return absl::OkStatus();
  }));
  return tensor;
}

absl::StatusOr<std::string> serialize_tensor_proto(const Tensor& tensor) {
  if (!tensor.valid()) return invalid_argument("an invalid tensor has no TensorProto");
  if (tensor.dtype() == DType::kVariant) return unimplemented("a TensorProto with variants is not implemented");
  std::string bytes;
  protozero::pbf_writer out(bytes);
  out.add_enum(1, static_cast<int32_t>(tensor.dtype()));
  out.add_message(2, serialize_shape_proto(tensor.shape()));
  if (tensor.dtype() == DType::kString) {
    for (const std::string& text : tensor.flat<std::string>()) out.add_bytes(8, text);
  } else if (tensor.dtype() == DType::kResource) {
    for (const ResourceHandle& handle : tensor.flat<ResourceHandle>()) out.add_message(14, serialize_handle(handle));
  } else if (tensor.num_elements() > 0) {
    out.add_bytes(4, static_cast<const char*>(tensor.raw_data()), tensor.num_bytes());
  }
  return bytes;
}

}  // namespace weft
