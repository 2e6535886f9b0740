// UnsortedSegmentSum, Prod, Max, Min: each slice of data is combined into the slice of the result that its id names.
//
// Slices are taken in order, so the bits depend on nothing else. Threads share out the columns of a slice, never the slices.
#include "src/ops/composite.h"
#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/reducers.h"
#include "src/ops/segment_gradients.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

// What a group without slices holds: finite, unlike a Max over nothing.
template <typename R, typename T> T empty_group() {
  if constexpr (std::is_same_v<R, MaxReducer> || std::is_same_v<R, MinReducer>) {
    constexpr bool max = std::is_same_v<R, MaxReducer>;
    if constexpr (std::is_same_v<T, half>) return half::from_bits(max ? 0xfbff : 0x7bff);
    else if constexpr (std::is_same_v<T, bfloat16>) return bfloat16::from_bits(max ? 0xff7f : 0x7f7f);
    else return max ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
  } else {
    return R::template empty<T>();
  }
}

template <typename R, typename T> T combined(T a, T b) {
  using Acc = AccumulatorOf<T>;
  return static_cast<T>(R::combine(static_cast<Acc>(a), static_cast<Acc>(b)));
}

struct GroupSizes {
  int64_t slices, groups, inner;
};

// Columns [begin, end) of every slice.
template <typename R, typename T, typename I>
void combine_columns(const T* data, const I* ids, const GroupSizes& sizes, T* out, int64_t begin, int64_t end) {
  for (int64_t i = 0; i < sizes.slices; ++i) {
    if (ids[i] < 0) continue;
    const T* from = data + i * sizes.inner;
    T* to = out + static_cast<int64_t>(ids[i]) * sizes.inner;
    for (int64_t j = begin; j < end; ++j) to[j] = combined<R>(to[j], from[j]);
  }
}

// The first id that is too large; negative ids are dropped.
absl::Status check_ids(const Tensor& ids, int64_t groups) {
  return with_indices(ids, [&](const auto* id) -> absl::Status {
    for (int64_t i = 0; i < ids.num_elements(); ++i) {
      if (static_cast<int64_t>(id[i]) >= groups) {
        return invalid_argument("segment_ids", position_text(ids.shape(), i), " = ", static_cast<int64_t>(id[i]), " is out of range [0, ", groups,
                                ")");
      }
    }
    return absl::OkStatus();
  });
}

