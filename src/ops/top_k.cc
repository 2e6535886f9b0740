// TopK and TopKV2. The k best are kept in a heap whose top is the worst of them, as in TensorFlow, so that the unsorted order is its
// order too.
#include <algorithm>
#include <numeric>
#include <vector>

#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/top_k_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kTopKKernelTypes = kRealNumberTypes - DTypeSet{DType::kUInt32, DType::kUInt64};

// --- Shape -----------------------------------------------------------------------------------------------------------------------

absl::Status set_top_k_shape(ShapeContext& c, int64_t k) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, ShapeContext::with_rank_at_least(c.input(0), 1));
  if (shape.known_rank()) {
    const int64_t columns = shape.dim(shape.rank() - 1);
    if (k >= 0 && columns >= 0 && columns < k) return invalid_argument("input must have last dimension >= k = ", k, " but is ", columns);
    shape.set_dim(shape.rank() - 1, k);
  }
  c.set_output(0, shape);
  c.set_output(1, std::move(shape));
  return absl::OkStatus();
}

absl::Status top_k_shape(ShapeContext& c) { return set_top_k_shape(c, c.get<int64_t>("k")); }

absl::Status top_k_v2_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank(c.input(1), 0).status());
  const std::optional<int64_t> k = c.constant_scalar(1);
  if (k.has_value() && *k < 0) return invalid_argument("Dimension size, given by scalar input 1, must be non-negative but is ", *k);
  return set_top_k_shape(c, k.value_or(kUnknownDim));
}

// --- Kernel ----------------------------------------------------------------------------------------------------------------------

// Is element a better than b? Greater, or equal and earlier. NaN counts as equal to everything.
template <typename T> struct Better {
  const T* row;
  bool operator()(int32_t a, int32_t b) const {
    if (row[b] < row[a]) return true;
    if (row[a] < row[b]) return false;
    return a < b;
  }
};

// The positions of the k best of `n` elements, 0 < k < n. `best` has room for k + 1.
template <typename T> void best_of_row(const T* row, int32_t n, int32_t k, bool sorted, std::vector<int32_t>& best) {
  const Better<T> better{row};
  best.clear();
  for (int32_t i = 0; i <= k; ++i) best.push_back(i);
  std::make_heap(best.begin(), best.end(), better);
  std::pop_heap(best.begin(), best.end(), better);
  for (int32_t i = k + 1; i < n; ++i) {
    if (!better(i, best.front())) continue;
    // The last slot lies outside the heap: popping puts the worst there and lets this one in.
    best.back() = i;
    std::pop_heap(best.begin(), best.end(), better);
  }
  best.pop_back();
  if (sorted) std::sort_heap(best.begin(), best.end(), better);
}

// The first greatest element; NaN only when there is nothing else.
template <typename T> int32_t greatest(const T* row, int32_t n) {
  int32_t best = 0;
  for (int32_t i = 1; i < n; ++i) {
    if (row[best] < row[i] || (row[best] != row[best] && row[i] == row[i])) best = i;
  }
  return best;
}

template <typename T>
void top_k_rows(const KernelContext& context, const T* input, int64_t rows, int32_t n, int32_t k, bool sorted, T* values, int32_t* indices) {
  context.parallel_for(rows, tile_items(int64_t{n} * 4), [&](int64_t begin, int64_t end) {
    std::vector<int32_t> best;
    best.reserve(static_cast<size_t>(std::min(n, k + 1)));
    for (int64_t r = begin; r < end; ++r) {
      const T* row = input + r * n;
      if (k == 1) {
        best.assign(1, greatest(row, n));
      } else if (k == n) {
        best.resize(static_cast<size_t>(n));
        std::iota(best.begin(), best.end(), 0);
        std::stable_sort(best.begin(), best.end(), Better<T>{row});
      } else {
        best_of_row(row, n, k, sorted, best);
      }
      for (int32_t i = 0; i < k; ++i) {
        indices[r * k + i] = best[static_cast<size_t>(i)];
        values[r * k + i] = row[best[static_cast<size_t>(i)]];
      }
    }
  });
}

