// ReverseWalk: the walk of gradients() from ys back to xs.
//
// Every node of the region waits until all of its consumers inside have been differentiated (pending count), then its outputs'
// gradients are summed, its op's gradient function is called and the results are handed to its inputs. A FIFO queue, as in
// TensorFlow: the order decides the names of the new nodes. Gradients on their way stand in a pool of list cells, so that a chain of
// a million nodes needs no more of them than a short one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/gradients/region.h"
#include "weft/gradients/gradients.h"

namespace weft {

// An input for which an op's gradient function gave none.
using RefusedInput = std::pair<const Node*, int>;

class ReverseWalk {
 public:
  ReverseWalk(Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs, const GradientsOptions& options, Location call);

  // Walks. False when something failed; the graph holds the error.
  bool run(const std::vector<Gradient>& grad_ys);

  // After run, for an x: its gradient. `received` false: no gradient reached any output of its op.
  struct Arrived {
    Gradient gradient;
    bool received = false;
  };
  Arrived arrived(const Output& x) const;

  const Region& region() const { return region_; }
  bool stops(const Node* node) const { return stop_nodes_.contains(node); }
  const absl::flat_hash_set<RefusedInput>& refused() const { return refused_; }

 private:
  struct Cell {
    Gradient gradient;
    int32_t next = -1;
  };
  struct List {
    int32_t first = -1;
    int32_t last = -1;
  };

  void find_stop_nodes(absl::Span<const Output> stop_gradients);
  void add_gradient(const Output& tensor, Gradient gradient);
  Gradients take_gradients(const Node& node, int index);
  bool process(Node* node, int index);
  const GradientFn* gradient_function(const Node& node, bool* failed) const;
  bool differentiate(Node* node, const GradientFn& function, Gradients out_gradients, Gradients& in_gradients);
  bool hand_to_inputs(const Node& node, Gradients in_gradients);
  void gate(Gradients& gradients);
  void release_inputs(const Node& node);

  Graph& graph_;
  absl::Span<const Output> ys_;
  absl::Span<const Output> xs_;
  const GradientsOptions& options_;
  Location call_;
  Region region_;
  std::vector<int32_t> first_list_;  // by region index: position of the node's output 0 in lists_
  std::vector<List> lists_;
  std::vector<Cell> cells_;
  int32_t free_cell_ = -1;
  std::vector<bool> received_;  // by region index: some output was given a gradient
  std::deque<Node*> queue_;
  absl::flat_hash_set<const Node*> from_nodes_;
  absl::flat_hash_set<const Node*> stop_nodes_;
  absl::flat_hash_map<const Node*, Gradients> kept_;  // of the nodes of xs
  absl::flat_hash_set<RefusedInput> refused_;
};

}  // namespace weft
