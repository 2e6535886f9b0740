// GradientTape: derivatives along the nodes built since the tape was made. As TensorFlow 1's tf.GradientTape in graph mode.
//
//   GradientTape tape(graph);
//   Output loss = x * x;                       // recorded: reads of trainable variables are watched by themselves
//   auto gradients = tape.gradient(loss, {x});
#pragma once

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "weft/gradients/gradients.h"

namespace weft {

struct GradientTapeOptions {
  bool persistent = false;               // gradient() may be called several times, and what it builds is recorded as well
  bool watch_accessed_variables = true;  // trainable variables are watched when they are read
};

struct TapeGradientOptions {
  std::vector<Gradient> output_gradients = {};  // one for each target; empty or absent ones: ones
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
};

// Records which of the graph's nodes depend on watched tensors, by reading the graph when it is asked; the tape costs nothing while
// nodes are built. It must not outlive its graph.
//
// Unlike gradients(), a tape builds no gradients that nobody needs, and its nodes stand in the current name scope.
class GradientTape {
 public:
  explicit GradientTape(Graph& graph, GradientTapeOptions options = {}) : graph_(&graph), options_(options), next_(graph.num_nodes()) {}
  GradientTape(const GradientTape&) = delete;
  GradientTape& operator=(const GradientTape&) = delete;

  // What is built from these tensors and variables from now on is recorded.
  void watch(const OperandList& operands, Loc where = Loc::current());
  // Nodes built while the scope lasts are not recorded. The tape must outlive it.
  Scope stop_recording(Loc where = Loc::current());
  // Forgets everything, as a new tape.
  void reset();
  // In the order in which they were made.
  std::vector<Variable> watched_variables();

  // d(sum of targets)/d(source) for each source, in their order; absent ones carry their reason. Ends the recording, unless persistent.
  // Errors, recorded in the graph: a second call on a tape that is not persistent (FailedPrecondition); as those of gradients() else.
  std::vector<Gradient> gradient(const OperandList& targets, const OperandList& sources, TapeGradientOptions options = {},
                                 Loc where = Loc::current());

  // Whether the tape follows `tensor`: it is watched, or made by a recorded node.
  bool follows(const Output& tensor) const { return watched_.contains(tensor) || recorded(tensor.node()); }
  bool recorded(const Node* node) const { return nodes_.contains(node); }

 private:
  void catch_up();  // reads the nodes built since the last time
  void record(const Node& node);
  void watch_access(const Node& node);

  Graph* graph_;
  GradientTapeOptions options_;
  int next_;  // the first node not looked at yet
  bool recording_ = true;
  bool used_ = false;
  absl::flat_hash_set<Output> watched_;
  std::vector<Variable> watched_variables_;
  absl::flat_hash_set<const Node*> nodes_;
};

}  // namespace weft
