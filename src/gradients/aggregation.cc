#include "src/gradients/aggregation.h"

#include <algorithm>
#include <map>

#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

Graph& graph_of(const Gradient& gradient) { return *gradient.values().graph(); }

bool all_dense(const std::vector<Gradient>& terms) {
  return std::all_of(terms.begin(), terms.end(), [](const Gradient& g) { return g.is_dense(); });
}
bool all_slices(const std::vector<Gradient>& terms) {
  return std::all_of(terms.begin(), terms.end(), [](const Gradient& g) { return g.is_slices(); });
}

// One AddN for each device that holds terms, colocated with the first of them, and one over those.
Output add_by_device(const std::vector<Output>& terms) {
  std::map<std::string, std::vector<Output>> on_device;
  for (const Output& term : terms) on_device[term.node()->device()].push_back(term);
  std::vector<Output> sums;
  for (const auto& [device, here] : on_device) {
    const Scope place = here[0].graph()->colocate_with(here[0].op(), /*ignore_existing=*/true);
    sums.push_back(here.size() == 1 ? here[0] : add_n(here));
  }
  return sums.size() == 1 ? sums[0] : add_n(sums);
}

Output add_pairwise(const std::vector<Output>& terms, std::string_view op_name) {
  const Scope scope = terms[0].graph()->name_scope(str_cat(op_name, "_gradient_sum"));
  Output sum = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) sum = add_n(std::vector<Output>{sum, terms[i]});
  return sum;
}

// What is known of the terms' common shape; AddN and AccumulateNV2 report terms that do not fit each other.
PartialShape merged_shape(const std::vector<Output>& terms) {
  PartialShape shape;
  for (const Output& term : terms) {
    if (absl::StatusOr<PartialShape> merged = shape.merge(term.shape()); merged.ok()) shape = *std::move(merged);
  }
  return shape;
}

std::vector<Output> dense_terms(const std::vector<Gradient>& terms) {
  std::vector<Output> dense;
  for (const Gradient& term : terms) dense.push_back(term.dense());
  return dense;
}

// Slices and dense tensors mixed: the slices become dense inside the sum's scope.
Gradient add_mixed(const std::vector<Gradient>& terms) {
  const Scope scope = graph_of(terms[0]).name_scope("AddN");
  std::vector<Output> dense;
  for (size_t i = 0; i < terms.size(); ++i) {
    dense.push_back(terms[i].is_slices() ? densify(terms[i].slices(), str_cat("inputs_", i)) : terms[i].dense());
  }
  return add_n(dense, scope.name());
}

// All rows of all terms, one after the other; rows named by several terms stay several.
Gradient concatenated(const std::vector<Gradient>& terms) {
  const bool mixed =
      std::any_of(terms.begin(), terms.end(), [&](const Gradient& g) { return g.slices().indices.dtype() != terms[0].slices().indices.dtype(); });
  std::vector<Output> values;
  std::vector<Output> indices;
  for (const Gradient& term : terms) {
    const Output& index = term.slices().indices;
    indices.push_back(mixed && index.dtype() == DType::kInt32 ? cast(index, DType::kInt64) : index);
  }
  for (const Gradient& term : terms) values.push_back(term.slices().values);
  const Output all_values = concat(values, 0);
  const Output all_indices = concat(indices, 0);
  return IndexedSlices{all_values, all_indices, terms[0].slices().dense_shape};
}

}  // namespace

Gradient aggregate_gradients(const std::vector<Gradient>& terms, AggregationMethod method, std::string_view op_name) {
  if (all_slices(terms)) return concatenated(terms);
  if (!all_dense(terms)) return add_mixed(terms);
  const std::vector<Output> dense = dense_terms(terms);
  if (method == AggregationMethod::kDefault) return add_by_device(dense);
  if (method == AggregationMethod::kExperimentalAccumulateN && dense.size() > 2 && merged_shape(dense).fully_defined()) return accumulate_n(dense);
  return add_pairwise(dense, op_name);
}

Gradient aggregate_tape_gradients(const std::vector<Gradient>& terms) {
  if (terms.size() == 1) return terms[0];
  if (all_slices(terms)) return concatenated(terms);
  if (!all_dense(terms)) return add_mixed(terms);
  return add_n(dense_terms(terms));
}

}  // namespace weft
