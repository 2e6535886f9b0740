// SegmentSum, SegmentMean, SegmentProd, SegmentMax, SegmentMin: reductions of runs of rows. ids [0, 0, 2] make groups {0, 1}, {}, {2}.
#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/reduction.h"
#include "src/ops/segment_gradients.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

// The rows of one group.
struct Run {
  int64_t group;
  int64_t first_row;
  int64_t rows;
};

absl::StatusOr<std::vector<Run>> find_runs(const Tensor& ids) {
  std::vector<Run> runs;
  const int64_t n = ids.num_elements();
  const int64_t last = n == 0 ? 0 : index_at(ids, n - 1);
  if (last == std::numeric_limits<int64_t>::max()) return invalid_argument("segment id ", last, " is too large");
  for (int64_t i = 0; i < n; ++i) {
    const int64_t id = index_at(ids, i);
    if (id < 0 || id > last) {
      return invalid_argument("Segment id ", id, " out of range [0, ", std::max<int64_t>(last, 0) + 1,
                              "), possibly because 'segment_ids' input is not sorted.");
    }
    if (!runs.empty() && id < runs.back().group) return invalid_argument("segment ids are not increasing");
    if (!runs.empty() && id == runs.back().group) ++runs.back().rows;
    else runs.push_back({id, i, 1});
  }
  return runs;
}

template <typename R, typename T>
void reduce_runs(const KernelContext& context, const T* data, const std::vector<Run>& runs, int64_t inner, T gap, T* out) {
  using Acc = AccumulatorOf<T>;
  using reduction_internal::kColumns;
  const auto count = static_cast<int64_t>(runs.size());
  const int64_t blocks = (inner + kColumns - 1) / kColumns;
  const int64_t rows_each = count > 0 ? (runs.back().first_row + runs.back().rows) / count : 1;
  context.parallel_for(count * blocks, tile_items(rows_each * std::min(inner, kColumns) / 4 + 4), [&](int64_t begin, int64_t end) {
    std::array<Acc, kColumns> sums;
    for (int64_t i = begin; i < end; ++i) {
      const auto r = static_cast<size_t>(i / blocks);
      const Run& run = runs[r];
      const int64_t column = i % blocks * kColumns;
      const int64_t width = std::min(kColumns, inner - column);
      for (int64_t empty = r == 0 ? 0 : runs[r - 1].group + 1; empty < run.group; ++empty) std::fill_n(out + empty * inner + column, width, gap);
      reduction_internal::reduce_rows<R, T, Acc>(data + run.first_row * inner + column, run.rows, inner, width, sums.data());
      T* to = out + run.group * inner + column;
      for (int64_t j = 0; j < width; ++j) to[j] = R::template finish<T>(sums[static_cast<size_t>(j)], run.rows);
    }
  });
}

template <typename R, typename T> absl::Status segment_reduce(KernelContext& context) {
  const Tensor& data = context.input(0);
  const Tensor& ids = context.input(1);
  if (ids.rank() != 1) return invalid_argument("segment_ids should be a vector.");
  if (data.rank() < 1 || ids.dim(0) != data.dim(0)) return invalid_argument("segment_ids should be the same size as dimension 0 of input.");
  WEFT_ASSIGN_OR_RETURN(const std::vector<Run> runs, find_runs(ids));
  Dims dims(data.shape().dims().begin(), data.shape().dims().end());
  dims[0] = runs.empty() ? 0 : runs.back().group + 1;
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  const T gap = std::is_same_v<R, ProdReducer> ? T(1) : T(0);
  reduce_runs<R, T>(context, data.data<T>(), runs, count_of_dims(data.shape(), 1, data.rank()), gap, out->data<T>());
  return absl::OkStatus();
}

template <typename R, DTypeSet Set> KernelTable segment_kernels() {
  return {{.constraints = {{"T", Set}}, .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
             Kernel kernel;
             dispatch<Set>(init.type("T"), [&](auto tag) { kernel = Kernel(segment_reduce<R, typename decltype(tag)::type>); });
             return kernel;
           }}};
}

absl::Status segment_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape data, ShapeContext::with_rank_at_least(c.input(0), 1));
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 1).status());
  PartialShape out = data;
  if (out.known_rank()) out.set_dim(0, kUnknownDim);
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

OpDef segment_op(std::string_view name, DTypeSet allowed, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"data", type_attr("T")}, {"segment_ids", type_attr("Tindices")}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T", allowed), type_attribute("Tindices", kIndexTypes)},
          .shape = segment_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

Output build(const OpDef& op, const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return OpBuilder(op, name, where).input(data).input(ids).output();
}

}  // namespace

// SegmentSum: the sum of each run of slices. Gradient: dy gathered.
const OpDef& segment_sum_op() {
  static const OpDef& op = *new OpDef(segment_op("SegmentSum", kNumberTypes, segment_kernels<SumReducer, kReductionNumber>(), segment_sum_gradient));
  return op;
}
// SegmentMean: the sum over the count. Gradient: dy over the count, gathered.
const OpDef& segment_mean_op() {
  static const OpDef& op =
      *new OpDef(segment_op("SegmentMean", kNumberTypes, segment_kernels<MeanReducer, kReductionNumber>(), segment_mean_gradient));
  return op;
}
// SegmentProd: the product.
const OpDef& segment_prod_op() {
  static const OpDef& op = *new OpDef(segment_op("SegmentProd", kNumberTypes, segment_kernels<ProdReducer, kReductionNumber>(), NoGradientDefined{}));
  return op;
}
// SegmentMax, SegmentMin: the extremes. Gradient: dy shared equally by the elements that attain them.
const OpDef& segment_max_op() {
  static const OpDef& op =
      *new OpDef(segment_op("SegmentMax", kRealNumberTypes, segment_kernels<MaxReducer, kReductionReal>(), segment_extreme_gradient));
  return op;
}
const OpDef& segment_min_op() {
  static const OpDef& op =
      *new OpDef(segment_op("SegmentMin", kRealNumberTypes, segment_kernels<MinReducer, kReductionReal>(), segment_extreme_gradient));
  return op;
}

OpList segment_ops() { return {&segment_sum_op(), &segment_mean_op(), &segment_prod_op(), &segment_max_op(), &segment_min_op()}; }

Output segment_sum(const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return build(segment_sum_op(), data, ids, name, where);
}
Output segment_mean(const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return build(segment_mean_op(), data, ids, name, where);
}
Output segment_prod(const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return build(segment_prod_op(), data, ids, name, where);
}
Output segment_max(const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return build(segment_max_op(), data, ids, name, where);
}
Output segment_min(const Operand& data, const Operand& ids, std::string_view name, Loc where) {
  return build(segment_min_op(), data, ids, name, where);
}

}  // namespace weft
