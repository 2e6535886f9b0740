#include "src/ops/segment_gradients.h"

#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

// The rows of `params` that `ids` name, and zeros where an id is negative; also the parts others can use again.
struct DroppingGather {
  Output rows;
  Output clipped_ids;  // ids, 0 for the negative ones
  Output is_positive;  // of the shape of rows
};

DroppingGather gather_drop_negatives(const Output& params, const Output& ids, Output clipped_ids = {}, Output is_positive = {}) {
  if (!clipped_ids) clipped_ids = maximum(ids, zeros_like(ids));
  const Output gathered = gather(params, clipped_ids);
  if (!is_positive) {
    is_positive = greater_equal(ids, 0);
    const int missing = gathered.shape().rank() - is_positive.shape().rank();
    for (int i = 0; i < missing; ++i) is_positive = expand_dims(is_positive, -1);
    // Python spells this one `&`, hence the node's name.
    is_positive = logical_and(is_positive, ones_like(gathered, {.dtype = DType::kBool}), "and");
  }
  const Output zero = zeros_like(gathered);
  return {where(is_positive, gathered, zero), clipped_ids, is_positive};
}

// The number of rows of the gathered gradient is known only when both ranks are.
absl::Status check_ranks(GradientContext& g) {
  if (g.x(0).shape().known_rank() && g.x(1).shape().known_rank()) return absl::OkStatus();
  return invalid_argument("the ranks of data and segment_ids must be known; give them with set_shape");
}

}  // namespace

Gradients segment_sum_gradient(GradientContext& g) { return g.first(gather(g.dy(), g.x(1))); }

Gradients segment_mean_gradient(GradientContext& g) {
  const Output dy = g.dy();
  const Output rank_of_x = rank(g.x(0));
  const Output ids_shape = shape(g.x(1));
  const Output ones_for_rest = fill(expand_dims(rank_of_x - 1, 0), 1);
  const Output ones_shape = concat({ids_shape, ones_for_rest}, 0);
  const Output ones = fill(ones_shape, convert(1, &g.graph(), dy.dtype()));
  const Output scaled = divide(dy, segment_sum(ones, g.x(1)));
  return g.first(gather(scaled, g.x(1)));
}

Gradients segment_extreme_gradient(GradientContext& g) {
  const Output x = g.x(0), ids = g.x(1), dy = g.dy();
  const Output zero = zeros_like(x);
  const Output attains = equal(x, gather(g.y(0), ids));
  const Output count = segment_sum(cast(attains, dy.dtype()), ids);
  const Output share = gather(divide(dy, count), ids);
  return g.first(where(attains, share, zero));
}

Gradients unsorted_segment_sum_gradient(GradientContext& g) {
  if (absl::Status ranks = check_ranks(g); !ranks.ok()) return g.fail(std::move(ranks));
  return g.first(gather_drop_negatives(g.dy(), g.x(1)).rows);
}

Gradients unsorted_segment_extreme_gradient(GradientContext& g) {
  if (absl::Status ranks = check_ranks(g); !ranks.ok()) return g.fail(std::move(ranks));
  const Output dy = g.dy();
  const DroppingGather y = gather_drop_negatives(g.y(0), g.x(1));
  const Output attains = logical_and(equal(g.x(0), y.rows), y.is_positive);
  const Output count = unsorted_segment_sum(cast(attains, dy.dtype()), g.x(1), g.x(2));
  const Output share = gather_drop_negatives(divide(dy, count), {}, y.clipped_ids, y.is_positive).rows;
  return g.first(where(attains, share, zeros_like(share)));
}

// Three cases by the zeros in a group: none, dy prod / x; one, dy times the product of the others, for that element only; more, 0.
Gradients unsorted_segment_prod_gradient(GradientContext& g) {
  if (absl::Status ranks = check_ranks(g); !ranks.ok()) return g.fail(std::move(ranks));
  const Output x = g.x(0), ids = g.x(1);
  const Output is_zero = equal(x, 0);
  const Output zeros_in_group = unsorted_segment_sum(cast(is_zero, DType::kInt32), ids, g.x(2));
  const Output several = greater(zeros_in_group, 1);
  const Output dy = where(several, zeros_like(g.dy()), g.dy());
  const Output nonzero = where(is_zero, ones_like(x), x);
  const Output nonzero_prod = unsorted_segment_prod(nonzero, ids, g.x(2));
  const Output clipped_ids = maximum(ids, zeros_like(ids));
  const Output prod = gather(g.y(0), clipped_ids);
  const Output others = gather(nonzero_prod, clipped_ids);
  const Output partial = where(is_zero, others, prod / x);
  return g.first(gather_drop_negatives(dy, ids, clipped_ids).rows * partial);
}

}  // namespace weft
