// Short forms, for gradient functions, of the array nodes that Python's slicing makes.
#pragma once

#include <optional>

#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"

namespace weft::pending {

inline Output tile(const Output& x, const Operand& multiples) { return weft::tile(x, multiples); }
inline Output range(const Operand& start, const Output& limit, const Operand& step = 1) { return weft::range(start, limit, step); }
inline Output range(Graph& graph, int64_t start, int64_t limit) { return weft::range(graph, start, limit); }
inline Output transpose(const Output& x, const Operand& perm, std::string_view name = "") { return weft::transpose(x, perm, {.name = std::string(name)}); }

// x[begin:end]; no value: from the start, to the end.
inline Output slice_of(const Output& x, const std::optional<Operand>& begin, const std::optional<Operand>& end) {
  if (begin.has_value() && end.has_value()) return strided_slice(x, {Slice::range(*begin, *end)});
  if (begin.has_value()) return strided_slice(x, {Slice::from(*begin)});
  return strided_slice(x, {end.has_value() ? Slice::to(*end) : Slice::all()});
}
// x[i].
inline Output element(const Output& x, int i) { return strided_slice(x, {Slice(i)}); }

}  // namespace weft::pending
