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

// `value` in `num` equal parts along `axis` (an int32 scalar). Gradient: concat. TF op Split.
std::vector<Output> split(const Operand& value, int num, const Operand& axis = 0, std::string_view name = "", Loc where = Loc::current());
// In parts of the sizes `size_splits`, an integer vector whose length must be known; one may be -1: what remains. TF op SplitV.
std::vector<Output> split(const Operand& value, const Operand& size_splits, const Operand& axis, std::string_view name = "",
                          Loc where = Loc::current());
std::vector<Output> split(const Operand& value, std::initializer_list<int> size_splits, const Operand& axis = 0, std::string_view name = "",
                          Loc where = Loc::current());

// The box of `input` that begins at `begin` and has the sizes `size`, integer vectors; size -1: up to the end. Gradient: pad. TF op
// Slice.
Output slice(const Operand& input, const Operand& begin, const Operand& size, std::string_view name = "", Loc where = Loc::current());

// An entry of strided_slice, as Python writes it inside x[…]: a number i is one index, whose dimension goes; the functions make the others.
class Slice {
 public:
  enum class Kind : uint8_t { kIndex, kRange, kEllipsis, kNewAxis };
  Slice(int index, Loc where = Loc::current()) : Slice(Kind::kIndex, Operand(index, where), {}, {}) {}            // NOLINT
  Slice(const Operand& index) : Slice(Kind::kIndex, index, {}, {}) {}                                             // NOLINT
  Slice(const Output& index, Loc where = Loc::current()) : Slice(Kind::kIndex, Operand(index, where), {}, {}) {}  // NOLINT
  static Slice all() { return Slice(Kind::kRange, {}, {}, {}); }                                                  // x[:]
  static Slice from(const Operand& begin) { return Slice(Kind::kRange, begin, {}, {}); }                          // x[begin:]
  static Slice to(const Operand& end) { return Slice(Kind::kRange, {}, end, {}); }                                // x[:end]
  static Slice range(const Operand& begin, const Operand& end) { return Slice(Kind::kRange, begin, end, {}); }    // x[begin:end]
  static Slice range(const Operand& begin, const Operand& end, const Operand& stride) { return Slice(Kind::kRange, begin, end, stride); }
  static Slice every(const Operand& stride) { return Slice(Kind::kRange, {}, {}, stride); }  // x[::stride]
  static Slice ellipsis() { return Slice(Kind::kEllipsis, {}, {}, {}); }                     // x[...]
  static Slice new_axis() { return Slice(Kind::kNewAxis, {}, {}, {}); }                      // x[newaxis]

  Kind kind() const { return kind_; }
  const std::optional<Operand>& begin() const { return begin_; }
  const std::optional<Operand>& end() const { return end_; }
  const std::optional<Operand>& stride() const { return stride_; }

 private:
  Slice(Kind kind, std::optional<Operand> begin, std::optional<Operand> end, std::optional<Operand> stride)
      : kind_(kind), begin_(std::move(begin)), end_(std::move(end)), stride_(std::move(stride)) {}
  Kind kind_;
  std::optional<Operand> begin_, end_, stride_;
};

// x[entries], as x[1:, ::2, i] in Python: strided_slice(x, {Slice::from(1), Slice::every(2), i}). Dimensions not named are taken whole.
// Gradient: zeros with dy where the slice was taken. TF op StridedSlice.
Output strided_slice(const Operand& input, absl::Span<const Slice> entries, std::string_view name = "", Loc where = Loc::current());
Output strided_slice(const Operand& input, std::initializer_list<Slice> entries, std::string_view name = "", Loc where = Loc::current());

struct StridedSliceOptions {     // a bit for each element of begin, end and strides
  int64_t begin_mask = 0;        // take from the first
  int64_t end_mask = 0;          // take to the last
  int64_t ellipsis_mask = 0;     // stands for all dimensions not named
  int64_t new_axis_mask = 0;     // a new dimension
  int64_t shrink_axis_mask = 0;  // one index
  std::string name = {};         // "StridedSlice"
};
Output strided_slice(const Operand& input, const Operand& begin, const Operand& end, const Operand& strides, StridedSliceOptions options = {},
                     Loc where = Loc::current());

// --- Other orders -------------------------------------------------------------------------------------------------------------------

