#include "src/gradients/region.h"

#include <algorithm>

namespace weft {

namespace {
constexpr DTypeSet kTrainable = {DType::kHalf,       DType::kFloat32,  DType::kFloat64, DType::kComplex64,
                                 DType::kComplex128, DType::kResource, DType::kVariant};
}  // namespace

bool is_trainable(DType dtype) { return kTrainable.contains(dtype); }
bool is_backpropagatable(DType dtype) { return kTrainable.contains(dtype) || base_dtype(dtype) == DType::kBFloat16; }

Region::Region(const Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs) : graph_(&graph) {
  marks_.resize(static_cast<size_t>(graph.num_nodes()));
  mark_ancestors(ys);
  mark_reached(xs);
  take_nodes(ys);
}

void Region::mark_ancestors(absl::Span<const Output> ys) {
  std::vector<Node*> stack;
  const auto push = [&](Node* node) {
    uint8_t& mark = marks_[static_cast<size_t>(node->id())];
    if ((mark & kAncestor) != 0) return;
    mark |= kAncestor;
    stack.push_back(node);
  };
  for (const Output& y : ys) push(y.node());
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    for (const Output& input : node->inputs()) push(input.node());
  }
}

// Inputs are made before the nodes that read them, but for the back edges of loops, for which the scan is repeated.
void Region::mark_reached(absl::Span<const Output> xs) {
  for (const Output& x : xs) marks_[static_cast<size_t>(x.node()->id())] |= kReached;
  const auto reaches = [&](const Output& input) {
    return (marks_[static_cast<size_t>(input.node()->id())] & kReached) != 0 && is_backpropagatable(input.dtype());
  };
  for (bool again = true; again;) {
    again = false;
    std::vector<const Node*> unreached_with_back_edge;
    for (size_t id = 0; id < marks_.size(); ++id) {
      if ((marks_[id] & (kAncestor | kReached)) != kAncestor) continue;
      const Node* node = graph_->node(static_cast<int>(id));
      bool back_edge = false;
      for (const Output& input : node->inputs()) {
        if (reaches(input)) marks_[id] |= kReached;
        back_edge = back_edge || input.node()->id() > node->id();
      }
      if (back_edge && (marks_[id] & kReached) == 0) unreached_with_back_edge.push_back(node);
    }
    for (const Node* node : unreached_with_back_edge) { again = again || std::any_of(node->inputs().begin(), node->inputs().end(), reaches); }
  }
}

void Region::take_nodes(absl::Span<const Output> ys) {
  index_.assign(marks_.size(), -1);
  const auto take = [&](Node* node) {
    const auto id = static_cast<size_t>(node->id());
    if ((marks_[id] & kReached) == 0 || index_[id] >= 0) return;
    index_[id] = static_cast<int32_t>(nodes_.size());
    nodes_.push_back(node);
  };
  for (const Output& y : ys) take(y.node());
  for (size_t next = 0; next < nodes_.size(); ++next) {
    for (const Output& input : nodes_[next]->inputs()) take(input.node());
  }
  pending_.assign(nodes_.size(), 0);
  for (const Node* node : nodes_) {
    for (const Output& input : node->inputs()) {
      if (const int i = index(input.node()); i >= 0) ++pending_[static_cast<size_t>(i)];
    }
  }
}

}  // namespace weft