template <typename R, typename T> absl::Status unsorted_segment_reduce(KernelContext& context) {
  const Tensor& data = context.input(0);
  const Tensor& ids = context.input(1);
  const Tensor& num_segments = context.input(2);
  if (!num_segments.shape().is_scalar()) return invalid_argument("num_segments should be a scalar, not shape ", num_segments.shape().to_string());
  if (!starts_with(data.shape(), ids.shape())) {
    return invalid_argument("data.shape = ", data.shape().to_string(), " does not start with segment_ids.shape = ", ids.shape().to_string());
  }
  const int64_t groups = index_at(num_segments, 0);
  if (groups < 0) return invalid_argument("Input num_segments == ", groups, " must not be negative.");
  WEFT_RETURN_IF_ERROR(check_ids(ids, groups));
  Dims dims{groups};
  dims.insert(dims.end(), data.shape().dims().begin() + ids.rank(), data.shape().dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  T* to = out->data<T>();
  std::fill_n(to, out->num_elements(), empty_group<R, T>());
  const GroupSizes sizes{ids.num_elements(), groups, count_of_dims(data.shape(), ids.rank(), data.rank())};
  if (data.num_elements() == 0) return absl::OkStatus();
  constexpr int64_t kMinColumns = 64;  // a few cache lines
  const int64_t columns = std::max(kMinColumns, tile_items(sizes.slices / 8 + 1));
  with_indices(ids, [&](const auto* id) {
    context.parallel_for(sizes.inner, columns, [&](int64_t begin, int64_t end) { combine_columns<R>(data.data<T>(), id, sizes, to, begin, end); });
  });
  return absl::OkStatus();
}

template <typename R, DTypeSet Set> KernelTable unsorted_segment_kernels() {
  return {{.constraints = {{"T", Set}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             Kernel kernel;
             dispatch<Set>(init.type("T"), [&](auto tag) { kernel = Kernel(unsorted_segment_reduce<R, typename decltype(tag)::type>); });
             return kernel;
           }}};
}

absl::Status unsorted_segment_shape(ShapeContext& c) {
  const PartialShape& data = c.input(0);
  const PartialShape& ids = c.input(1);
  WEFT_RETURN_IF_ERROR(c.input_with_rank(2, 0).status());
  const std::optional<int64_t> groups = c.constant_scalar(2);
  if (groups.has_value() && *groups < 0) return invalid_argument("Dimension size, given by scalar input 2, must be non-negative but is ", *groups);
  if (!data.known_rank() || !ids.known_rank()) return unknown_shape(c);
  if (data.rank() < ids.rank()) return invalid_argument("Shape must be at least rank ", ids.rank(), " but is rank ", data.rank());
  WEFT_RETURN_IF_ERROR(PartialShape(data.dims().first(ids.dims().size())).merge(ids).status());
  Dims dims{groups.value_or(kUnknownDim)};
  dims.insert(dims.end(), data.dims().begin() + ids.rank(), data.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

OpDef unsorted_segment_op(std::string_view name, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {
      .name = name,
      .inputs = {{"data", type_attr("T")}, {"segment_ids", type_attr("Tindices")}, {"num_segments", type_attr("Tnumsegments")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {type_attribute("T", allowed), type_attribute("Tindices", kIndexTypes), type_attribute("Tnumsegments", kIndexTypes, DType::kInt32)},
      .shape = unsorted_segment_shape,
      .kernels = std::move(kernels),
      .gradient = std::move(gradient)};
}

constexpr DTypeSet kSummed = kFloatTypes | kIntTypes | kComplexTypes;
constexpr DTypeSet kOrdered = kFloatTypes | kIntTypes;

Output build(const OpDef& op, const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return OpBuilder(op, name, where).input(data).input(ids).input(num_segments).output();
}

}  // namespace

// UnsortedSegmentSum: out[s] = sum of data[i] with ids[i] = s. Gradient: dy gathered, 0 for negative ids.
const OpDef& unsorted_segment_sum_op() {
  static const OpDef& op = *new OpDef(
      unsorted_segment_op("UnsortedSegmentSum", kNumberTypes, unsorted_segment_kernels<SumReducer, kSummed>(), unsorted_segment_sum_gradient));
  return op;
}
// UnsortedSegmentProd: the product. Gradient: dy times the product of the group's other elements.
const OpDef& unsorted_segment_prod_op() {
  static const OpDef& op = *new OpDef(
      unsorted_segment_op("UnsortedSegmentProd", kNumberTypes, unsorted_segment_kernels<ProdReducer, kSummed>(), unsorted_segment_prod_gradient));
  return op;
}
// UnsortedSegmentMax, UnsortedSegmentMin: the extremes. Gradient: dy shared equally by the elements that attain them.
const OpDef& unsorted_segment_max_op() {
  static const OpDef& op = *new OpDef(unsorted_segment_op("UnsortedSegmentMax", kRealNumberTypes, unsorted_segment_kernels<MaxReducer, kOrdered>(),
                                                          unsorted_segment_extreme_gradient));
  return op;
}
const OpDef& unsorted_segment_min_op() {
  static const OpDef& op = *new OpDef(unsorted_segment_op("UnsortedSegmentMin", kRealNumberTypes, unsorted_segment_kernels<MinReducer, kOrdered>(),
                                                          unsorted_segment_extreme_gradient));
  return op;
}

OpList unsorted_segment_ops() {
  return {&unsorted_segment_sum_op(), &unsorted_segment_prod_op(), &unsorted_segment_max_op(), &unsorted_segment_min_op()};
}

Output unsorted_segment_sum(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return build(unsorted_segment_sum_op(), data, ids, num_segments, name, where);
}
Output unsorted_segment_prod(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return build(unsorted_segment_prod_op(), data, ids, num_segments, name, where);
}
Output unsorted_segment_max(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return build(unsorted_segment_max_op(), data, ids, num_segments, name, where);
}
Output unsorted_segment_min(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return build(unsorted_segment_min_op(), data, ids, num_segments, name, where);
}

namespace {

// How many slices each group has, at least 1, shaped to divide the sums.
Output group_counts(const Output& data, const Output& ids, const Operand& num_segments) {
  const Output ones_like_ids = ones(shape(ids), {.dtype = data.dtype()});
  const Output counts = unsorted_segment_sum(ones_like_ids, ids, num_segments);
  std::vector<Operand> dims{num_segments};
  for (int i = data.shape().rank() - ids.shape().rank(); i > 0; --i) dims.push_back(1);
  if (const Literal* literal = num_segments.literal()) {
    std::vector<int64_t> known{index_at(literal->tensor, 0)};
    known.resize(dims.size(), 1);
    return maximum(reshape(counts, known), 1);
  }
  const Scope scope = data.graph()->name_scope("Reshape");
  return maximum(reshape(counts, stack(dims, {.name = "shape"}), scope.name()), 1);
}

Output scaled_sum(const Operand& data_operand, const Operand& ids_operand, const Operand& num_segments, std::string_view name, bool root, Loc where) {
  Graph* graph = graph_of({&data_operand, &ids_operand, &num_segments});
  if (graph == nullptr) return Output();
  const Composite scope(*graph, name, where);
  const Output data = convert(data_operand, graph, DType::kInvalid, "Const", where),
               ids = convert(ids_operand, graph, DType::kInvalid, "Const", where);
  if (!data || !ids) return Output::failed(graph);
  if (!data.shape().known_rank() || !ids.shape().known_rank()) {
    return scope.error(invalid_argument(name, ": the ranks of data and segment_ids must be known; give them with set_shape"), where);
  }
  const Output counts = group_counts(data, ids, num_segments);
  const Output sums = unsorted_segment_sum(data, ids, num_segments);
  return sums / (root ? sqrt(counts) : counts);
}

}  // namespace

Output unsorted_segment_mean(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return scaled_sum(data, ids, num_segments, name_or(name, "UnsortedSegmentMean"), false, where);
}
Output unsorted_segment_sqrt_n(const Operand& data, const Operand& ids, const Operand& num_segments, std::string_view name, Loc where) {
  return scaled_sum(data, ids, num_segments, name_or(name, "UnsortedSegmentSqrtN"), true, where);
}

}  // namespace weft
