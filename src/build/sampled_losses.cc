// Both losses compare the logits of the true classes with those of sampled ones, each less the logarithm of how often the sampler is
// expected to give it.
#include "weft/build/sampled_losses.h"

#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

struct LogitsAndLabels {
  Output logits;  // [batch, num_true + num_sampled]
  Output labels;  // the same shape: 1 / num_true for true classes, 0 for samples
};

// Row sums, by a matrix product.
Output sum_rows(const Output& x) {
  const Output columns = strided_slice(shape(x), {1});
  const Output column = stack({columns, 1});
  const Output all_ones = ones(column, {.dtype = x.dtype()});
  return reshape(matmul(x, all_ones), {-1});
}

// Large negative numbers where a sample is a true class of the example, 0 elsewhere: [batch, num_sampled].
Output accidental_hits(const Output& labels, const Output& sampled, const SampledLossArguments& a) {
  const AccidentalHits hits = compute_accidental_hits(labels, sampled, a.num_true);
  const Output rows = reshape(hits.indices, {-1, 1});
  const Output columns = reshape(cast(hits.ids, DType::kInt32), {-1, 1});
  const Output positions = concat({rows, columns}, 1, "sparse_indices");
  const Output batch = strided_slice(shape(labels), {Slice::to(1)});
  const Output dims = concat({batch, Operand(std::vector<int64_t>{a.num_sampled})}, 0);
  return scatter_nd(positions, hits.weights, dims);  // TensorFlow: SparseToDense; no position stands twice
}

// The logits of the true classes: row-wise products of the inputs with the classes' weights. [batch, num_true]
Output true_logits_of(const Output& inputs, const Output& true_w, int64_t num_true) {
  const Output dim = strided_slice(shape(true_w), {Slice::range(1, 2)});
  const Output by_example = concat({Operand(std::vector<int64_t>{-1, num_true}), dim}, 0);
  const Output products = multiply(expand_dims(inputs, 1), reshape(true_w, by_example));
  const Output as_matrix = reshape(products, concat({Operand(std::vector<int64_t>{-1}), dim}, 0));
  return reshape(sum_rows(as_matrix), std::vector<int64_t>{-1, num_true});
}

struct Classes {
  Output labels;       // int64 [batch, num_true]
  Output labels_flat;  // [batch * num_true]
  SampledCandidates drawn;
};

Classes draw(Graph& graph, const SampledLossArguments& a, Loc where) {
  Classes classes;
  classes.labels = convert(a.labels, &graph, DType::kInvalid, "labels", where);
  if (classes.labels && classes.labels.dtype() != DType::kInt64) classes.labels = cast(classes.labels, DType::kInt64);
  classes.labels_flat = reshape(classes.labels, {-1});
  classes.drawn = a.sampled_values.has_value()
                      ? *a.sampled_values
                      : log_uniform_candidate_sampler(classes.labels, a.num_true, a.num_sampled, true, a.num_classes, {.seed = a.seed}, where);
  classes.drawn.sampled_candidates = stop_gradient(classes.drawn.sampled_candidates);
  classes.drawn.true_expected_count = stop_gradient(classes.drawn.true_expected_count);
  classes.drawn.sampled_expected_count = stop_gradient(classes.drawn.sampled_expected_count);
  if (classes.drawn.sampled_candidates && classes.drawn.sampled_candidates.dtype() != DType::kInt64) {
    classes.drawn.sampled_candidates = cast(classes.drawn.sampled_candidates, DType::kInt64);
  }
  return classes;
}

Output rows_of(absl::Span<const Operand> parts, const Output& ids, DType dtype, const std::string& strategy) {
  const Output rows = embedding_lookup(parts, ids, {.partition_strategy = strategy});
  return rows && rows.dtype() != dtype ? cast(rows, dtype) : rows;
}

LogitsAndLabels sampled_logits(Graph& graph, const SampledLossArguments& a, Loc where) {
  const Scope location = graph.location_scope(where);
  const Scope scope = graph.name_scope(a.name.empty() ? "compute_sampled_logits" : a.name);
  const Output inputs = convert(a.inputs, &graph, DType::kInvalid, "inputs", where);
  const Classes classes = draw(graph, a, where);
  const Output& flat = classes.labels_flat;
  const Output ids = concat({flat, classes.drawn.sampled_candidates}, 0);
  const Output all_w = rows_of(a.weights, ids, inputs.dtype(), a.partition_strategy);
  const Output true_size = stack({strided_slice(shape(flat), {0}), -1});
  const Output true_w = slice(all_w, {0, 0}, true_size);
  const Output sampled_begin = stack({strided_slice(shape(flat), {0}), 0});
  const Output sampled_w = slice(all_w, sampled_begin, {-1, -1});
  Output sampled = matmul(inputs, sampled_w, {.transpose_b = true});
  const Output all_b = rows_of({a.biases}, ids, inputs.dtype(), a.partition_strategy);
  const Output true_b = slice(all_b, {0}, shape(flat));
  const Output sampled_b = slice(all_b, shape(flat), {-1});
  Output of_true = true_logits_of(inputs, true_w, a.num_true);
  const Output true_b_rows = reshape(true_b, std::vector<int64_t>{-1, a.num_true});
  of_true = of_true + true_b_rows;
  sampled = sampled + sampled_b;
  if (a.remove_accidental_hits) {
    const Output hits = accidental_hits(classes.labels, classes.drawn.sampled_candidates, a);
    sampled = sampled + (hits && hits.dtype() != sampled.dtype() ? cast(hits, sampled.dtype()) : hits);
  }
  of_true = of_true - log(classes.drawn.true_expected_count);
  sampled = sampled - log(classes.drawn.sampled_expected_count);
  const Output logits = concat({of_true, sampled}, 1);
  const Output share = ones_like(of_true) / static_cast<float>(a.num_true);
  return {logits, concat({share, zeros_like(sampled)}, 1)};
}

Graph* graph_of_arguments(const SampledLossArguments& a) { return graph_of({&a.inputs, &a.labels, &a.biases}); }

}  // namespace

Output nce_loss(const SampledLossArguments& arguments, Loc where) {
  Graph* graph = graph_of_arguments(arguments);
  if (graph == nullptr) return Output();
  const LogitsAndLabels made = sampled_logits(*graph, arguments, where);
  const Scope location = graph->location_scope(where);
  const Output losses = sigmoid_cross_entropy_with_logits({.labels = made.labels, .logits = made.logits, .name = "sampled_losses"}, where);
  return losses ? sum_rows(losses) : losses;
}

Output sampled_softmax_loss(const SampledLossArguments& arguments, Loc where) {
  Graph* graph = graph_of_arguments(arguments);
  if (graph == nullptr) return Output();
  const LogitsAndLabels made = sampled_logits(*graph, arguments, where);
  const Scope location = graph->location_scope(where);
  const Output labels = stop_gradient(made.labels, "labels_stop_gradient", where);
  return softmax_cross_entropy_with_logits({.labels = labels, .logits = made.logits}, where);
}

}  // namespace weft
