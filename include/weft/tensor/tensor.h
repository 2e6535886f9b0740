// Tensor: a dtype, a shape and a shared buffer. Copying one is cheap and shares the memory.
//
//   Tensor a = Tensor::from<float>({{1, 2}, {3, 4}});               // shape [2, 2]
//   Tensor v = Tensor::view(frame.data(), {1080, 1920, 3}, [keep = frame_owner] {});    // the host's memory, not copied
//   float x = a.at<float>({1, 0});
//   std::cout << a << "\n";                                         // as NumPy prints
//
// Constness is of the handle, not of the memory: kernels write only to outputs they allocated or own alone.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/tensor/buffer.h"
#include "weft/tensor/dtype.h"
#include "weft/tensor/shape.h"

namespace weft {

class Tensor {
 public:
  // No tensor: dtype kInvalid. Fetching a node that gave no value leaves one of these.
  Tensor() = default;
  // Uninitialised memory for plain dtypes, default-constructed elements else. When memory runs out the tensor is invalid();
  // Tensor::make tells why.
  Tensor(DType dtype, const Shape& shape);
  static absl::StatusOr<Tensor> make(DType dtype, const Shape& shape);  // ResourceExhausted when it does not fit
  // Over an existing buffer, `offset` bytes in. For allocators.
  Tensor(DType dtype, const Shape& shape, BufferRef buffer, void* data) : buffer_(std::move(buffer)), data_(data), shape_(shape), dtype_(dtype) {}

  // A scalar.
  template <typename T> static Tensor scalar_of(const T& value);
  // A vector, or with `shape` (same number of elements, else an invalid tensor) anything.
  template <typename T> static Tensor from(std::span<const T> values);
  template <typename T> static Tensor from(std::span<const T> values, const Shape& shape);
  template <typename T> static Tensor from(const std::vector<T>& values) { return copy_of<T>(values, Shape{static_cast<int64_t>(values.size())}); }
  template <typename T> static Tensor from(const std::vector<T>& values, const Shape& shape) { return copy_of<T>(values, shape); }
  template <typename T> static Tensor from(std::initializer_list<T> values) { return from<T>(std::span<const T>(values.begin(), values.size())); }
  template <typename T> static Tensor from(std::initializer_list<T> values, const Shape& shape) { return copy_of<T>(values, shape); }
  // A matrix, or a tensor of rank 3, from nested lists. Lists of unequal length give an invalid tensor.
  template <typename T> static Tensor from(std::initializer_list<std::initializer_list<T>> rows) { return from_rows<T>(rows); }
  template <typename T> static Tensor from(std::initializer_list<std::initializer_list<std::initializer_list<T>>> matrices);
  template <typename T> static Tensor from(const std::vector<std::vector<T>>& rows) { return from_rows<T>(rows); }
  static Tensor zeros(DType dtype, const Shape& shape);  // strings become empty, numbers 0

  // The host's memory without a copy; any alignment that the type allows. `deleter` runs when the last tensor over it is gone.
  // The memory must stay as it is while a run uses it. Not for strings, handles or variants.
  template <typename T> static Tensor view(T* data, const Shape& shape, std::function<void()> deleter = {});

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  int64_t dim(int i) const { return shape_.dim(i); }
  int64_t num_elements() const { return shape_.num_elements(); }
  size_t num_bytes() const { return static_cast<size_t>(num_elements()) * dtype_size(dtype_); }
  bool valid() const { return dtype_ != DType::kInvalid; }

  // The elements. T must be the dtype's C++ type (checked in debug builds; `check<T>` and `scalar<T>` check always).
  template <typename T> T* data() { return static_cast<T*>(data_); }
  template <typename T> const T* data() const { return static_cast<const T*>(data_); }
  template <typename T> std::span<T> flat() { return {data<T>(), static_cast<size_t>(num_elements())}; }
  template <typename T> std::span<const T> flat() const { return {data<T>(), static_cast<size_t>(num_elements())}; }
  // Element of a tensor with one element; T() when the dtype differs or there is no element.
  template <typename T> T scalar() const { return holds<T>() && num_elements() > 0 ? data<T>()[0] : T(); }
  // Element at `index`; T() when out of range or of another dtype.
  template <typename T> T at(std::initializer_list<int64_t> index) const;
  template <typename T> bool holds() const { return dtype_ == dtype_of<T>; }
  template <typename T> std::vector<T> to_vector() const {
    auto f = flat<T>();
    return holds<T>() ? std::vector<T>(f.begin(), f.end()) : std::vector<T>();
  }
  void* raw_data() { return data_; }
  const void* raw_data() const { return data_; }
  Buffer* buffer() const { return buffer_.get(); }

