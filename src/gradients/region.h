// Region: the nodes that lie between xs and ys, on paths of tensors that can carry gradients.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "weft/graph/graph.h"

namespace weft {

// Whether gradients can flow through a tensor of this dtype, and whether it gets zeros where none arrived.
bool is_backpropagatable(DType dtype);
bool is_trainable(DType dtype);

class Region {
 public:
  // No recursion; O(ancestors of ys) node visits and O(nodes of the graph) bytes.
  Region(const Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs);

  // Position of a node in nodes(), or -1 when it is outside.
  int index(const Node* node) const { return node->id() < static_cast<int>(index_.size()) ? index_[static_cast<size_t>(node->id())] : -1; }
  bool contains(const Node* node) const { return index(node) >= 0; }
  const std::vector<Node*>& nodes() const { return nodes_; }
  // How many inputs of nodes inside read a node inside: the gradients it waits for.
  int& pending(int index) { return pending_[static_cast<size_t>(index)]; }
  // The node is above some y, whether a path leads to it from xs or not.
  bool is_ancestor(const Node* node) const {
    return node->id() < static_cast<int>(marks_.size()) && (marks_[static_cast<size_t>(node->id())] & kAncestor) != 0;
  }

 private:
  enum Mark : uint8_t { kAncestor = 1, kReached = 2 };
  void mark_ancestors(absl::Span<const Output> ys);
  void mark_reached(absl::Span<const Output> xs);
  void take_nodes(absl::Span<const Output> ys);

  const Graph* graph_;
  std::vector<uint8_t> marks_;
  std::vector<int32_t> index_;
  std::vector<Node*> nodes_;
  std::vector<int32_t> pending_;
};

}  // namespace weft
