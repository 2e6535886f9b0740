// Picking elements and slices by index, and putting them back: gather, scatter, where, boolean_mask, embedding_lookup.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct GatherOptions {
  std::optional<Operand> axis = {};  // omitted: batch_dims
  int64_t batch_dims = 0;            // leading dimensions that params and indices share
  std::string name = {};             // "GatherV2"; of a resource variable "Gather"
};
// The slices of `params` along `axis` that `indices` (int32, int64) name:
// params [a, n, b], indices [i, j], axis 1 gives [a, i, j, b]. InvalidArgument "indices[0] = 5 is not in [0, 2)" when the step runs.
// A variable along axis 0 is read only where it is asked. Gradient: IndexedSlices along axis 0, else dense. TF op GatherV2, or
// ResourceGather.
Output gather(const Operand& params, const Operand& indices, GatherOptions options = {}, Loc where = Loc::current());

// The elements or slices of `params` at the positions that rows of `indices` [..., k] name: params [a, b, c], indices [n, 2] gives
// [n, c]. InvalidArgument for a position outside. Gradient: scattered back. TF op GatherNd.
Output gather_nd(const Operand& params, const Operand& indices, std::string_view name = "", Loc where = Loc::current());

// Zeros of shape `shape` with `updates` added at the positions that rows of `indices` name. Repeated positions add up, in order.
// InvalidArgument for a position outside. Gradient: gather_nd. TF op ScatterNd.
Output scatter_nd(const Operand& indices, const Operand& updates, const Operand& shape, std::string_view name = "", Loc where = Loc::current());
// `tensor` with updates set, added, or subtracted at the positions. TF ops TensorScatterUpdate, TensorScatterAdd, TensorScatterSub.
Output tensor_scatter_update(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name = "",
                             Loc where = Loc::current());
Output tensor_scatter_add(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name = "",
                          Loc where = Loc::current());
Output tensor_scatter_sub(const Operand& tensor, const Operand& indices, const Operand& updates, std::string_view name = "",
                          Loc where = Loc::current());

// The positions of the true (nonzero) elements, in row-major order: int64 [count, rank]. No gradient. TF op Where. For a choice
// between two tensors see where(condition, x, y) in math_ops.h.
Output where(const Operand& condition, std::string_view name = "", Loc where = Loc::current());

struct BooleanMaskOptions {
  int64_t axis = 0;
  std::string name = {};  // "boolean_mask"
};
// The elements of `tensor` where `mask` is true; the mask covers dimensions axis, axis + 1, … and its rank must be known. The result
// has one dimension in their place.
Output boolean_mask(const Operand& tensor, const Operand& mask, BooleanMaskOptions options = {}, Loc where = Loc::current());

struct EmbeddingLookupOptions {
  // How row i of a table cut into n parts is found: "mod", part i mod n, or "div", contiguous parts of nearly equal size.
  std::string partition_strategy = "mod";
  std::optional<Operand> max_norm = {};  // rows are scaled down to this L2 norm
  std::string name = {};                 // "embedding_lookup"
};
// The rows of `params` that `ids` name: [n, d] and [i, j] give [i, j, d]. Gradient: IndexedSlices.
Output embedding_lookup(const Operand& params, const Operand& ids, EmbeddingLookupOptions options = {}, Loc where = Loc::current());
// Of a table cut into several.
Output embedding_lookup(absl::Span<const Operand> params, const Operand& ids, EmbeddingLookupOptions options = {}, Loc where = Loc::current());

}  // namespace weft
