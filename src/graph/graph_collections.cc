// Collections, variables by handle, seeds.
#include "weft/graph/graph.h"

namespace weft {

void Graph::add_to_collection(std::string_view name, CollectionItem item) {
  const std::lock_guard<std::mutex> lock(mutex_);  // planners read the update ops
  auto it = collections_.find(name);
  if (it == collections_.end()) it = collections_.emplace(std::string(name), std::vector<CollectionItem>()).first;
  it->second.push_back(std::move(item));
}

const std::vector<CollectionItem>& Graph::get_collection(std::string_view name) const {
  static const auto& empty = *new std::vector<CollectionItem>;
  const auto it = collections_.find(name);
  return it == collections_.end() ? empty : it->second;
}

std::vector<std::string> Graph::collection_names() const {
  std::vector<std::string> names;
  for (const auto& [name, items] : collections_) names.push_back(name);
  return names;
}

Variable Graph::variable_of(const Output& handle) const {
  const auto it = variables_.find(handle.node());
  return it == variables_.end() ? Variable() : it->second;
}

void Graph::register_variable(const Variable& variable) {
  if (variable) variables_[variable.handle().node()] = variable;
}

std::pair<int64_t, int64_t> Graph::seeds_for(std::optional<int64_t> op_seed) const {
  constexpr int64_t kDefaultGraphSeed = 87654321;
  constexpr int64_t kModulus = (int64_t{1} << 31) - 1;
  const auto reduce = [](int64_t seed) { return ((seed % kModulus) + kModulus) % kModulus; };
  int64_t first = 0;
  int64_t second = 0;
  if (seed_.has_value()) {
    first = *seed_;
    second = op_seed.has_value() ? *op_seed : num_nodes();
  } else if (op_seed.has_value()) {
    first = kDefaultGraphSeed;
    second = *op_seed;
  } else {
    return {0, 0};  // the op draws a seed of its own
  }
  first = reduce(first);
  second = reduce(second);
  if (first == 0 && second == 0) second = kModulus;
  return {first, second};
}

}  // namespace weft
