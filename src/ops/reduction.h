// Reductions: from a reducer (reducers.h) to a kernel that works for any shape and any axes.
//
// Neighbouring axes that are both kept or both reduced are merged, and axes of size 1 dropped, until the input reads as alternating
// kept and reduced sizes. The innermost reduced group goes first, then the next, each a pass over [outer, reduced, inner]:
//   inner = 1   each result is the tree of one contiguous run;
//   inner > 1   rows are added to rows, a block of columns at a time.
// Sums are trees: kLeaf elements in kLanes interleaved lanes (or kLeafRows rows), lanes and leaves combined by halves. The tree depends on
// the sizes only, so the bits do not depend on threads, and the rounding error grows with the logarithm of the count: an element of n goes
// through at most 2 kLanes (or kLeafRows) + log2(n) + 3 additions.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>
#include <vector>

#include "src/ops/positions.h"
#include "src/ops/reducers.h"
#include "weft/graph/op_def.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

// One run of neighbouring axes that share a fate.
struct AxisGroup {
  int64_t size;
  bool reduced;
};

// What a reduction of `shape` over `axes` comes to.
struct ReductionPlan {
  Shape output;                              // with or without the reduced axes
  absl::InlinedVector<AxisGroup, 4> groups;  // alternating; empty when every axis has size 1
  int64_t reduced_count = 1;                 // elements that make one result
  bool reduces() const { return reduced_count != 1; }

  static absl::StatusOr<ReductionPlan> make(const Shape& shape, const Tensor& axes, bool keep_dims);
};

namespace reduction_internal {

inline constexpr int64_t kLanes = 64;      // of a leaf: four AVX-512 registers of float
inline constexpr int64_t kLeaf = 4096;     // elements
inline constexpr int64_t kLeafRows = 128;  // rows
inline constexpr int64_t kColumns = 256;   // columns of a block: an accumulator row stays in L1

// Up to kLeaf elements.
template <typename R, typename In, typename Acc> Acc reduce_leaf(const In* x, int64_t n) {
  if (n < 2 * kLanes) {
    Acc total = R::template identity<Acc>();
    for (int64_t i = 0; i < n; ++i) total = R::combine(total, R::template load<Acc>(x[i]));
    return total;
  }
  std::array<Acc, kLanes> lanes;
  lanes.fill(R::template identity<Acc>());
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t j = 0; j < kLanes; ++j) lanes[static_cast<size_t>(j)] = R::combine(lanes[static_cast<size_t>(j)], R::template load<Acc>(x[i + j]));
  }
  for (int64_t j = 0; i < n; ++i, ++j) lanes[static_cast<size_t>(j)] = R::combine(lanes[static_cast<size_t>(j)], R::template load<Acc>(x[i]));
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t j = 0; j < width; ++j)
      lanes[static_cast<size_t>(j)] = R::combine(lanes[static_cast<size_t>(j)], lanes[static_cast<size_t>(j + width)]);
  }
  return lanes[0];
}

// Any number of elements: halves down to leaves. Depth: log2(n / kLeaf).
template <typename R, typename In, typename Acc> Acc reduce_run(const In* x, int64_t n) {
  if (n <= kLeaf) return reduce_leaf<R, In, Acc>(x, n);
  const int64_t half_leaves = ((n + kLeaf - 1) / kLeaf + 1) / 2;
  const int64_t first = half_leaves * kLeaf;
  const Acc left = reduce_run<R, In, Acc>(x, first);
  return R::combine(left, reduce_run<R, In, Acc>(x + first, n - first));
}

// out[j] = reduction of column j over `rows` rows `stride` apart, for width <= kColumns columns.
template <typename R, typename In, typename Acc> void reduce_rows(const In* x, int64_t rows, int64_t stride, int64_t width, Acc* out) {
  if (rows > kLeafRows) {
    const int64_t half_leaves = ((rows + kLeafRows - 1) / kLeafRows + 1) / 2;
    const int64_t first = half_leaves * kLeafRows;
    std::array<Acc, kColumns> other;
    reduce_rows<R, In, Acc>(x, first, stride, width, out);
    reduce_rows<R, In, Acc>(x + first * stride, rows - first, stride, width, other.data());
    for (int64_t j = 0; j < width; ++j) out[j] = R::combine(out[j], other[static_cast<size_t>(j)]);
    return;
  }
  for (int64_t j = 0; j < width; ++j) out[j] = R::template identity<Acc>();
  for (int64_t r = 0; r < rows; ++r) {
    const In* row = x + r * stride;
    for (int64_t j = 0; j < width; ++j) out[j] = R::combine(out[j], R::template load<Acc>(row[j]));
  }
}