absl::Status run_top_k(KernelContext& context, DType dtype, int64_t k, bool sorted) {
  const Tensor& input = context.input(0);
  if (k < 0) return invalid_argument("Need k >= 0, got ", k);
  if (input.rank() < 1) return invalid_argument("input must be >= 1-D, got shape ", input.shape().to_string());
  const int64_t n = input.dim(input.rank() - 1);
  if (n < k) return invalid_argument("input must have at least k columns. Had ", n, ", needed ", k);
  if (n >= std::numeric_limits<int32_t>::max()) return invalid_argument("TopK of ", n, " columns: positions must fit an int32");
  Shape shape = input.shape();
  shape.set_dim(shape.rank() - 1, k);
  Tensor *values, *indices;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &values));
  WEFT_RETURN_IF_ERROR(context.allocate_output(1, shape, &indices));
  if (values->num_elements() == 0) return absl::OkStatus();
  dispatch<kTopKKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    top_k_rows<T>(context, input.data<T>(), input.num_elements() / n, static_cast<int32_t>(n), static_cast<int32_t>(k), sorted, values->data<T>(),
                  indices->data<int32_t>());
  });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_top_k(const KernelInit& init) {
  return Kernel([dtype = init.type("T"), k = init.get<int64_t>("k"), sorted = init.get<bool>("sorted")](KernelContext& context) {
    return run_top_k(context, dtype, k, sorted);
  });
}

absl::StatusOr<Kernel> make_top_k_v2(const KernelInit& init) {
  return Kernel([dtype = init.type("T"), sorted = init.get<bool>("sorted")](KernelContext& context) -> absl::Status {
    const Tensor& k = context.input(1);
    if (k.rank() != 0) return invalid_argument("k must be scalar, got shape ", k.shape().to_string());
    return run_top_k(context, dtype, k.scalar<int32_t>(), sorted);
  });
}

// --- Gradient ----------------------------------------------------------------------------------------------------------------------

// Scatters the gradient to the elements taken, by their positions in the flattened input.
Gradients top_k_gradient(GradientContext& g) {
  Graph& graph = g.graph();
  const Output in_shape = shape(g.x(0));
  const Output taken_shape = shape(g.y(1));
  const auto last = [](const Output& dims) {
    const Output wide = cast(dims, DType::kInt64);
    return gather(wide, size(dims) - 1);
  };
  const Output taken_columns = last(taken_shape);
  const Output taken = reshape(g.y(1), stack({Operand(-1), taken_columns}));
  const Output columns = last(in_shape);
  const Output rows = strided_slice(shape(taken), {Slice(0)});
  const Output starts = range(0, cast(rows, DType::kInt64) * columns, columns);
  const Output flat = reshape(taken + cast(expand_dims(starts, -1), DType::kInt32), {-1});
  const Output positions = expand_dims(flat, -1);
  const Output values = reshape(g.dy(0), {-1});
  const Output elements = reduce_prod(in_shape);
  Output scattered;
  {
    const Scope scope = graph.name_scope("ScatterNd");
    const Output flat_shape = stack({elements}, {.name = "shape"});
    scattered = scatter_nd(positions, values, flat_shape, scope.name());
  }
  const Output dx = reshape(scattered, in_shape);
  Gradients all = {dx};
  if (g.num_inputs() == 2) all.push_back(zeros(graph, Shape{}, {.dtype = DType::kInt32}));
  return all;
}

}  // namespace

// TopK: as TopKV2 with k as an attribute.
const OpDef& top_k_op() {
  static const OpDef& op = *new OpDef{.name = "TopK",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"values", type_attr("T")}, {"indices", DType::kInt32}},
                                      .attrs = {int_attribute("k", {}, 0), bool_attribute("sorted", true), type_attribute("T", kRealNumberTypes)},
                                      .shape = top_k_shape,
                                      .kernels = {{.constraints = {{"T", kTopKKernelTypes}}, .make = make_top_k}},
                                      .gradient = top_k_gradient};
  return op;
}

// TopKV2: the k greatest elements along the last dimension and where they are.
const OpDef& top_k_v2_op() {
  static const OpDef& op = *new OpDef{.name = "TopKV2",
                                      .inputs = {{"input", type_attr("T")}, {"k", DType::kInt32}},
                                      .outputs = {{"values", type_attr("T")}, {"indices", DType::kInt32}},
                                      .attrs = {bool_attribute("sorted", true), type_attribute("T", kRealNumberTypes)},
                                      .shape = top_k_v2_shape,
                                      .kernels = {{.constraints = {{"T", kTopKKernelTypes}}, .make = make_top_k_v2}},
                                      .gradient = top_k_gradient};
  return op;
}

OpList top_k_ops() { return {&top_k_op(), &top_k_v2_op()}; }

TopK top_k(const Operand& input, const Operand& k, TopKOptions options, Loc where) {
  const std::vector<Output> made =
      OpBuilder(top_k_v2_op(), options.name, where).input(input).input(k, DType::kInt32).attr("sorted", options.sorted).outputs();
  return {made[0], made[1]};
}

}  // namespace weft
