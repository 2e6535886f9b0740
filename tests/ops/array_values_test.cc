// Values, shapes and errors of the array ops. Values were checked against TensorFlow 1.15.5; so were the texts of errors.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/ops/op_testing.h"
#include "weft/ops/control_ops.h"
#include "weft/ops/operators.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

// An error of building, or of the kernel when the node's inputs are constant.
std::string error_of(const Output& output) {
  if (!output) return output.graph()->status().ToString();
  const Node& node = *output.node();
  const KernelDef* def = node.op().find_kernel(node.attrs());
  if (def == nullptr) return "no kernel";
  ResourceManager resources;
  absl::StatusOr<Kernel> kernel = def->make(KernelInit(node, resources));
  if (!kernel.ok()) return kernel.status().ToString();
  std::vector<Tensor> slots;
  std::vector<int32_t> inputs;
  for (const Output& input : node.inputs()) {
    const Output source = input.node()->op().name == "PlaceholderWithDefault" ? input.node()->input(0) : input;
    inputs.push_back(static_cast<int32_t>(slots.size()));
    slots.push_back(*constant_value(source));
  }
  const std::vector<uint8_t> dies(slots.size(), 0);
  std::vector<DType> dtypes;
  for (int i = 0; i < node.num_outputs(); ++i) dtypes.push_back(node.output_dtype(i));
  NodeBinding binding;
  binding.inputs = inputs.data();
  binding.input_dies = dies.data();
  binding.output_dtypes = dtypes.data();
  binding.num_inputs = static_cast<int32_t>(inputs.size());
  binding.num_outputs = node.num_outputs();
  binding.first_output = binding.num_inputs;
  slots.resize(inputs.size() + dtypes.size());
  Cancellation cancellation;
  StepContext step;
  step.cancellation = &cancellation;
  step.resources = &resources;
  KernelContext context(&step, slots.data(), &binding);
  return kernel->run(context).ToString();
}

class ArrayOps : public ::testing::Test {
 protected:
  // A value that shape functions do not see: errors come from the kernel.
  Output hidden(const Operand& value) { return placeholder_with_default(graph, value, DeclaredShape::unknown()); }
  Output hidden(Tensor value) { return hidden(Operand(std::move(value))); }
  Output matrix() { return constant(graph, {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}); }
  Output ints(std::initializer_list<int32_t> values) { return constant(graph, Tensor::from<int32_t>(values)); }
  Graph graph;
};

TEST_F(ArrayOps, Reshape) {
  EXPECT_EQ(text_of(reshape(matrix(), {3, -1})), "[[1. 2.]\n [3. 4.]\n [5. 6.]]");
  EXPECT_EQ(reshape(hidden(matrix()), {2, -1}).shape().to_string(), "[2,?]");
  // As TensorFlow: dimensions of 0 count for 1 where a 0 is asked for.
  EXPECT_EQ(value_of(reshape(constant(graph, Tensor(DType::kFloat32, Shape{0})), {-1, 0})).shape(), (Shape{1, 0}));
  EXPECT_THAT(error_of(reshape(hidden({1, 2}), hidden({3}))), HasSubstr("Input to reshape is a tensor with 2 values, but the requested shape has 3"));
  EXPECT_THAT(error_of(reshape(hidden({1, 2}), hidden({-1, -1}))), HasSubstr("Only one input size may be -1, not both 0 and 1"));
  EXPECT_THAT(error_of(reshape(hidden({1, 2}), hidden({-2}))), HasSubstr("Size 0 must be non-negative, not -2"));
  EXPECT_THAT(error_of(reshape(hidden({1, 2}), hidden({-1, 3}))), HasSubstr("requested shape requires a multiple of 3"));
  EXPECT_FALSE(error_of(reshape(hidden({1, 2}), hidden(std::vector<int64_t>{int64_t{1} << 40, int64_t{1} << 40}))).empty());
  EXPECT_THAT(error_of(reshape(matrix(), {5})), HasSubstr("Cannot reshape a tensor with 6 elements to shape [5] (5 elements)"));
  graph.take_errors();
  EXPECT_THAT(error_of(reshape(matrix(), {4, -1})), HasSubstr("Dimension size must be evenly divisible by 4 but is 6"));
}

