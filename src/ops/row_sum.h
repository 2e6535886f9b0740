// Sums over the rows of a matrix, [rows, width] -> [width]: bias gradients, batch statistics.
#pragma once

#include <algorithm>
#include <cstdint>

#include "src/ops/scratch.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

namespace row_sum_internal {
constexpr int64_t kBlockRows = 128;
constexpr int64_t kMaxTiles = 64;

// Adds rows [begin, end) to `sum`, a block at a time: the rounding errors of a block stay small beside those of one long sum.
template <typename A, typename AddRow> void add_rows(int64_t begin, int64_t end, int64_t width, A* block, A* sum, AddRow add_row) {
  for (int64_t at = begin; at < end; at += kBlockRows) {
    std::fill_n(block, width, A(0));
    for (int64_t row = at; row < std::min(end, at + kBlockRows); ++row) add_row(row, block);
    for (int64_t i = 0; i < width; ++i) sum[i] += block[i];
  }
}
}  // namespace row_sum_internal

// sum[i] = the sum over all rows of what add_row(row, accumulators) adds to accumulators[i]. The order of the additions depends on the
// sizes only.
template <typename A, typename AddRow> absl::Status sum_rows(const KernelContext& context, int64_t rows, int64_t width, A* sum, AddRow add_row) {
  using namespace row_sum_internal;
  std::fill_n(sum, width, A(0));
  if (rows == 0 || width == 0) return absl::OkStatus();
  const int64_t enough = std::max(tile_items(width), (rows + kMaxTiles - 1) / kMaxTiles);
  const int64_t tile = (enough + kBlockRows - 1) / kBlockRows * kBlockRows;
  const int64_t tiles = (rows + tile - 1) / tile;
  const Scratch<A> partials(2 * tiles * width);  // of each tile: its sum and its block
  if (!partials) return no_scratch_memory("a sum over rows");
  context.parallel_for(rows, tile, [&](int64_t begin, int64_t end) {
    A* mine = partials.data() + begin / tile * 2 * width;
    std::fill_n(mine, width, A(0));
    add_rows(begin, end, width, mine + width, mine, add_row);
  });
  for (int64_t t = 0; t < tiles; ++t) {
    for (int64_t i = 0; i < width; ++i) sum[i] += partials.data()[t * 2 * width + i];
  }
  return absl::OkStatus();
}

}  // namespace weft
