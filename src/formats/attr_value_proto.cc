// The messages, by field number:
//
//   AttrValue := list=1 | s=2 | i=3 | f=4 | b=5 | type=6 | shape=7 | tensor=8 | placeholder=9 | func=10
//   ListValue := s=2*  i=3*  f=4*  b=5*  type=6*  shape=7*  tensor=8*  func=9*
//   NameAttrList := name=1  attr=2*          entry := key=1  value=2
#include "src/formats/attr_value_proto.h"

#include "src/wire/message.h"
#include "weft/wire/tensor_proto.h"

namespace weft {

namespace {

using protozero::pbf_reader;

absl::StatusOr<DType> dtype_of_number(int32_t number) {
  const int base = number > kRefOffset ? number - kRefOffset : number;
  if (base < 0 || base >= kNumDTypes) return invalid_argument(number, " is no DataType");
  return static_cast<DType>(number);
}

absl::StatusOr<FunctionRef> parse_function_ref(pbf_reader message) {
  FunctionRef ref;
  while (message.next()) {
    if (message.tag() == 1) {
      ref.name = message.get_string();
    } else if (message.tag() == 2) {
      pbf_reader entry = message.get_message();
      std::pair<std::string, std::string> attr;
      while (entry.next()) {
        if (entry.tag() == 1) attr.first = entry.get_string();
        else if (entry.tag() == 2) attr.second = entry.get_bytes();
        else entry.skip();
      }
      ref.attrs.push_back(std::move(attr));
    } else {
      message.skip();
    }
  }
  return ref;
}

template <typename T> std::vector<T>& list_in(AttrValue& value) {
  if (!std::holds_alternative<std::vector<T>>(value)) value = std::vector<T>();
  return std::get<std::vector<T>>(value);
}

absl::Status read_list(pbf_reader message, AttrValue& value) {
  value = std::vector<std::string>();
  while (message.next()) {
    switch (message.tag()) {
      case 2: list_in<std::string>(value).push_back(message.get_bytes()); break;
      case 3: read_repeated<int64_t>(message, &pbf_reader::get_packed_int64, &pbf_reader::get_int64, list_in<int64_t>(value)); break;
      case 4: read_repeated<float>(message, &pbf_reader::get_packed_float, &pbf_reader::get_float, list_in<float>(value)); break;
      case 5: read_repeated<bool>(message, &pbf_reader::get_packed_bool, &pbf_reader::get_bool, list_in<bool>(value)); break;
      case 6: {
        std::vector<int32_t> numbers;
        read_repeated<int32_t>(message, &pbf_reader::get_packed_enum, &pbf_reader::get_enum, numbers);
        for (const int32_t number : numbers) {
          WEFT_ASSIGN_OR_RETURN(const DType dtype, dtype_of_number(number));
          list_in<DType>(value).push_back(dtype);
        }
        break;
      }
      case 7: {
        WEFT_ASSIGN_OR_RETURN(PartialShape shape, parse_shape_proto(view_of(message.get_view())));
        list_in<PartialShape>(value).push_back(std::move(shape));
        break;
      }
      case 8: {
        WEFT_ASSIGN_OR_RETURN(Tensor tensor, parse_tensor_proto(view_of(message.get_view())));
        list_in<Tensor>(value).push_back(std::move(tensor));
        break;
      }
      case 9: {
        WEFT_ASSIGN_OR_RETURN(FunctionRef ref, parse_function_ref(message.get_message()));
        list_in<FunctionRef>(value).push_back(std::move(ref));
        break;
      }
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

absl::Status read_value(pbf_reader message, AttrValue& value, std::string* placeholder) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: WEFT_RETURN_IF_ERROR(read_list(message.get_message(), value)); break;
      case 2: value = message.get_bytes(); break;
      case 3: value = message.get_int64(); break;
      case 4: value = message.get_float(); break;
      case 5: value = message.get_bool(); break;
      case 6: {
        WEFT_ASSIGN_OR_RETURN(const DType dtype, dtype_of_number(message.get_enum()));
        value = dtype;
        break;
      }
      case 7: {
        WEFT_ASSIGN_OR_RETURN(value, parse_shape_proto(view_of(message.get_view())));
        break;
      }
      case 8: {
        WEFT_ASSIGN_OR_RETURN(value, parse_tensor_proto(view_of(message.get_view())));
        break;
      }
      case 9: *placeholder = message.get_string(); break;
      case 10: {
        WEFT_ASSIGN_OR_RETURN(value, parse_function_ref(message.get_message()));
        break;
      }
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

std::string serialize_function_ref(const FunctionRef& ref) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  out.add_string(1, ref.name);
  for (const auto& [key, value] : ref.attrs) {
    protozero::pbf_writer entry(out, 2);
    entry.add_string(1, key);
    entry.add_message(2, value);
  }
  return bytes;
}

// Writes single values with their field numbers in AttrValue; lists use the same ones, but 9 for functions.
class ValueWriter {
 public:
  explicit ValueWriter(protozero::pbf_writer& out, bool in_list = false) : out_(out), in_list_(in_list) {}

  absl::Status operator()(std::monostate) { return absl::OkStatus(); }
  absl::Status operator()(const std::string& v) {
    return done([&] { out_.add_bytes(2, v); });
  }
  absl::Status operator()(int64_t v) {
    return done([&] { out_.add_int64(3, v); });
  }
  absl::Status operator()(float v) {
    return done([&] { out_.add_float(4, v); });
  }
  absl::Status operator()(bool v) {
    return done([&] { out_.add_bool(5, v); });
  }
  absl::Status operator()(DType v) {
    return done([&] { out_.add_enum(6, static_cast<int32_t>(v)); });
  }
  absl::Status operator()(const PartialShape& v) {
    return done([&] { out_.add_message(7, serialize_shape_proto(v)); });
  }
  absl::Status operator()(const Tensor& v) {
    WEFT_ASSIGN_OR_RETURN(const std::string bytes, serialize_tensor_proto(v));
    return done([&] { out_.add_message(8, bytes); });
  }
  absl::Status operator()(const FunctionRef& v) {
    return done([&] { out_.add_message(in_list_ ? 9 : 10, serialize_function_ref(v)); });
  }
  absl::Status operator()(const std::vector<int64_t>& v) {
    return packed([&](auto& list) { list.add_packed_int64(3, v.begin(), v.end()); });
  }
  absl::Status operator()(const std::vector<float>& v) {
    return packed([&](auto& list) { list.add_packed_float(4, v.begin(), v.end()); });
  }
  absl::Status operator()(const std::vector<bool>& v) {
    return packed([&](auto& list) { list.add_packed_bool(5, v.begin(), v.end()); });
  }
  absl::Status operator()(const std::vector<DType>& v) {
    const std::vector<int32_t> numbers = [&] {
      std::vector<int32_t> n;
      for (const DType t : v) n.push_back(static_cast<int32_t>(t));
      return n;
    }();
    return packed([&](auto& list) { list.add_packed_enum(6, numbers.begin(), numbers.end()); });
  }
  template <typename T> absl::Status operator()(const std::vector<T>& values) {
    std::string bytes;
    protozero::pbf_writer list(bytes);
    ValueWriter element(list, /*in_list=*/true);
    for (const T& value : values) WEFT_RETURN_IF_ERROR(element(value));
    out_.add_message(1, bytes);  // an empty list too
    return absl::OkStatus();
  }

 private:
  template <typename F> static absl::Status done(F write) {
    write();
    return absl::OkStatus();
  }
  template <typename F> absl::Status packed(F write) {
    std::string bytes;
    protozero::pbf_writer list(bytes);
    write(list);
    out_.add_message(1, bytes);
    return absl::OkStatus();
  }
  protozero::pbf_writer& out_;
  bool in_list_;
};

}  // namespace

absl::StatusOr<AttrValue> parse_attr_value(std::string_view bytes, std::string* placeholder) {
  AttrValue value;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "AttrValue", [&](pbf_reader message) { return read_value(message, value, placeholder); }));
  return value;
}

absl::StatusOr<std::string> serialize_attr_value(const AttrValue& value) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  ValueWriter writer(out);
  WEFT_RETURN_IF_ERROR(std::visit(writer, value));
  return bytes;
}

void fit_to_type(AttrValue& value, AttrType type) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (list == nullptr || !list->empty()) return;
  switch (type) {
    case AttrType::kListInt: value = std::vector<int64_t>(); break;
    case AttrType::kListFloat: value = std::vector<float>(); break;
    case AttrType::kListBool: value = std::vector<bool>(); break;
    case AttrType::kListType: value = std::vector<DType>(); break;
    case AttrType::kListShape: value = std::vector<PartialShape>(); break;
    case AttrType::kListTensor: value = std::vector<Tensor>(); break;
    case AttrType::kListFunc: value = std::vector<FunctionRef>(); break;
    default: break;
  }
}

}  // namespace weft
