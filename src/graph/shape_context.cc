#include "weft/graph/shape_context.h"

#include <algorithm>

#include "weft/base/status.h"
#include "weft/graph/node.h"

namespace weft {

ShapeContext::ShapeContext(const Node& node) : node_(&node), outputs_(static_cast<size_t>(node.num_outputs())) {}

int ShapeContext::num_inputs() const { return node_->num_inputs(); }
const PartialShape& ShapeContext::input(int i) const { return node_->input(i).shape(); }
DType ShapeContext::input_dtype(int i) const { return node_->input(i).dtype(); }
const AttrMap& ShapeContext::attrs() const { return node_->attrs(); }
const Tensor* ShapeContext::constant_input(int i) { return constant_value(node_->input(i)); }

std::optional<std::vector<int64_t>> ShapeContext::constant_vector(int i) {
  const Tensor* value = constant_input(i);
  if (value == nullptr) return std::nullopt;
  if (value->holds<int32_t>()) {
    const auto flat = value->flat<int32_t>();
    return std::vector<int64_t>(flat.begin(), flat.end());
  }
  if (value->holds<int64_t>()) return value->to_vector<int64_t>();
  return std::nullopt;
}

std::optional<int64_t> ShapeContext::constant_scalar(int i) {
  const std::optional<std::vector<int64_t>> all = constant_vector(i);
  if (!all.has_value() || all->size() != 1) return std::nullopt;
  return all->front();
}

absl::StatusOr<PartialShape> ShapeContext::input_as_shape(int i) { return value_as_shape(node_->input(i)); }

const HandleInfo* ShapeContext::input_handle(int i) const {
  const Output& input = node_->input(i);
  return input.node()->output_info(input.index()).handle.get();
}

void ShapeContext::set_output_handle(int i, HandleInfo info) {
  handles_.resize(outputs_.size());
  handles_[static_cast<size_t>(i)] = std::move(info);
}

absl::StatusOr<PartialShape> ShapeContext::with_rank(const PartialShape& shape, int rank) {
  if (!shape.known_rank()) return PartialShape::unknown_of_rank(rank);
  if (shape.rank() != rank) return invalid_argument("Shape must be rank ", rank, " but is rank ", shape.rank());
  return shape;
}

absl::StatusOr<PartialShape> ShapeContext::with_rank_at_least(const PartialShape& shape, int rank) {
  if (shape.known_rank() && shape.rank() < rank) return invalid_argument("Shape must be at least rank ", rank, " but is rank ", shape.rank());
  return shape;
}

absl::StatusOr<PartialShape> ShapeContext::with_rank_at_most(const PartialShape& shape, int rank) {
  if (shape.known_rank() && shape.rank() > rank) return invalid_argument("Shape must be at most rank ", rank, " but is rank ", shape.rank());
  return shape;
}

absl::StatusOr<int64_t> ShapeContext::merge_dims(int64_t a, int64_t b) {
  if (a < 0) return b;
  if (b < 0 || a == b) return a;
  return invalid_argument("Dimensions must be equal, but are ", a, " and ", b);
}

namespace {

// A constant vector read as a shape; a scalar must be -1, which stands for the unknown shape.
absl::StatusOr<PartialShape> constant_as_shape(const Tensor& constant) {
  if (constant.rank() > 1) return invalid_argument("Input must be scalar or rank 1 but is rank ", constant.rank());
  const auto element = [&](int64_t i) { return constant.holds<int32_t>() ? constant.data<int32_t>()[i] : constant.data<int64_t>()[i]; };
  if (constant.rank() == 0) {
    if (element(0) == -1) return PartialShape();
    return invalid_argument("Input tensor must be rank 1, or if its rank 0 it must have value -1 (representing an unknown shape).  Saw value: ",
                            element(0));
  }
  if (constant.num_elements() > kMaxRank)
    return invalid_argument("a shape of ", constant.num_elements(), " dimensions; at most ", kMaxRank, " are allowed");
  PartialShape shape = PartialShape::scalar();
  for (int64_t i = 0; i < constant.num_elements(); ++i) {
    if (element(i) < -1) return invalid_argument("Invalid value in tensor used for shape: ", element(i));
    shape.add_dim(element(i));
  }
  return shape;
}

}  // namespace

// In TensorFlow's order: what is made of shapes is read as shapes, even where it could be computed; the rest must be constant.
absl::StatusOr<PartialShape> value_as_shape(const Output& value) {
  if (const PartialValueFn partial = value.node()->op().partial_value; partial != nullptr && value.shape().rank() == 1) {
    WEFT_ASSIGN_OR_RETURN(PartialShape known, partial(*value.node(), value.index()));
    if (known.known_rank()) return known;
  } else if (const Tensor* constant = constant_value(value); constant != nullptr && (constant->holds<int32_t>() || constant->holds<int64_t>())) {
    return constant_as_shape(*constant);
  }
  if (value.shape().rank() != 1) return PartialShape();
  const int64_t rank = value.shape().dim(0);
  if (rank > kMaxRank) return invalid_argument("a shape of ", rank, " dimensions; at most ", kMaxRank, " are allowed");
  return rank < 0 ? PartialShape() : PartialShape::unknown_of_rank(static_cast<int>(rank));
}

absl::Status unknown_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, PartialShape());
  return absl::OkStatus();
}

absl::Status unchanged_shape(ShapeContext& c) {
  c.set_output(0, c.input(0));
  return absl::OkStatus();
}

absl::Status scalar_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, PartialShape::scalar());
  return absl::OkStatus();
}

absl::Status no_outputs_shape(ShapeContext&) { return absl::OkStatus(); }

absl::StatusOr<PartialShape> broadcast(const PartialShape& a, const PartialShape& b) {
  if (!a.known_rank() || !b.known_rank()) return PartialShape();
  const int rank = std::max(a.rank(), b.rank());
  PartialShape result = PartialShape::unknown_of_rank(rank);
  for (int i = 0; i < rank; ++i) {
    const int ia = i - (rank - a.rank());
    const int ib = i - (rank - b.rank());
    const int64_t da = ia < 0 ? 1 : a.dim(ia);
    const int64_t db = ib < 0 ? 1 : b.dim(ib);
    if (da == 1) {
      result.set_dim(i, db);
    } else if (db == 1) {
      result.set_dim(i, da);
    } else if (da < 0 || db < 0) {
      // A known dimension above one decides: the unknown one is equal to it or one.
      result.set_dim(i, std::max(da, db) > 1 ? std::max(da, db) : kUnknownDim);
    } else if (da == db) {
      result.set_dim(i, da);
    } else {
      return invalid_argument("Dimensions must be equal, but are ", da, " and ", db);
    }
  }
  return result;
}

absl::Status broadcast_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, broadcast(c.input(0), c.input(1)));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

absl::Status merge_inputs_shape(ShapeContext& c) {
  PartialShape merged;
  for (int i = c.num_inputs() - 1; i >= 0; --i) { WEFT_ASSIGN_OR_RETURN(merged, c.input(i).merge(merged)); }
  c.set_output(0, std::move(merged));
  return absl::OkStatus();
}

}  // namespace weft