  // Same elements, other shape; shares memory. Requires equal element counts, else an invalid tensor.
  Tensor reshaped(const Shape& shape) const;
  // Rows [begin, end) of the first dimension; shares memory. Requires rank >= 1 and a range inside it, else an invalid tensor.
  Tensor slice(int64_t begin, int64_t end) const;
  // Row `i` without the first dimension; shares memory.
  Tensor row(int64_t i) const;
  // Same bytes read as another dtype of equal size; shares memory.
  Tensor bitcast(DType dtype, const Shape& shape) const;
  // A copy with memory of its own.
  Tensor clone() const;
  // Nobody else holds the memory.
  bool unique() const { return buffer_ && buffer_->unique(); }
  bool shares_buffer_with(const Tensor& other) const { return buffer_.get() == other.buffer_.get() && buffer_; }

  // "[[1. 2.]\n [3. 4.]]": NumPy's text, summarised above 1000 elements (0: never).
  std::string to_string(int64_t summarize_above = 1000) const;
  // "Tensor(float32, [2,2])"
  std::string describe() const;

 private:
  friend class TensorSlot;  // hot path of the engines
  template <typename T, typename Values> static Tensor copy_of(const Values& values, const Shape& shape);
  template <typename T, typename Rows> static Tensor from_rows(const Rows& rows);
  BufferRef buffer_;
  void* data_ = nullptr;
  Shape shape_;
  DType dtype_ = DType::kInvalid;
};

// Equal dtype, shape and elements (NaN equals NaN; bytes of plain types are compared by value).
bool equal(const Tensor& a, const Tensor& b);
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

// Calls f with the C++ type for `dtype` as a std::type_identity: dispatch(dtype, [&](auto tag) { using T = typename decltype(tag)::type; ... }).
// Returns false without a call when the dtype is not in `Set`.
template <DTypeSet Set, typename F> bool dispatch(DType dtype, F&& f);

template <typename T> Tensor Tensor::scalar_of(const T& value) {
  if constexpr (std::is_convertible_v<T, std::string_view> && !std::is_same_v<T, std::string>) {
    return scalar_of<std::string>(std::string(std::string_view(value)));
  } else {
    Tensor t(dtype_of<T>, Shape{});
    if (t.valid()) t.data<T>()[0] = value;
    return t;
  }
}

template <typename T> Tensor Tensor::from(std::span<const T> values) { return from<T>(values, Shape{static_cast<int64_t>(values.size())}); }

template <typename T> Tensor Tensor::from(std::span<const T> values, const Shape& shape) { return copy_of<T>(values, shape); }

template <typename T, typename Values> Tensor Tensor::copy_of(const Values& values, const Shape& shape) {
  if (static_cast<int64_t>(values.size()) != shape.num_elements()) return Tensor();
  Tensor t(dtype_of<T>, shape);
  if (t.valid()) std::copy(values.begin(), values.end(), t.data<T>());
  return t;
}

template <typename T, typename Rows> Tensor Tensor::from_rows(const Rows& rows) {
  const size_t columns = rows.size() == 0 ? 0 : rows.begin()->size();
  Tensor t(dtype_of<T>, Shape{static_cast<int64_t>(rows.size()), static_cast<int64_t>(columns)});
  T* out = t.data<T>();
  for (const auto& row : rows) {
    if (!t.valid() || row.size() != columns) return Tensor();
    out = std::copy(row.begin(), row.end(), out);
  }
  return t;
}

template <typename T> Tensor Tensor::from(std::initializer_list<std::initializer_list<std::initializer_list<T>>> matrices) {
  const auto pages = static_cast<int64_t>(matrices.size());
  Tensor all(dtype_of<T>, Shape{pages, 0, 0});
  int64_t page = 0;
  for (const auto& rows : matrices) {
    const Tensor matrix = from_rows<T>(rows);
    if (!matrix.valid()) return Tensor();
    if (page == 0) all = Tensor(dtype_of<T>, Shape{pages, matrix.dim(0), matrix.dim(1)});
    if (!all.valid() || matrix.dim(0) != all.dim(1) || matrix.dim(1) != all.dim(2)) return Tensor();
    std::copy(matrix.data<T>(), matrix.data<T>() + matrix.num_elements(), all.data<T>() + page++ * matrix.num_elements());
  }
  return all;
}

template <typename T> Tensor Tensor::view(T* data, const Shape& shape, std::function<void()> deleter) {
  using Element = std::remove_const_t<T>;
  static_assert(is_plain(dtype_of<Element>), "only plain element types can be viewed");
  auto* memory = const_cast<Element*>(data);
  const size_t size = static_cast<size_t>(shape.num_elements()) * sizeof(Element);
  return Tensor(dtype_of<Element>, shape, BufferRef::adopt(Buffer::wrap(memory, size, std::move(deleter))), memory);
}

template <typename T> T Tensor::at(std::initializer_list<int64_t> index) const {
  if (!holds<T>() || static_cast<int>(index.size()) != rank()) return T();
  int64_t offset = 0;
  int axis = 0;
  for (const int64_t i : index) {
    if (i < 0 || i >= dim(axis)) return T();
    offset = offset * dim(axis++) + i;
  }
  return data<T>()[offset];
}

}  // namespace weft

#include "weft/tensor/dispatch.h"
