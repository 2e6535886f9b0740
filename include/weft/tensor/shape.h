// Shape: the dimensions of a tensor. PartialShape: what is known of them while a graph is built.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "weft/base/status.h"

namespace weft {

using Dims = absl::InlinedVector<int64_t, 4>;

inline constexpr int kMaxRank = 254;

// A fully known shape. [] is a scalar. Every dimension is >= 0 and the number of elements fits an int64. Shape::make checks; the
// constructors do not: a shape they made of a negative or too large dimension has kTooManyElements, and no tensor can have it.
class Shape {
 public:
  Shape() = default;  // a scalar
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) { count(); }
  explicit Shape(absl::Span<const int64_t> dims) : dims_(dims.begin(), dims.end()) { count(); }
  // InvalidArgument when a dimension is negative, the rank exceeds 254 or the element count overflows.
  static absl::StatusOr<Shape> make(absl::Span<const int64_t> dims);

  static constexpr int64_t kTooManyElements = std::numeric_limits<int64_t>::max();

  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t dim(int i) const { return dims_[static_cast<size_t>(i)]; }
  int64_t operator[](int i) const { return dim(i); }
  absl::Span<const int64_t> dims() const { return dims_; }
  int64_t num_elements() const { return num_elements_; }
  bool is_scalar() const { return dims_.empty(); }

  void set_dim(int i, int64_t size) {
    dims_[static_cast<size_t>(i)] = size;
    count();
  }
  void add_dim(int64_t size) {
    dims_.push_back(size);
    multiply(size);
  }
  void insert_dim(int i, int64_t size) {
    dims_.insert(dims_.begin() + i, size);
    count();
  }
  void remove_dim(int i) {
    dims_.erase(dims_.begin() + i);
    count();
  }

  std::string to_string() const;  // "[2,3]"
  friend bool operator==(const Shape& a, const Shape& b) { return a.dims_ == b.dims_; }

 private:
  void count() {
    num_elements_ = 1;
    for (int64_t d : dims_) multiply(d);
  }
  void multiply(int64_t d) {
    const bool bad = d < 0 || num_elements_ == kTooManyElements;
    if (bad || __builtin_mul_overflow(num_elements_, d, &num_elements_)) num_elements_ = kTooManyElements;
  }
  Dims dims_;
  int64_t num_elements_ = 1;
};

inline constexpr int64_t kUnknownDim = -1;

// A shape of which the rank, or some dimensions (-1), may be unknown. The default has unknown rank.
class PartialShape {
 public:
  PartialShape() = default;
  PartialShape(std::initializer_list<int64_t> dims) : dims_(dims), known_rank_(true) {}  // {} is a scalar; -1 is unknown
  explicit PartialShape(absl::Span<const int64_t> dims) : dims_(dims.begin(), dims.end()), known_rank_(true) {}
  PartialShape(const Shape& shape) : dims_(shape.dims().begin(), shape.dims().end()), known_rank_(true) {}  // NOLINT
  static PartialShape unknown() { return {}; }
  static PartialShape unknown_of_rank(int rank);
  static PartialShape scalar() { return PartialShape(absl::Span<const int64_t>()); }
  static PartialShape vector(int64_t n) { return PartialShape({n}); }
  static PartialShape matrix(int64_t m, int64_t n) { return PartialShape({m, n}); }

  bool known_rank() const { return known_rank_; }
  int rank() const { return known_rank_ ? static_cast<int>(dims_.size()) : -1; }
  int64_t dim(int i) const { return known_rank_ ? dims_[static_cast<size_t>(i)] : kUnknownDim; }  // i in [0, rank) when known
  bool known_dim(int i) const { return dim(i) >= 0; }
  absl::Span<const int64_t> dims() const { return dims_; }
  void set_dim(int i, int64_t size) { dims_[static_cast<size_t>(i)] = size; }
  void add_dim(int64_t size) { dims_.push_back(size); }
  bool fully_defined() const;
  int64_t num_elements() const;  // -1 unless fully defined
  Shape to_shape() const;        // requires fully_defined()

  bool is_compatible_with(const PartialShape& other) const;
  bool is_compatible_with(const Shape& shape) const;
  // What is known of either; InvalidArgument when they contradict ("Dimension 1 in both shapes must be equal, but are 3 and 4 ...").
  absl::StatusOr<PartialShape> merge(const PartialShape& other) const;

  std::string to_string() const;  // "<unknown>", "[?,64]" as in TensorFlow's messages
  friend bool operator==(const PartialShape& a, const PartialShape& b) { return a.known_rank_ == b.known_rank_ && a.dims_ == b.dims_; }

 private:
  Dims dims_;
  bool known_rank_ = false;
};

// A shape as an option of a builder function: `.shape = {-1, 64}`, and `.shape = {}` is a scalar. Options default to unknown().
class DeclaredShape {
 public:
  DeclaredShape() : shape_(PartialShape::scalar()) {}
  DeclaredShape(std::initializer_list<int64_t> dims) : shape_(dims) {}  // -1: an unknown dimension
  DeclaredShape(PartialShape shape) : shape_(std::move(shape)) {}       // NOLINT
  DeclaredShape(const Shape& shape) : shape_(shape) {}                  // NOLINT
  static DeclaredShape unknown() { return DeclaredShape(Unknown()); }
  const PartialShape& get() const { return shape_; }
  bool known() const { return shape_.known_rank(); }

 private:
  // Not from a PartialShape, whose empty vector g++ reports as used uninitialised when it moves, in users' builds too.
  struct Unknown {};
  explicit DeclaredShape(Unknown) {}
  PartialShape shape_;
};

}  // namespace weft
