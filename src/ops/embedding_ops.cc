// embedding_lookup: rows of one table, or of a table cut into parts.
#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/clip_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

Operation op_of(const Operand& table) { return table.variable() != nullptr ? table.variable()->op() : table.output()->op(); }

// Rows scaled down to `max_norm`, where one is given: the norm is taken over the dimensions that a row has.
Output clip_rows(const Output& rows, const Output& ids, const EmbeddingLookupOptions& options) {
  if (!options.max_norm.has_value() || !rows) return rows;
  const int ids_rank = ids.shape().rank(), rows_rank = rows.shape().rank();
  if (ids_rank > 0 && rows_rank > 0) {
    std::vector<int> axes;
    for (int i = ids_rank; i < rows_rank; ++i) axes.push_back(i);
    return clip_by_norm(rows, *options.max_norm, Operand(axes));
  }
  const Operand first = ids_rank > 0 ? Operand(ids_rank) : Operand(rank(ids));
  const Output last = rows_rank > 0 ? convert(rows_rank, rows.graph(), DType::kInt32, "limit") : rank(rows);
  return clip_by_norm(rows, *options.max_norm, Operand(range(first, last)));
}

// Which part each id is in, and where in it.
struct Placement {
  Output part;
  Output row;
};

Placement place_mod(const Output& ids, int64_t parts) {
  const Output part = ids % parts;
  return {part, floordiv(ids, parts)};
}

// Parts of nearly equal size: the first `extras` of them have one row more.
Placement place_div(const Output& ids, absl::Span<const Operand> tables) {
  Graph& graph = *ids.graph();
  const auto parts = static_cast<int64_t>(tables.size());
  int64_t rows = 0;
  for (const Operand& table : tables) {
    const PartialShape shape = table.shape();
    rows = rows < 0 || !shape.known_rank() || shape.rank() < 1 || !shape.known_dim(0) ? kUnknownDim : rows + shape.dim(0);
  }
  Output total;
  if (rows > 0) {
    total = constant(graph, rows, {.dtype = ids.dtype()});
  } else {
    std::vector<Operand> sizes;
    for (const Operand& table : tables) {
      const PartialShape known = table.shape();
      if (known.known_rank() && known.rank() > 0 && known.known_dim(0)) {
        sizes.push_back(Operand(known.dim(0)));
        continue;
      }
      const Scope colocation = graph.colocate_with(op_of(table));
      sizes.push_back(Operand(strided_slice(shape(table), {0})));
    }
    total = reduce_sum(cast(stack(sizes), ids.dtype()));
  }
  const Output rows_each = floordiv(total, parts);
  const Output extras = total % parts;
  const Output larger = floordiv(ids, rows_each + 1);
  const Output part = maximum(larger, floordiv(ids - extras, rows_each));
  const Output in_larger = part < extras;
  const Output row_in_larger = ids % (rows_each + 1);
  return {part, where(in_larger, row_in_larger, (ids - extras) % rows_each)};
}

// What all tables know of the shape of a row.
PartialShape row_shape_of(absl::Span<const Operand> tables) {
  PartialShape row;
  for (const Operand& table : tables) {
    const PartialShape shape = table.shape();
    if (!shape.known_rank() || shape.rank() < 1) continue;
    const absl::StatusOr<PartialShape> merged = row.merge(PartialShape(shape.dims().subspan(1)));
    if (merged.ok()) row = *merged;
  }
  return row;
}

Output lookup_parts(absl::Span<const Operand> tables, const Output& ids, const EmbeddingLookupOptions& options, const Composite& scope, Loc where) {
  Graph& graph = scope.graph();
  const auto parts = static_cast<int64_t>(tables.size());
  const Output flat_ids = reshape(ids, {-1});
  const Output numbers = range(0, size(flat_ids));
  if (options.partition_strategy != "mod" && options.partition_strategy != "div") {
    return scope.error(invalid_argument("Unrecognized partition strategy: ", options.partition_strategy, " (\"mod\" or \"div\")"), where);
  }
  const Placement place = options.partition_strategy == "mod" ? place_mod(flat_ids, parts) : place_div(flat_ids, tables);
  const Output labels = cast(place.part, DType::kInt32);
  const std::vector<Output> rows = dynamic_partition(place.row, labels, parts);
  const std::vector<Output> positions = dynamic_partition(numbers, labels, parts);
  std::vector<Output> found;
  for (size_t p = 0; p < tables.size(); ++p) {
    const Scope colocation = graph.colocate_with(op_of(tables[p]));
    found.push_back(gather(tables[p], rows[p]));
  }
  const Output stitched = parallel_dynamic_stitch(positions, found, scope.name());
  const PartialShape row = row_shape_of(tables);
  const Output ids_shape = shape(ids);
  Output all_shape;
  if (row.fully_defined()) {
    all_shape = concat({Operand(ids_shape), Operand(std::vector<int64_t>(row.dims().begin(), row.dims().end()))}, 0);
  } else {
    Output table_shape;
    {
      const Scope colocation = graph.colocate_with(op_of(tables[0]));
      table_shape = shape(tables[0]);
    }
    all_shape = concat({Operand(ids_shape), Operand(strided_slice(table_shape, {Slice::from(1)}))}, 0);
  }
  Output result = reshape(stitched, all_shape);
  if (result && ids.shape().known_rank() && row.known_rank()) {
    Dims dims(ids.shape().dims().begin(), ids.shape().dims().end());
    dims.insert(dims.end(), row.dims().begin(), row.dims().end());
    result.set_shape(PartialShape(dims), where);
  }
  return clip_rows(result, ids, options);
}

}  // namespace

Output embedding_lookup(const Operand& params, const Operand& ids, EmbeddingLookupOptions options, Loc where) {
  return embedding_lookup(absl::Span<const Operand>(&params, 1), ids, std::move(options), where);
}

Output embedding_lookup(absl::Span<const Operand> params, const Operand& ids_operand, EmbeddingLookupOptions options, Loc where) {
  Graph* graph = ids_operand.graph();
  for (const Operand& table : params)
    if (graph == nullptr) graph = table.graph();
  if (graph == nullptr || ids_operand.failed()) return Output::failed(graph);
  const Composite scope(*graph, name_or(options.name, "embedding_lookup"), where);
  if (params.empty()) return scope.error(invalid_argument("Need at least one param"), where);
  // A resource variable is left as it is, so that only the rows asked for are read.
  std::vector<Operand> tables;
  for (size_t i = 0; i < params.size(); ++i) {
    if (params[i].failed()) return Output::failed(graph);
    const bool sparse = params[i].variable() != nullptr && params[i].variable()->is_resource();
    tables.push_back(sparse ? params[i] : Operand(convert(params[i], graph, DType::kInvalid, str_cat("params_", i), where)));
    if (tables.back().failed()) return Output::failed(graph);
  }
  const Output ids = convert(ids_operand, graph, DType::kInvalid, "ids", where);
  if (!ids) return Output::failed(graph);
  if (tables.size() > 1) return lookup_parts(tables, ids, options, scope, where);
  Output rows;
  {
    const Scope colocation = graph->colocate_with(op_of(tables[0]));
    rows = clip_rows(gather(tables[0], ids, {.name = scope.name()}), ids, options);
  }
  return identity(rows);
}

}  // namespace weft
