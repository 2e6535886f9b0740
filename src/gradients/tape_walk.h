// TapeWalk: the walk of a tape's gradient() from targets back to sources over the recorded nodes.
#pragma once

#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "weft/gradients/tape.h"

namespace weft {

class TapeWalk {
 public:
  TapeWalk(Graph& graph, const GradientTape& tape, const std::vector<Output>& ys, const std::vector<Output>& xs, Location call);

  // False when something failed; the graph holds the error.
  bool run(const std::vector<Gradient>& output_gradients);
  // After run: what reached `x`, summed.
  Gradient gradient_of(const Output& x);
  // The gradient function of `node` gave none for that input.
  bool refuses(const Node* node, int input) const { return refused_.contains({node, input}); }

 private:
  void find_nodes();
  bool start(const std::vector<Gradient>& output_gradients);
  bool process(Node* node);
  bool differentiate(Node* node, Gradients out_gradients, Gradients& in_gradients);
  Gradients take_gradients(const Node& node, bool* any);
  void hand_to_inputs(const Node& node, Gradients in_gradients);
  void add_gradient(const Output& tensor, Gradient gradient);

  Graph& graph_;
  const GradientTape& tape_;
  const std::vector<Output>& ys_;
  absl::flat_hash_set<Output> sources_;
  Location call_;
  std::vector<Node*> nodes_;                       // recorded nodes on the way, in the order of finding
  absl::flat_hash_map<const Node*, int> missing_;  // of those: outputs whose gradient is not complete
  absl::flat_hash_map<Output, int> uses_;          // by tensor: inputs of nodes_ that read it and have not been handled
  absl::flat_hash_map<Output, std::vector<Gradient>> gradients_;
  std::deque<Node*> ready_;
  absl::flat_hash_set<std::pair<const Node*, int>> refused_;
};

}  // namespace weft
