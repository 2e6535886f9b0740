#include "src/ops/pieces.h"

#include <algorithm>
#include <cstring>

#include "src/ops/storage.h"

namespace weft {

namespace {

template <typename T> void copy_elements(T* to, const T* from, int64_t n) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    if (n > 0) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(T));
  } else {
    std::copy_n(from, n, to);
  }
}

// Calls f(piece, offset in the piece, offset in the whole, count) for each run of elements, on the step's threads. The whole is cut
// into tiles of equal length, so one long row is shared out as well as many short ones.
template <typename F> void for_each_run(const KernelContext& context, int64_t rows, absl::Span<const Piece> pieces, int64_t element_size, F f) {
  int64_t row_elements = 0;
  for (const Piece& piece : pieces) row_elements += piece.row_elements;
  const int64_t total = rows * row_elements;
  context.parallel_for(total, tile_items(element_size / 4), [&](int64_t begin, int64_t end) {
    int64_t row = begin / row_elements;
    int64_t column = begin % row_elements;
    size_t p = 0;
    while (column >= pieces[p].row_elements) column -= pieces[p++].row_elements;
    while (begin < end) {
      const Piece& piece = pieces[p];
      const int64_t count = std::min(piece.row_elements - column, end - begin);
      if (count > 0) f(piece, row * piece.row_elements + column, begin, count);
      begin += count;
      column = 0;
      if (++p == pieces.size()) {
        p = 0;
        ++row;
      }
    }
  });
}

}  // namespace

void join_pieces(const KernelContext& context, DType dtype, int64_t rows, absl::Span<const Piece> pieces, void* whole) {
  dispatch_storage(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_run(context, rows, pieces, sizeof(T), [&](const Piece& piece, int64_t in_piece, int64_t in_whole, int64_t count) {
      copy_elements(static_cast<T*>(whole) + in_whole, static_cast<const T*>(piece.data) + in_piece, count);
    });
  });
}

void cut_into_pieces(const KernelContext& context, DType dtype, int64_t rows, const void* whole, absl::Span<const Piece> pieces) {
  dispatch_storage(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_run(context, rows, pieces, sizeof(T), [&](const Piece& piece, int64_t in_piece, int64_t in_whole, int64_t count) {
      copy_elements(static_cast<T*>(piece.data) + in_piece, static_cast<const T*>(whole) + in_whole, count);
    });
  });
}

}  // namespace weft