// Row 0 of [rows, width] becomes the combination of all rows, by halves.
template <typename R, typename Acc> void fold_rows(Acc* x, int64_t rows, int64_t width) {
  while (rows > 1) {
    const int64_t half = (rows + 1) / 2;
    for (int64_t j = 0; j < (rows - half) * width; ++j) x[j] = R::combine(x[j], x[half * width + j]);
    rows = half;
  }
}

// As reduce_rows over all of a [rows, width] matrix of few columns: several rows are read as one long one, so that lanes are full.
template <typename R, typename In, typename Acc> void reduce_narrow_rows(const In* x, int64_t rows, int64_t width, Acc* out) {
  const int64_t fold = kColumns / width;
  const int64_t long_rows = rows / fold;
  std::array<Acc, kColumns> lanes;
  reduce_rows<R, In, Acc>(x, long_rows, fold * width, fold * width, lanes.data());
  fold_rows<R>(lanes.data(), fold, width);
  reduce_rows<R, In, Acc>(x + long_rows * fold * width, rows - long_rows * fold, width, width, out);
  for (int64_t j = 0; j < width; ++j) out[j] = R::combine(lanes[static_cast<size_t>(j)], out[j]);
}

// [outer, rows, inner] to [outer, inner] on the step's threads.
template <typename R, typename In, typename Acc>
void reduce_pass(const KernelContext& context, const In* x, int64_t outer, int64_t rows, int64_t inner, Acc* out) {
  if (inner == 1) {
    context.parallel_for(outer, tile_items(rows / 8 + 1), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) out[i] = reduce_run<R, In, Acc>(x + i * rows, rows);
    });
    return;
  }
  const bool narrow = inner * 4 <= kColumns && rows >= kColumns / inner;
  const int64_t blocks = narrow ? 1 : (inner + kColumns - 1) / kColumns;
  const int64_t block_cost = rows * std::min(inner, kColumns) / 8 + 1;
  context.parallel_for(outer * blocks, tile_items(block_cost), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t o = i / blocks;
      const int64_t column = i % blocks * kColumns;
      const In* from = x + o * rows * inner + column;
      Acc* to = out + o * inner + column;
      if (narrow) {
        reduce_narrow_rows<R, In, Acc>(from, rows, inner, to);
      } else {
        reduce_rows<R, In, Acc>(from, rows, inner, std::min(kColumns, inner - column), to);
      }
    }
  });
}

// Into how many equal pieces of `piece` rows a pass with few results is cut, so that threads find work; 1: not at all.
inline int64_t piece_rows(int64_t outer, int64_t rows, int64_t inner) {
  constexpr int64_t kPieceElements = 32 * kLeaf;
  if (outer * ((inner + kColumns - 1) / kColumns) >= 16 || rows * inner < 2 * kPieceElements) return rows;
  const int64_t unit = inner == 1 ? kLeaf : kLeafRows;
  const int64_t wanted = std::max<int64_t>(kPieceElements / std::min(inner, kColumns), unit);
  return (wanted + unit - 1) / unit * unit;
}

// One group: cut in pieces first when that gives the threads something to share.
template <typename R, typename In, typename Acc>
absl::Status reduce_group(KernelContext& context, const In* x, int64_t outer, int64_t rows, int64_t inner, Acc* out) {
  const int64_t piece = piece_rows(outer, rows, inner);
  const int64_t pieces = rows / std::max<int64_t>(piece, 1);
  if (pieces <= 1) {
    reduce_pass<R, In, Acc>(context, x, outer, rows, inner, out);
    return absl::OkStatus();
  }
  // `outer` is below 16 here. Whole pieces are one pass each over [pieces, piece, inner]; the rest of the rows is one piece more.
  const int64_t rest = rows - pieces * piece;
  const int64_t parts = pieces + (rest > 0 ? 1 : 0);
  std::vector<Acc> partial(static_cast<size_t>(parts * inner));
  for (int64_t o = 0; o < outer; ++o) {
    const In* from = x + o * rows * inner;
    reduce_pass<R, In, Acc>(context, from, pieces, piece, inner, partial.data());
    if (rest > 0) reduce_pass<R, In, Acc>(context, from + pieces * piece * inner, 1, rest, inner, partial.data() + pieces * inner);
    fold_rows<typename R::Again>(partial.data(), parts, inner);
    std::copy_n(partial.data(), inner, out + o * inner);
  }
  return absl::OkStatus();
}

}  // namespace reduction_internal

