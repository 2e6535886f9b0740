// Nodes are nearly always in an order in which they can run already, because a graph is append-only: then nothing happens. Only
// graphs in which an importer closed an edge backwards are sorted, by Kahn's algorithm with the earliest node first.
#include <functional>
#include <queue>
#include <string>

#include "src/runtime/draft.h"
#include "weft/base/strings.h"

namespace weft {
namespace {

constexpr size_t kShownCycle = 12;

template <typename F> void for_each_predecessor(const Draft& draft, const DraftNode& node, F f) {
  for (const DraftValue& value : draft.inputs_of(node)) {
    if (!value.is_feed()) f(value.node);
  }
  for (const int32_t control : draft.controls_of(node)) f(control);
}

bool in_order(const Draft& draft) {
  for (size_t i = 0; i < draft.nodes.size(); ++i) {
    bool forward = true;
    for_each_predecessor(draft, draft.nodes[i], [&](int32_t p) { forward &= static_cast<size_t>(p) < i; });
    if (!forward) return false;
  }
  return true;
}

// From any node that was left over, predecessors that were left over too lead into a cycle.
absl::Status cycle_error(const Draft& draft, const std::vector<int32_t>& pending) {
  size_t at = 0;
  while (pending[at] == 0) ++at;
  std::vector<int32_t> visit(draft.nodes.size(), -1);
  std::vector<size_t> path;
  while (visit[at] < 0) {
    visit[at] = static_cast<int32_t>(path.size());
    path.push_back(at);
    size_t next = at;
    for_each_predecessor(draft, draft.nodes[at], [&](int32_t p) {
      if (pending[static_cast<size_t>(p)] > 0) next = static_cast<size_t>(p);
    });
    at = next;
  }
  std::string nodes;
  const size_t first = static_cast<size_t>(visit[at]);
  for (size_t i = first; i < path.size() && i - first < kShownCycle; ++i) str_append(nodes, draft.nodes[path[i]].source->describe(), " <- ");
  if (path.size() - first > kShownCycle) str_append(nodes, "… <- ");
  return invalid_argument("The graph has a cycle, so none of these nodes can run first: ", nodes, draft.nodes[path[first]].source->describe(),
                          ". Only NextIteration may close a loop.");
}

void renumber(Draft& draft, const std::vector<int32_t>& order) {
  std::vector<int32_t> position(order.size());
  std::vector<DraftNode> nodes;
  nodes.reserve(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    position[static_cast<size_t>(order[i])] = static_cast<int32_t>(i);
    nodes.push_back(draft.nodes[static_cast<size_t>(order[i])]);
  }
  const auto move = [&](DraftValue& value) {
    if (!value.is_feed()) value.node = position[static_cast<size_t>(value.node)];
  };
  for (DraftValue& value : draft.inputs) move(value);
  for (DraftValue& value : draft.fetches) move(value);
  for (int32_t& control : draft.controls) control = position[static_cast<size_t>(control)];
  draft.nodes = std::move(nodes);
}

}  // namespace

absl::Status schedule(Draft& draft) {
  if (in_order(draft)) return absl::OkStatus();
  const size_t n = draft.nodes.size();
  std::vector<std::vector<int32_t>> successors(n);
  std::vector<int32_t> pending(n);
  std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>> ready;
  for (size_t i = 0; i < n; ++i) {
    for_each_predecessor(draft, draft.nodes[i], [&](int32_t p) {
      successors[static_cast<size_t>(p)].push_back(static_cast<int32_t>(i));
      ++pending[i];
    });
    if (pending[i] == 0) ready.push(static_cast<int32_t>(i));
  }
  std::vector<int32_t> order;
  order.reserve(n);
  while (!ready.empty()) {
    const int32_t node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int32_t s : successors[static_cast<size_t>(node)]) {
      if (--pending[static_cast<size_t>(s)] == 0) ready.push(s);
    }
  }
  if (order.size() < n) return cycle_error(draft, pending);
  renumber(draft, order);
  return absl::OkStatus();
}

}  // namespace weft
