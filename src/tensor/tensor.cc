#include "weft/tensor/tensor.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <ostream>

#include "weft/base/strings.h"

namespace weft {
namespace {

// Element types that are C++ objects: their buffer constructs and destroys them.
constexpr DTypeSet kObjectTypes = {DType::kString, DType::kResource, DType::kVariant};

template <typename T> void destroy_objects(Buffer* buffer) {
  std::destroy_n(static_cast<T*>(buffer->data()), buffer->size() / sizeof(T));
  Buffer::free(buffer);
}

// Bytes of `shape` elements; empty when they cannot be counted.
std::optional<size_t> byte_size(DType dtype, const Shape& shape) {
  size_t bytes = 0;
  if (shape.num_elements() == Shape::kTooManyElements) return std::nullopt;
  if (__builtin_mul_overflow(static_cast<size_t>(shape.num_elements()), dtype_size(dtype), &bytes)) return std::nullopt;
  return bytes;
}

// Memory for `bytes` bytes of elements, objects constructed; null when there is none.
Buffer* allocate_elements(DType dtype, size_t bytes) {
  if (is_plain(dtype)) return Buffer::allocate(bytes);
  Buffer* buffer = nullptr;
  dispatch<kObjectTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    buffer = Buffer::allocate(bytes, destroy_objects<T>);
    if (buffer != nullptr) std::uninitialized_value_construct_n(static_cast<T*>(buffer->data()), bytes / sizeof(T));
  });
  return buffer;
}

template <typename T> bool same_element(const T& a, const T& b) {
  if constexpr (dtype_of<T> == DType::kResource) {
    return a.device == b.device && a.container == b.container && a.name == b.name && a.type_name == b.type_name && a.resource == b.resource;
  } else if constexpr (dtype_of<T> == DType::kVariant) {
    return &a == &b || (!a.value.has_value() && !b.value.has_value() && a.type_name == b.type_name);
  } else if constexpr (kComplexTypes.contains(dtype_of<T>)) {
    return same_element(a.real(), b.real()) && same_element(a.imag(), b.imag());
  } else if constexpr (kFloatTypes.contains(dtype_of<T>)) {
    return a == b || (a != a && b != b);
  } else {
    return a == b;
  }
}

}  // namespace

Tensor::Tensor(DType dtype, const Shape& shape) {
  dtype = base_dtype(dtype);
  if (!is_valid(dtype)) return;
  const auto bytes = byte_size(dtype, shape);
  if (!bytes) return;
  Buffer* buffer = allocate_elements(dtype, *bytes);
  if (buffer == nullptr) return;
  buffer_ = BufferRef::adopt(buffer);
  data_ = buffer->data();
  shape_ = shape;
  dtype_ = dtype;
}

absl::StatusOr<Tensor> Tensor::make(DType dtype, const Shape& shape) {
  if (!is_valid(dtype)) return invalid_argument("A tensor needs a valid dtype, got number ", static_cast<int>(dtype));
  WEFT_RETURN_IF_ERROR(Shape::make(shape.dims()).status());
  Tensor tensor(dtype, shape);
  if (tensor.valid()) return tensor;
  return resource_exhausted("OOM when allocating tensor with shape", shape.to_string(), " and type ", dtype_cc_name(base_dtype(dtype)));
}

Tensor Tensor::zeros(DType dtype, const Shape& shape) {
  Tensor tensor(dtype, shape);
  if (tensor.valid() && is_plain(dtype)) std::memset(tensor.data_, 0, tensor.num_bytes());
  return tensor;
}

Tensor Tensor::reshaped(const Shape& shape) const {
  if (!valid() || shape.num_elements() != num_elements()) return Tensor();
  return Tensor(dtype_, shape, buffer_, data_);
}

Tensor Tensor::slice(int64_t begin, int64_t end) const {
  if (!valid() || rank() < 1 || begin < 0 || begin > end || end > dim(0)) return Tensor();
  const size_t row_bytes = dim(0) == 0 ? 0 : num_bytes() / static_cast<size_t>(dim(0));
  Shape shape = shape_;
  shape.set_dim(0, end - begin);
  return Tensor(dtype_, shape, buffer_, static_cast<char*>(data_) + static_cast<size_t>(begin) * row_bytes);
}

Tensor Tensor::row(int64_t i) const {
  if (!valid() || rank() < 1 || i < 0 || i >= dim(0)) return Tensor();
  Tensor row = slice(i, i + 1);
  row.shape_.remove_dim(0);
  return row;
}

Tensor Tensor::bitcast(DType dtype, const Shape& shape) const {
  if (!valid() || !weft::is_valid(dtype) || !is_plain(dtype) || !is_plain(dtype_)) return Tensor();
  if (byte_size(base_dtype(dtype), shape) != num_bytes()) return Tensor();
  return Tensor(base_dtype(dtype), shape, buffer_, data_);
}

Tensor Tensor::clone() const {
  Tensor copy(dtype_, shape_);
  if (!copy.valid()) return copy;
  if (is_plain(dtype_)) {
    if (num_bytes() > 0) std::memcpy(copy.data_, data_, num_bytes());
    return copy;
  }
  dispatch<kObjectTypes>(dtype_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    std::copy_n(data<T>(), num_elements(), copy.data<T>());
  });
  return copy;
}

std::string Tensor::describe() const { return str_cat("Tensor(", dtype_name(dtype_), ", ", shape_.to_string(), ")"); }

bool equal(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || !(a.shape() == b.shape())) return false;
  if (a.raw_data() == b.raw_data()) return true;
  bool same = true;
  dispatch<kAllTypes>(a.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto x = a.flat<T>();
    const auto y = b.flat<T>();
    for (size_t i = 0; same && i < x.size(); ++i) same = same_element(x[i], y[i]);
  });
  return same;
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return out << tensor.to_string(); }

}  // namespace weft
