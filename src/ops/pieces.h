// An axis cut into pieces, or joined from them: Concat, Pack, Split, SplitV, Unpack.
//
// Seen from the axis, a tensor is `rows` rows (the dimensions before it), and each piece holds a run of elements of every row:
// joining [rows, 2] and [rows, 3] gives [rows, 5], row by row.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

// The number of elements a run of dimensions spans.
inline int64_t product(absl::Span<const int64_t> dims) {
  int64_t n = 1;
  for (const int64_t d : dims) n *= d;
  return n;
}

struct Piece {
  void* data;
  int64_t row_elements;
};

// whole[r] = pieces[0][r] pieces[1][r] …
void join_pieces(const KernelContext& context, DType dtype, int64_t rows, absl::Span<const Piece> pieces, void* whole);
// The inverse.
void cut_into_pieces(const KernelContext& context, DType dtype, int64_t rows, const void* whole, absl::Span<const Piece> pieces);

}  // namespace weft