TEST_F(ArrayOps, ExpandAndSqueeze) {
  EXPECT_EQ(expand_dims(matrix(), 0).shape().to_string(), "[1,2,3]");
  EXPECT_EQ(value_of(expand_dims(matrix(), -1)).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(value_of(squeeze(expand_dims(matrix(), 1))).shape(), (Shape{2, 3}));
  EXPECT_EQ(value_of(squeeze(expand_dims(matrix(), 1), {.axis = {-2}})).shape(), (Shape{2, 3}));
  EXPECT_THAT(error_of(expand_dims(hidden({1, 2}), hidden(3))), HasSubstr("Tried to expand dim index 3 for tensor with 1 dimensions."));
  EXPECT_THAT(error_of(expand_dims(matrix(), 4)), HasSubstr("dim 4 not in the interval [-3, 2]."));
  graph.take_errors();
  EXPECT_THAT(error_of(squeeze(matrix(), {.axis = {0}})), HasSubstr("Can not squeeze dim[0], expected a dimension of 1, got 2"));
}

TEST_F(ArrayOps, Fills) {
  EXPECT_EQ(text_of(fill(graph, {2, 2}, 3)), "[[3 3]\n [3 3]]");
  EXPECT_EQ(text_of(fill(graph, {2}, "ab")), "[b'ab' b'ab']");
  EXPECT_EQ(text_of(zeros(graph, {2}, {.dtype = DType::kBool})), "[False False]");
  EXPECT_EQ(text_of(ones(graph, {2}, {.dtype = DType::kHalf})), "[1. 1.]");
  EXPECT_EQ(text_of(ones_like(ints({4, 5}))), "[1 1]");
  EXPECT_EQ(text_of(zeros_like(matrix(), {.optimize = false})), "[[0. 0. 0.]\n [0. 0. 0.]]");
  EXPECT_THAT(error_of(fill(hidden({-1}), 1)), HasSubstr("Dimension -1 must be >= 0"));
  EXPECT_THAT(error_of(fill(hidden(1), 1)), HasSubstr("dims must be a vector, got shape []"));
  EXPECT_THAT(error_of(fill(hidden({1}), hidden({1}))), HasSubstr("value must be a scalar, got shape [1]"));
}

TEST_F(ArrayOps, StackAndUnstack) {
  const Output a = ints({1, 2}), b = ints({3, 4});
  EXPECT_EQ(text_of(stack({a, b})), "[[1 2]\n [3 4]]");
  EXPECT_EQ(text_of(stack({a, b}, {.axis = 1})), "[[1 3]\n [2 4]]");
  EXPECT_EQ(text_of(stack({a, b}, {.axis = -2})), "[[1 2]\n [3 4]]");
  EXPECT_EQ(text_of(unstack(matrix(), {.axis = 1})[2]), "[3. 6.]");
  EXPECT_EQ(text_of(unstack(matrix())[1]), "[4. 5. 6.]");
  EXPECT_THAT(error_of(stack({hidden({1, 2}), hidden({1})})),
              HasSubstr("Shapes of all inputs must match: values[0].shape = [2] != values[1].shape = [1]"));
  EXPECT_THAT(error_of(unstack(hidden({1, 2}), {.num = 3})[0]), HasSubstr("Input shape axis 0 must equal 3, got shape [2]"));
  EXPECT_THAT(error_of(unstack(hidden({1, 2}))[0]), HasSubstr("Cannot infer num from shape"));
}

TEST_F(ArrayOps, Concat) {
  EXPECT_EQ(text_of(concat({matrix(), matrix()}, 1)), "[[1. 2. 3. 1. 2. 3.]\n [4. 5. 6. 4. 5. 6.]]");
  EXPECT_EQ(text_of(concat({ints({1}), constant(graph, Tensor(DType::kInt32, Shape{0})), ints({2, 3})}, -1)), "[1 2 3]");
  EXPECT_EQ(text_of(concat({"a", "b"}, 0).failed() ? Output() : concat({ints({1}), ints({2})}, 0)), "[1 2]");
  const Output half = placeholder(graph, DType::kFloat32, {.shape = {-1, 2}});
  EXPECT_EQ(concat({half, placeholder(graph, DType::kFloat32, {.shape = {3, 2}})}, 0).shape().to_string(), "[?,2]");
  EXPECT_EQ(concat({half, placeholder(graph, DType::kFloat32, {.shape = {3, 2}})}, 1).shape().to_string(), "[3,4]");
  EXPECT_EQ(concat({half, half}, placeholder(graph, DType::kInt32)).shape().to_string(), "[?,?]");
  graph.take_errors();
  EXPECT_THAT(error_of(concat({hidden({1, 2}), hidden(Tensor::from<int32_t>({{1}}))}, 0)),
              HasSubstr("ConcatOp : Ranks of all input tensors should match: shape[0] = [2] vs. shape[1] = [1,1]"));
  EXPECT_THAT(error_of(concat({hidden(Tensor::from<int32_t>({{1, 2}})), hidden(Tensor::from<int32_t>({{1}}))}, 0)),
              HasSubstr("ConcatOp : Dimensions of inputs should match: shape[0] = [1,2] vs. shape[1] = [1,1]"));
  EXPECT_THAT(error_of(concat({hidden({1, 2}), hidden({1})}, hidden(2))),
              HasSubstr("ConcatOp : Expected concatenating dimensions in the range [-1, 1), but got 2"));
}

TEST_F(ArrayOps, ConcatOfManyLongRows) {  // more than one tile of work
  std::vector<Output> parts;
  for (int i = 0; i < 3; ++i) parts.push_back(fill(graph, {7, 2000 + i}, i));
  const Tensor joined = value_of(concat(parts, 1));
  ASSERT_EQ(joined.shape(), (Shape{7, 6003}));
  for (int64_t row = 0; row < 7; ++row) {
    for (int64_t c = 0; c < 6003; ++c) ASSERT_EQ(joined.at<int32_t>({row, c}), c < 2000 ? 0 : c < 4001 ? 1 : 2);
  }
}

TEST_F(ArrayOps, Split) {
  EXPECT_EQ(text_of(split(matrix(), 3, 1)[2]), "[[3.]\n [6.]]");
  EXPECT_EQ(text_of(split(matrix(), {1, -1}, 1)[1]), "[[2. 3.]\n [5. 6.]]");
  EXPECT_EQ(text_of(split(matrix(), 2, 0)[1]), "[[4. 5. 6.]]");
  EXPECT_EQ(split(matrix(), {1, -1}, -1)[1].shape().to_string(), "[2,2]");
  EXPECT_THAT(error_of(split(hidden({1, 2}), 3)[0]),
              HasSubstr("Number of ways to split should evenly divide the split dimension, but got split_dim 0 (size = 2) and num_split 3"));
  EXPECT_THAT(error_of(split(hidden({1, 2}), 2, hidden(3))[0]), HasSubstr("-input rank(-1) <= split_dim < input rank (1), but got 3"));
  EXPECT_THAT(error_of(split(hidden({1, 2}), {1, 2})[0]), HasSubstr("Determined shape must either match input shape along split_dim exactly"));
  EXPECT_THAT(error_of(split(hidden({1, 2}), {-1, -1})[0]), HasSubstr("There can only be one -1 in the input."));
}

TEST_F(ArrayOps, Slice) {
  EXPECT_EQ(text_of(slice(matrix(), {0, 1}, {2, 2})), "[[2. 3.]\n [5. 6.]]");
  EXPECT_EQ(text_of(slice(matrix(), {1, 0}, {-1, -1})), "[[4. 5. 6.]]");
  EXPECT_EQ(slice(matrix(), {0, 1}, {-1, -1}).shape().to_string(), "[2,2]");
  EXPECT_THAT(error_of(slice(hidden({1, 2}), {1}, {2})), HasSubstr("Expected size[0] in [0, 1], but got 2"));
  EXPECT_THAT(error_of(slice(hidden({1, 2}), {3}, {1})), HasSubstr("Expected begin[0] in [0, 2], but got 3"));
  EXPECT_THAT(error_of(slice(hidden({1, 2}), hidden({1, 1}), {1, 1})),
              HasSubstr("Expected begin and size arguments to be 1-D tensors of size 1, but got shapes [2] and [2] instead."));
}

TEST_F(ArrayOps, Transpose) {
  EXPECT_EQ(text_of(transpose(matrix())), "[[1. 4.]\n [2. 5.]\n [3. 6.]]");
  EXPECT_EQ(text_of(matrix_transpose(expand_dims(matrix(), 0))), "[[[1. 4.]\n  [2. 5.]\n  [3. 6.]]]");
  EXPECT_EQ(text_of(invert_permutation(ints({2, 0, 1}))), "[1 2 0]");
  EXPECT_THAT(error_of(transpose(hidden({1, 2}), hidden({0, 0}))),
              HasSubstr("transpose expects a vector of size 1. But input(1) is a vector of size 2"));
  EXPECT_THAT(error_of(transpose(hidden(matrix()), hidden({0, 0}))), HasSubstr("1 is missing from {0,0}."));
  EXPECT_THAT(error_of(transpose(hidden(matrix()), hidden({0, 2}))), HasSubstr("2 is out of range [0 .. 2)"));
  EXPECT_THAT(error_of(invert_permutation(hidden({0, 0}))), HasSubstr("0 is duplicated in the input."));
  EXPECT_THAT(error_of(invert_permutation(hidden({0, 2}))), HasSubstr("2 is not between 0 and 2"));
}

TEST_F(ArrayOps, TransposeOfEachPermutationIsTheNaiveOne) {
  const Shape shape{5, 34, 1, 37};
  for (const DType dtype : {DType::kInt8, DType::kHalf, DType::kInt32, DType::kFloat64, DType::kComplex128, DType::kString}) {
    Tensor x(dtype, shape);
    dispatch<kAllTypes - DTypeSet{DType::kResource, DType::kVariant}>(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      for (int64_t i = 0; i < x.num_elements(); ++i) {
        if constexpr (std::is_same_v<T, std::string>) x.data<T>()[i] = std::to_string(i);
        else if constexpr (std::is_same_v<T, half>) x.data<T>()[i] = half(static_cast<float>(i % 1999));
        else if constexpr (std::is_arithmetic_v<T> || is_complex(dtype_of<T>)) x.data<T>()[i] = static_cast<T>(i % 113);
      }
      std::vector<int> perm = {0, 1, 2, 3};
      const Output input = constant(graph, x);
      do {
        const Tensor y = value_of(transpose(input, Operand(perm)));
        Dims strides(4, 1);
        for (int d = 2; d >= 0; --d) strides[static_cast<size_t>(d)] = strides[static_cast<size_t>(d) + 1] * shape.dim(d + 1);
        int64_t at = 0;
        bool same = true;
        for (int64_t a = 0; a < y.dim(0); ++a)
          for (int64_t b = 0; b < y.dim(1); ++b)
            for (int64_t c = 0; c < y.dim(2); ++c)
              for (int64_t d = 0; d < y.dim(3); ++d) {
                const int64_t index[] = {a, b, c, d};
                int64_t from = 0;
                for (size_t k = 0; k < 4; ++k) from += index[k] * strides[static_cast<size_t>(perm[k])];
                same = same && y.data<T>()[at++] == x.data<T>()[from];
              }
        EXPECT_TRUE(same) << dtype_name(dtype) << " " << perm[0] << perm[1] << perm[2] << perm[3];
      } while (std::next_permutation(perm.begin(), perm.end()));
    });
  }
}