// y[i_perm[0], i_perm[1], …] = x[i_0, i_1, …]; without `perm`, an integer vector, dimensions come in reverse order. Gradient: transposed
// back. TF op Transpose.
struct TransposeOptions {
  bool conjugate = false;  // conjugates complex elements; TF op ConjugateTranspose
  std::string name = {};   // "transpose"
};
Output transpose(const Operand& x, TransposeOptions options = {}, Loc where = Loc::current());
Output transpose(const Operand& x, const Operand& perm, TransposeOptions options = {}, Loc where = Loc::current());
Output transpose(const Operand& x, std::initializer_list<int> perm, TransposeOptions options = {}, Loc where = Loc::current());
// The last two dimensions exchanged. TF's tf.matrix_transpose.
Output matrix_transpose(const Operand& x, TransposeOptions options = {}, Loc where = Loc::current());
// y[x[i]] = i, for a vector x that is a permutation. TF op InvertPermutation.
Output invert_permutation(const Operand& x, std::string_view name = "", Loc where = Loc::current());

// Dimensions `axis`, an integer vector, in reverse order. TF op ReverseV2.
Output reverse(const Operand& tensor, const Operand& axis, std::string_view name = "", Loc where = Loc::current());
struct ReverseSequenceOptions {
  int64_t seq_axis = 1;    // the dimension reversed
  int64_t batch_axis = 0;  // the dimension seq_lengths goes along
  std::string name = {};   // "ReverseSequence"
};
// In slice i of `batch_axis`, the first seq_lengths[i] elements along `seq_axis` reversed. TF op ReverseSequence.
Output reverse_sequence(const Operand& input, const Operand& seq_lengths, ReverseSequenceOptions options = {}, Loc where = Loc::current());

// --- Repeating and padding ------------------------------------------------------------------------------------------------------------

// `input` repeated multiples[d] times along each dimension d. Gradient: the sum over the repetitions. TF op Tile.
Output tile(const Operand& input, const Operand& multiples, std::string_view name = "", Loc where = Loc::current());

enum class PadMode : uint8_t {
  kConstant,   // zeros, or constant_value
  kReflect,    // mirrored without the border: [1 2 3] -> 3 2 [1 2 3] 2 1
  kSymmetric,  // mirrored with it: [1 2 3] -> 2 1 [1 2 3] 3 2
};
struct PadOptions {
  PadMode mode = PadMode::kConstant;
  std::optional<Operand> constant_value = {};  // of the tensor's dtype; omitted: 0. TF op PadV2 instead of Pad
  std::string name = {};                       // "Pad", "PadV2", "MirrorPad"
};
// paddings[d] = {elements before, elements after} dimension d: a [rank, 2] integer matrix. Gradient: the slice without them.
Output pad(const Operand& tensor, const Operand& paddings, PadOptions options = {}, Loc where = Loc::current());
Output pad(const Operand& tensor, std::initializer_list<std::initializer_list<int>> paddings, PadOptions options = {}, Loc where = Loc::current());

// --- Sequences --------------------------------------------------------------------------------------------------------------------------

struct RangeOptions {
  DType dtype = DType::kInvalid;  // kInvalid: the widest of the operands'
  std::string name = {};          // "range"
};
// start, start + delta, … before limit: a vector. TF op Range. The graph is needed where all are literals.
Output range(const Operand& start, const Operand& limit, const Operand& delta = 1, RangeOptions options = {}, Loc where = Loc::current());
Output range(Graph& graph, const Operand& start, const Operand& limit, const Operand& delta = 1, RangeOptions options = {},
             Loc where = Loc::current());
Output range(Graph& graph, const Operand& limit, RangeOptions options = {}, Loc where = Loc::current());  // from 0
// `num` values evenly spaced from start to stop, both included. TF op LinSpace.
Output linspace(const Operand& start, const Operand& stop, const Operand& num, std::string_view name = "", Loc where = Loc::current());
Output linspace(Graph& graph, const Operand& start, const Operand& stop, const Operand& num, std::string_view name = "", Loc where = Loc::current());

struct OneHotOptions {
  std::optional<Operand> on_value = {};   // 1
  std::optional<Operand> off_value = {};  // 0
  int64_t axis = -1;                      // where the new dimension stands
  DType dtype = DType::kInvalid;          // kInvalid: that of the values, else float32
  std::string name = {};                  // "one_hot"
};
// y[…, indices[…]] = on_value, off_value elsewhere: a new dimension of size `depth`. An index outside [0, depth) gives off values only.
// TF op OneHot.
Output one_hot(const Operand& indices, const Operand& depth, OneHotOptions options = {}, Loc where = Loc::current());

// --- Checks -----------------------------------------------------------------------------------------------------------------------------

// `x`, of which every element must be finite: else InvalidArgument with `message` when the step runs. TF op CheckNumerics.
Output check_numerics(const Operand& x, std::string_view message, std::string_view name = "", Loc where = Loc::current());
// `x`, which must have `shape` when the step runs (InvalidArgument). TF op EnsureShape.
Output ensure_shape(const Operand& x, DeclaredShape shape, std::string_view name = "", Loc where = Loc::current());

}  // namespace weft
