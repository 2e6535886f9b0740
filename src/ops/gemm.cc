// Eigen's packed matrix product on tiles of C.
//
// Eigen copies ("packs") the panels of A and B that a product needs into cache order, once for each tile here. Tiles of at least 128 by
// 128 keep that copy, which grows with the tile's edge, small against the work, which grows with its area. A product of vectors, or
// one too small to share out, is one tile.
#include "src/ops/gemm.h"

#include <algorithm>

#include <Eigen/Core>

namespace weft {

namespace {

constexpr int64_t kSerialWork = 128 * 1024;  // multiply-adds that one thread does in a few microseconds
constexpr int64_t kTileEdge = 128;           // a multiple of every register block of Eigen's

struct TileSize {
  int64_t rows;
  int64_t columns;
};

// Halves the longer edge until there is enough to share out or the tile is small. Looks at nothing but the sizes.
TileSize tile_size(int64_t m, int64_t n, int64_t k) {
  TileSize tile{m, n};
  const int64_t enough = 32;
  int64_t tiles = 1;
  while (tiles < enough && tile.rows * tile.columns > kSerialWork / std::max<int64_t>(k, 1)) {
    int64_t& longer = tile.rows >= tile.columns ? tile.rows : tile.columns;
    if (longer <= kTileEdge) break;
    longer = (longer / 2 + kTileEdge - 1) / kTileEdge * kTileEdge;
    tiles = ((m + tile.rows - 1) / tile.rows) * ((n + tile.columns - 1) / tile.columns);
  }
  return tile;
}

template <typename T> using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T> using Target = Eigen::Map<RowMajor<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

// op(factor), of `rows` by `columns`, as an Eigen expression handed to f.
template <typename T, typename F> void with_matrix(const GemmFactor<T>& factor, int64_t rows, int64_t columns, F f) {
  using Source = Eigen::Map<const RowMajor<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
  if (factor.transposed) {
    f(Source(factor.data, columns, rows, Eigen::OuterStride<>(factor.stride)).transpose());
  } else {
    f(Source(factor.data, rows, columns, Eigen::OuterStride<>(factor.stride)));
  }
}

// The part of a factor that starts at `row`, `column` of op(factor).
template <typename T> GemmFactor<T> part(const GemmFactor<T>& factor, int64_t row, int64_t column) {
  const int64_t offset = factor.transposed ? column * factor.stride + row : row * factor.stride + column;
  return {factor.data + offset, factor.stride, factor.transposed};
}

}  // namespace

template <typename T> void gemm_serial(int64_t m, int64_t n, int64_t k, GemmFactor<T> a, GemmFactor<T> b, T* c, int64_t c_stride, GemmMode mode) {
  if (m <= 0 || n <= 0) return;
  if (mode == GemmMode::kAssign) {
    for (int64_t row = 0; row < m; ++row) std::fill_n(c + row * c_stride, n, T(0));
  }
  if (k <= 0) return;
  with_matrix(a, m, k, [&](const auto& left) {
    with_matrix(b, k, n, [&](const auto& right) { Target<T>(c, m, n, Eigen::OuterStride<>(c_stride)).noalias() += left * right; });
  });
}

template <typename T>
void gemm(const KernelContext& context, int64_t m, int64_t n, int64_t k, GemmFactor<T> a, GemmFactor<T> b, T* c, int64_t c_stride, GemmMode mode) {
  if (m <= 0 || n <= 0) return;
  const TileSize tile = tile_size(m, n, k);
  const int64_t tile_rows = (m + tile.rows - 1) / tile.rows;
  const int64_t tile_columns = (n + tile.columns - 1) / tile.columns;
  if (tile_rows * tile_columns == 1) return gemm_serial(m, n, k, a, b, c, c_stride, mode);
  context.parallel_for(tile_rows * tile_columns, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / tile_columns * tile.rows;
      const int64_t column = i % tile_columns * tile.columns;
      gemm_serial(std::min(tile.rows, m - row), std::min(tile.columns, n - column), k, part(a, row, 0), part(b, 0, column),
                  c + row * c_stride + column, c_stride, mode);
    }
  });
}

template void gemm<float>(const KernelContext&, int64_t, int64_t, int64_t, GemmFactor<float>, GemmFactor<float>, float*, int64_t, GemmMode);
template void gemm<double>(const KernelContext&, int64_t, int64_t, int64_t, GemmFactor<double>, GemmFactor<double>, double*, int64_t, GemmMode);
template void gemm_serial<float>(int64_t, int64_t, int64_t, GemmFactor<float>, GemmFactor<float>, float*, int64_t, GemmMode);
template void gemm_serial<double>(int64_t, int64_t, int64_t, GemmFactor<double>, GemmFactor<double>, double*, int64_t, GemmMode);

}  // namespace weft