TEST_F(ArrayOps, ReverseAndReverseSequence) {
  EXPECT_EQ(text_of(reverse(matrix(), {1})), "[[3. 2. 1.]\n [6. 5. 4.]]");
  EXPECT_EQ(text_of(reverse(matrix(), {0, -1})), "[[6. 5. 4.]\n [3. 2. 1.]]");
  EXPECT_EQ(text_of(reverse_sequence(matrix(), {2, 3})), "[[2. 1. 3.]\n [6. 5. 4.]]");
  EXPECT_EQ(text_of(reverse_sequence(matrix(), {2, 1, 0}, {.seq_axis = 0, .batch_axis = 1})), "[[4. 2. 3.]\n [1. 5. 6.]]");
  EXPECT_THAT(error_of(reverse(hidden({1, 2}), hidden({1}))), HasSubstr("'axis'[0] = 1 is out of valid range [0, 0"));
  EXPECT_THAT(error_of(reverse(hidden({1, 2}), hidden({0, 0}))), HasSubstr("axis 0 specified more than once."));
  EXPECT_THAT(error_of(reverse_sequence(hidden(matrix()), {1, 4})), HasSubstr("seq_lens(1) > input.dims(1)"));
  EXPECT_THAT(error_of(reverse_sequence(hidden(matrix()), {1, -1})), HasSubstr("seq_lens(1) < 0"));
  EXPECT_THAT(error_of(reverse_sequence(hidden(matrix()), {1})), HasSubstr("len(seq_lens) != input.dims(0), (1 vs. 2)"));
}

