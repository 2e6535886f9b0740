#include "weft/tensor/shape.h"

#include <algorithm>

#include "weft/base/strings.h"

namespace weft {
namespace {

std::string dims_to_string(absl::Span<const int64_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ',';
    if (dims[i] < 0) {
      text += '?';
    } else {
      str_append(text, dims[i]);
    }
  }
  return text + "]";
}

}  // namespace

absl::StatusOr<Shape> Shape::make(absl::Span<const int64_t> dims) {
  if (dims.size() > static_cast<size_t>(kMaxRank))
    return invalid_argument("Too many dimensions: ", dims.size(), ", at most ", kMaxRank, " are possible");
  for (const int64_t d : dims) {
    if (d < 0) return invalid_argument("Dimension ", d, " must be >= 0");
  }
  Shape shape(dims);
  if (shape.num_elements() == kTooManyElements) return invalid_argument("Shape ", shape.to_string(), " would have more than 2**63 - 1 elements");
  return shape;
}

std::string Shape::to_string() const { return dims_to_string(dims_); }

PartialShape PartialShape::unknown_of_rank(int rank) {
  PartialShape shape;
  shape.known_rank_ = true;
  shape.dims_.assign(static_cast<size_t>(std::max(rank, 0)), kUnknownDim);
  return shape;
}

bool PartialShape::fully_defined() const {
  return known_rank_ && std::all_of(dims_.begin(), dims_.end(), [](int64_t d) { return d >= 0; });
}

int64_t PartialShape::num_elements() const { return fully_defined() ? to_shape().num_elements() : -1; }

Shape PartialShape::to_shape() const { return Shape(absl::Span<const int64_t>(dims_)); }

bool PartialShape::is_compatible_with(const PartialShape& other) const {
  if (!known_rank_ || !other.known_rank_) return true;
  if (rank() != other.rank()) return false;
  for (int i = 0; i < rank(); ++i) {
    if (known_dim(i) && other.known_dim(i) && dim(i) != other.dim(i)) return false;
  }
  return true;
}

bool PartialShape::is_compatible_with(const Shape& shape) const {
  if (!known_rank_) return true;
  if (rank() != shape.rank()) return false;
  for (int i = 0; i < rank(); ++i) {
    if (known_dim(i) && dim(i) != shape.dim(i)) return false;
  }
  return true;
}

absl::StatusOr<PartialShape> PartialShape::merge(const PartialShape& other) const {
  if (!known_rank_) return other;
  if (!other.known_rank_) return *this;
  if (rank() != other.rank()) return invalid_argument("Shapes must be equal rank, but are ", rank(), " and ", other.rank());
  PartialShape merged = *this;
  for (int i = 0; i < rank(); ++i) {
    if (!known_dim(i)) {
      merged.set_dim(i, other.dim(i));
    } else if (other.known_dim(i) && dim(i) != other.dim(i)) {
      return invalid_argument("Dimension ", i, " in both shapes must be equal, but are ", dim(i), " and ", other.dim(i), ". Shapes are ", to_string(),
                              " and ", other.to_string(), ".");
    }
  }
  return merged;
}

std::string PartialShape::to_string() const { return known_rank_ ? dims_to_string(dims_) : "<unknown>"; }

}  // namespace weft