// Runs reducer R (reducers.h) over `input` as `plan` says.
template <typename R, typename T> absl::Status reduce(KernelContext& context, const Tensor& input, const ReductionPlan& plan, Tensor& output) {
  using Acc = AccumulatorOf<T>;
  T* out = output.data<T>();
  const int64_t results = output.num_elements();
  if (results == 0) return absl::OkStatus();
  if (input.num_elements() == 0) {
    std::fill_n(out, results, R::template empty<T>());
    return absl::OkStatus();
  }
  int reduced_groups = 0;
  for (const AxisGroup& g : plan.groups) reduced_groups += g.reduced ? 1 : 0;
  // Passes from the innermost reduced group outwards; each result but the last is scratch.
  absl::InlinedVector<AxisGroup, 4> groups = plan.groups;
  Acc single{};
  std::vector<Acc> scratch, next;
  const Acc* current = nullptr;
  for (size_t g = groups.size(); g-- > 0;) {
    if (!groups[g].reduced) continue;
    int64_t outer = 1, inner = 1;
    for (size_t i = 0; i < g; ++i) outer *= groups[i].size;
    for (size_t i = g + 1; i < groups.size(); ++i) inner *= groups[i].reduced ? 1 : groups[i].size;
    const int64_t rows = groups[g].size;
    Acc* to = nullptr;
    if constexpr (std::is_same_v<Acc, T>) {
      if (reduced_groups == 1) to = out;
    }
    if (to == nullptr && outer * inner == 1) to = &single;
    if (to == nullptr) {
      next = std::vector<Acc>(static_cast<size_t>(outer * inner));
      to = next.data();
    }
    if (current == nullptr) {
      WEFT_RETURN_IF_ERROR((reduction_internal::reduce_group<R, T, Acc>(context, input.data<T>(), outer, rows, inner, to)));
    } else {
      WEFT_RETURN_IF_ERROR((reduction_internal::reduce_group<typename R::Again, Acc, Acc>(context, current, outer, rows, inner, to)));
    }
    scratch.swap(next);  // a swap keeps the elements where `to` points
    current = to;
    --reduced_groups;
  }
  for (int64_t i = 0; i < results; ++i) out[i] = R::template finish<T>(current[i], plan.reduced_count);
  return absl::OkStatus();
}

// The kernel of a reduction op whose input's dtype is in Set: attributes keep_dims, inputs (input, axes).
template <typename R, DTypeSet Set> absl::StatusOr<Kernel> make_reduction(const KernelInit& init) {
  const bool keep_dims = init.get<bool>("keep_dims");
  Kernel kernel;
  dispatch<Set>(init.input_dtype(0), [&](auto tag) {
    using T = typename decltype(tag)::type;
    kernel = Kernel([keep_dims](KernelContext& context) -> absl::Status {
      const Tensor& input = context.input(0);
      WEFT_ASSIGN_OR_RETURN(const ReductionPlan plan, ReductionPlan::make(input.shape(), context.input(1), keep_dims));
      if (!plan.reduces()) {  // TensorFlow hands the input on, whatever the op
        context.set_output(0, input.reshaped(plan.output));
        return absl::OkStatus();
      }
      WEFT_RETURN_IF_ERROR(R::template check<T>(plan.reduced_count));
      Tensor* out;
      WEFT_RETURN_IF_ERROR(context.allocate_output(0, plan.output, &out));
      return reduce<R, T>(context, input, plan, *out);
    });
  });
  return kernel;
}

template <typename R, DTypeSet Set> KernelTable reduction_kernels() { return {{.constraints = {{"T", Set}}, .make = make_reduction<R, Set>}}; }

// The dtypes of TensorFlow's CPU kernels.
inline constexpr DTypeSet kReductionReal = kFloatTypes | kIntTypes;
inline constexpr DTypeSet kReductionNumber = kReductionReal | kComplexTypes;

// Instantiated in files of their own, to spread the compiler's work.
KernelTable sum_kernels();
KernelTable mean_kernels();
KernelTable prod_kernels();
KernelTable max_kernels();
KernelTable min_kernels();
KernelTable euclidean_norm_kernels();

}  // namespace weft
