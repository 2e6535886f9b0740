// Building, reshaping and taking apart tensors. Names, arguments and the nodes made are those of TensorFlow 1.15's Python functions.
//
// Each function returns a failed Output, and leaves an error in the graph, when its arguments do not fit. `name` "" means the name
// TensorFlow gives. Axes may be negative: -1 is the last.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "weft/ops/op_builder.h"

namespace weft {

// --- Inputs of a graph ---------------------------------------------------------------------------------------------------------

struct PlaceholderOptions {
  DeclaredShape shape = DeclaredShape::unknown();  // omitted: any shape; {}: a scalar; -1: an unknown dimension
  std::string name = {};                           // "Placeholder"
};
// A value that every step must be fed. TF op Placeholder.
Output placeholder(Graph& graph, DType dtype, PlaceholderOptions options = {}, Loc where = Loc::current());
// `input` unless the step is fed something else, which must fit `shape`. Gradient: to `input`. TF op PlaceholderWithDefault.
Output placeholder_with_default(Graph& graph, const Operand& input, DeclaredShape shape, std::string_view name = "", Loc where = Loc::current());

// --- Passing on ------------------------------------------------------------------------------------------------------------------

// The same value. TF op Identity.
Output identity(const Operand& input, std::string_view name = "", Loc where = Loc::current());
// The same values. TF op IdentityN.
std::vector<Output> identity_n(absl::Span<const Operand> inputs, std::string_view name = "", Loc where = Loc::current());
// The same value, which gradients take for a constant. TF op StopGradient.
Output stop_gradient(const Operand& input, std::string_view name = "", Loc where = Loc::current());
// The same value; a gradient through it is an error that tells `message`. TF op PreventGradient.
Output prevent_gradient(const Operand& input, std::string_view message, std::string_view name = "", Loc where = Loc::current());

// --- Shapes as values -------------------------------------------------------------------------------------------------------------

struct ShapeOptions {
  DType out_type = DType::kInt32;  // or kInt64
  bool optimize = true;            // a Const where the shape is known while building
  std::string name = {};           // "Shape", "Size"
};
// The shape of `input`: a vector. TF op Shape, or Const.
Output shape(const Operand& input, ShapeOptions options = {}, Loc where = Loc::current());
// The shapes of several tensors of one dtype. TF op ShapeN.
std::vector<Output> shape_n(absl::Span<const Output> inputs, ShapeOptions options = {}, Loc where = Loc::current());
// The number of elements: a scalar. TF op Size, or Const.
Output size(const Operand& input, ShapeOptions options = {}, Loc where = Loc::current());
// The number of dimensions: an int32 scalar. TF op Rank, or Const.
Output rank(const Operand& input, std::string_view name = "", Loc where = Loc::current());

// --- Other shapes for the same elements ---------------------------------------------------------------------------------------------

// The elements of `tensor` in shape `shape`, an integer vector of which one element may be -1: what remains. Shares memory.
// InvalidArgument when the numbers of elements differ. Gradient: reshape back. TF op Reshape.
Output reshape(const Operand& tensor, const Operand& shape, std::string_view name = "", Loc where = Loc::current());
// A dimension of size 1 before dimension `axis`; axis in [-rank-1, rank]. TF op ExpandDims.
Output expand_dims(const Operand& input, const Operand& axis, std::string_view name = "", Loc where = Loc::current());
struct SqueezeOptions {
  std::vector<int64_t> axis = {};  // dimensions of size 1 to drop; none given: all of size 1
  std::string name = {};           // "Squeeze"
};
// Without dimensions of size 1. TF op Squeeze.
Output squeeze(const Operand& input, SqueezeOptions options = {}, Loc where = Loc::current());

// --- Filled tensors -----------------------------------------------------------------------------------------------------------------

// A tensor of shape `dims`, an integer vector, filled with the scalar `value`. Gradient: the sum, to `value`. TF op Fill. The graph is
// needed only when both are literals.
Output fill(const Operand& dims, const Operand& value, std::string_view name = "", Loc where = Loc::current());
Output fill(Graph& graph, const Operand& dims, const Operand& value, std::string_view name = "", Loc where = Loc::current());

struct FilledOptions {
  DType dtype = DType::kInvalid;  // kInvalid: float32, or for zeros_like and ones_like the tensor's
  bool optimize = true;           // zeros_like: independent of the tensor where its shape is known while building
  std::string name = {};          // "zeros", "ones", "zeros_like", "ones_like"
};
// Zeros (false, "") or ones (true) of shape `dims`: a Const below 1000 elements, else a Fill.
Output zeros(Graph& graph, const Shape& dims, FilledOptions options = {}, Loc where = Loc::current());
Output ones(Graph& graph, const Shape& dims, FilledOptions options = {}, Loc where = Loc::current());
// Of a shape known when the step runs: an integer vector or scalar.
Output zeros(const Output& dims, FilledOptions options = {}, Loc where = Loc::current());
Output ones(const Output& dims, FilledOptions options = {}, Loc where = Loc::current());
// Of the shape of `tensor`.
Output zeros_like(const Operand& tensor, FilledOptions options = {}, Loc where = Loc::current());
Output ones_like(const Operand& tensor, FilledOptions options = {}, Loc where = Loc::current());

// --- Joining and taking apart ---------------------------------------------------------------------------------------------------------

struct StackOptions {
  int64_t axis = 0;
  std::string name = {};  // "stack"
};
// Tensors of one shape and dtype along a new dimension `axis`. Gradient: unstack. TF op Pack.
Output stack(absl::Span<const Operand> values, StackOptions options = {}, Loc where = Loc::current());
Output stack(absl::Span<const Output> values, StackOptions options = {}, Loc where = Loc::current());
Output stack(std::initializer_list<Operand> values, StackOptions options = {}, Loc where = Loc::current());
struct UnstackOptions {
  int64_t axis = 0;
  std::optional<int64_t> num = {};  // the size along `axis`, where the shape does not tell
  std::string name = {};            // "unstack"
};
// The slices of `value` along `axis`, as many as its size. Gradient: stack. TF op Unpack.
std::vector<Output> unstack(const Operand& value, UnstackOptions options = {}, Loc where = Loc::current());

// Tensors of one rank and dtype, equal but for dimension `axis` (an integer scalar), joined along it. Gradient: slices. TF op
// ConcatV2; a single tensor gives an Identity.
Output concat(absl::Span<const Operand> values, const Operand& axis, std::string_view name = "", Loc where = Loc::current());
Output concat(absl::Span<const Output> values, const Operand& axis, std::string_view name = "", Loc where = Loc::current());
Output concat(std::initializer_list<Operand> values, const Operand& axis, std::string_view name = "", Loc where = Loc::current());

}  // namespace weft
