// ShapeContext: what a shape function may ask of a node being built, and where it puts its answer.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "weft/graph/attr_value.h"
#include "weft/graph/output.h"
#include "weft/tensor/tensor.h"

namespace weft {

class Node;

// What is known of the variable or list behind a handle.
struct HandleInfo {
  DType dtype = DType::kInvalid;
  PartialShape shape;
};

class ShapeContext {
 public:
  explicit ShapeContext(const Node& node);

  const Node& node() const { return *node_; }
  int num_inputs() const;
  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  const PartialShape& input(int i) const;
  DType input_dtype(int i) const;
  template <typename T> T get(std::string_view attr) const { return attrs().get<T>(attr); }
  const AttrMap& attrs() const;

  // The value of input `i` when it is a constant, or follows from constants; null else. Valid while the context lives.
  const Tensor* constant_input(int i);
  // An int32 or int64 scalar input's value, where known.
  std::optional<int64_t> constant_scalar(int i);
  // An int32 or int64 vector input's elements, where all are known.
  std::optional<std::vector<int64_t>> constant_vector(int i);
  // An int32 or int64 vector input read as a shape: -1 elements, and those that are not known, are unknown dimensions.
  absl::StatusOr<PartialShape> input_as_shape(int i);
  const HandleInfo* input_handle(int i) const;

  void set_output(int i, PartialShape shape) { outputs_[static_cast<size_t>(i)] = std::move(shape); }
  void set_output_handle(int i, HandleInfo info);

  // Checks with TensorFlow's words; each returns the argument as far as it is known afterwards.
  static absl::StatusOr<PartialShape> with_rank(const PartialShape& shape, int rank);
  static absl::StatusOr<PartialShape> with_rank_at_least(const PartialShape& shape, int rank);
  static absl::StatusOr<PartialShape> with_rank_at_most(const PartialShape& shape, int rank);
  static absl::StatusOr<int64_t> merge_dims(int64_t a, int64_t b);
  absl::StatusOr<PartialShape> input_with_rank(int i, int rank) { return with_rank(input(i), rank); }

  // For the graph, after the shape function has run.
  std::vector<PartialShape>& outputs() { return outputs_; }
  std::vector<std::optional<HandleInfo>>& output_handles() { return handles_; }

 private:
  const Node* node_;
  std::vector<PartialShape> outputs_;
  std::vector<std::optional<HandleInfo>> handles_;
  std::vector<std::optional<Tensor>> constants_;  // per input, once asked; an invalid tensor means not constant
};

// A node's integer vector output read as a shape, as far as it is known; see OpDef::partial_value.
using PartialValueFn = absl::StatusOr<PartialShape> (*)(const Node& node, int output);
// Reads any output so: constants, partial_value, else its length with unknown elements.
absl::StatusOr<PartialShape> value_as_shape(const Output& value);
// The value of an output that follows from constants alone, evaluated with the ops' kernels and remembered on the nodes; null when
// it does not, or is larger than a shape computation would be.
const Tensor* constant_value(const Output& value);

// Shape functions many ops share.
absl::Status unknown_shape(ShapeContext& c);    // every output unknown
absl::Status unchanged_shape(ShapeContext& c);  // output 0 like input 0
absl::Status scalar_shape(ShapeContext& c);     // every output a scalar
absl::Status no_outputs_shape(ShapeContext& c);
absl::Status broadcast_shape(ShapeContext& c);     // output 0: inputs 0 and 1 broadcast
absl::Status merge_inputs_shape(ShapeContext& c);  // output 0: all inputs merged
absl::StatusOr<PartialShape> broadcast(const PartialShape& a, const PartialShape& b);

}  // namespace weft