TEST_F(ArrayOps, TileAndPad) {
  EXPECT_EQ(text_of(tile(ints({1, 2}), {3})), "[1 2 1 2 1 2]");
  EXPECT_EQ(text_of(tile(constant(graph, {{1, 2}, {3, 4}}), {2, 2})), "[[1 2 1 2]\n [3 4 3 4]\n [1 2 1 2]\n [3 4 3 4]]");
  EXPECT_EQ(text_of(tile(ints({1}), {0})), "[]");
  EXPECT_EQ(text_of(pad(ints({1, 2}), {{1, 2}})), "[0 1 2 0 0]");
  EXPECT_EQ(text_of(pad(constant(graph, {{1, 2}}), {{1, 0}, {0, 1}}, {.constant_value = 7})), "[[7 7 7]\n [1 2 7]]");
  const Output grid = constant(graph, {{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(text_of(pad(grid, {{1, 1}, {2, 2}}, {.mode = PadMode::kReflect})),
            "[[6 5 4 5 6 5 4]\n [3 2 1 2 3 2 1]\n [6 5 4 5 6 5 4]\n [3 2 1 2 3 2 1]]");
  EXPECT_EQ(text_of(pad(grid, {{1, 1}, {2, 2}}, {.mode = PadMode::kSymmetric})),
            "[[2 1 1 2 3 3 2]\n [2 1 1 2 3 3 2]\n [5 4 4 5 6 6 5]\n [5 4 4 5 6 6 5]]");
  EXPECT_EQ(pad(placeholder(graph, DType::kFloat32, {.shape = {-1, 2}}), {{1, 1}, {0, 3}}).shape().to_string(), "[?,5]");
  EXPECT_THAT(error_of(tile(hidden({1, 2}), hidden({-1}))), HasSubstr("Expected multiples[0] >= 0, but got -1"));
  EXPECT_THAT(error_of(pad(hidden({1, 2}), hidden(Tensor::from<int32_t>({{1, -1}})))), HasSubstr("Paddings must be non-negative: 1 -1"));
  EXPECT_THAT(error_of(pad(hidden({1, 2}), hidden(Tensor::from<int32_t>({{2, 1}})), {.mode = PadMode::kReflect})),
              HasSubstr("paddings must be less than the dimension size: 2, 1 not less than 2"));
  EXPECT_THAT(error_of(pad(hidden({1, 2}), hidden(Tensor::from<int32_t>({{3, 1}})), {.mode = PadMode::kSymmetric})),
              HasSubstr("paddings must be no greater than the dimension size: 3, 1 greater than 2"));
}

TEST_F(ArrayOps, RangeAndLinSpace) {
  EXPECT_EQ(text_of(range(graph, 5)), "[0 1 2 3 4]");
  EXPECT_EQ(text_of(range(graph, 5, 0, -2)), "[5 3 1]");
  const Tensor tenths = value_of(range(graph, 0.0f, 1.0f, 0.1f));
  ASSERT_EQ(tenths.num_elements(), 10);
  EXPECT_EQ(tenths.at<float>({7}), 0.70000005f);  // summed, as TensorFlow does
  EXPECT_EQ(tenths.at<float>({9}), 0.9000001f);
  EXPECT_EQ(text_of(linspace(graph, 0.0f, 1.0f, 5)), "[0.   0.25 0.5  0.75 1.  ]");
  EXPECT_EQ(value_of(linspace(graph, -3.3f, 7.7f, 1000)).at<float>({999}), 7.7f);
  EXPECT_EQ(value_of(range(graph, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), 1 << 30)).num_elements(), 4);
  EXPECT_THAT(error_of(range(hidden(0), hidden(5), hidden(0))), HasSubstr("Requires delta != 0: 0"));
  EXPECT_THAT(error_of(range(hidden(6), hidden(5), hidden(1))), HasSubstr("Requires start <= limit when delta > 0: 6/5"));
  EXPECT_THAT(error_of(range(hidden(4.5f), hidden(5.0f), hidden(-1.0f))), HasSubstr("Requires start >= limit when delta < 0: 4.5/5"));
}

TEST_F(ArrayOps, OneHot) {
  EXPECT_EQ(text_of(one_hot(ints({1, 3, -1}), 3)), "[[0. 1. 0.]\n [0. 0. 0.]\n [0. 0. 0.]]");
  EXPECT_EQ(text_of(one_hot(ints({1, 0}), 2, {.on_value = 5, .off_value = -1, .axis = 0})), "[[-1  5]\n [ 5 -1]]");
  EXPECT_THAT(error_of(one_hot(hidden({1, 2}), hidden(-1))), HasSubstr("depth must be non-negative, got: -1"));
  EXPECT_THAT(error_of(one_hot(hidden({1, 2}), 3, {.axis = 2})), HasSubstr("Expected axis to be -1 or between [0, 2).  But received: 2"));
}

TEST_F(ArrayOps, Checks) {
  const float nan = std::nanf("");
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of(check_numerics(constant(graph, {1.0f}), "m")), "OK");
  EXPECT_THAT(error_of(check_numerics(constant(graph, {1.0f, nan}), "m")), HasSubstr("m : Tensor had NaN values"));
  EXPECT_THAT(error_of(check_numerics(constant(graph, {-inf, nan}), "m")), HasSubstr("m : Tensor had Inf and NaN values"));
  EXPECT_EQ(ensure_shape(hidden({1, 2}), {2}).shape().to_string(), "[2]");
  EXPECT_THAT(error_of(ensure_shape(hidden({1, 2}), {3})), HasSubstr("[2] is not compatible with expected shape [3]."));
}

TEST_F(ArrayOps, SizesAndRanks) {
  EXPECT_EQ(text_of(shape(matrix())), "[2 3]");
  EXPECT_EQ(text_of(shape(matrix(), {.out_type = DType::kInt64, .optimize = false})), "[2 3]");
  EXPECT_EQ(text_of(size(matrix(), {.optimize = false})), "6");
  EXPECT_EQ(text_of(shape_n({matrix(), matrix()})[1]), "[2 3]");  // of one dtype, as the op wants
  EXPECT_EQ(text_of(rank(matrix())), "2");
}

}  // namespace
}  // namespace weft
