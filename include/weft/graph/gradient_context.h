// GradientContext: what an op's gradient function is given. It builds ordinary nodes from the op's inputs (x), outputs (y) and the
// gradients of its outputs (dy), and returns one Gradient for each input.
//
//   .gradient = [](GradientContext& g) { return g.one(g.dy() * sigmoid(g.x())); }
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/graph/attr_value.h"
#include "weft/graph/gradient.h"

namespace weft {

class Graph;
class Node;

// Serves the gradients of Switch, Merge, Enter, Exit and NextIteration; implemented where loops are differentiated.
class ControlFlowGradients {
 public:
  virtual ~ControlFlowGradients() = default;
};

class GradientContext {
 public:
  // `densify` makes a dense Output of IndexedSlices. `needed[i]`: someone wants the gradient of input i (empty: all).
  GradientContext(Node* node, std::vector<Gradient> dys, std::function<Output(const IndexedSlices&)> densify)
      : node_(node), dys_(std::move(dys)), densify_(std::move(densify)) {}

  Graph& graph() const;
  const Node& node() const { return *node_; }
  Operation op() const { return Operation(node_); }
  int num_inputs() const;
  int num_outputs() const;
  Output x(int i = 0) const;  // input i
  Output y(int i = 0) const;  // output i
  // The gradient of output i, made dense if it is IndexedSlices. Empty when output i has none.
  Output dy(int i = 0);
  const Gradient& dy_any(int i = 0) const { return dys_[static_cast<size_t>(i)]; }
  bool has_dy(int i) const { return !dys_[static_cast<size_t>(i)].is_none(); }
  const AttrMap& attrs() const;
  template <typename T> T get(std::string_view attr) const { return attrs().get<T>(attr); }

  // Returns for the common cases.
  Gradients one(Gradient dx) const { return {std::move(dx)}; }
  Gradients two(Gradient dx, Gradient dy) const { return {std::move(dx), std::move(dy)}; }
  Gradients none() const { return Gradients(static_cast<size_t>(num_inputs())); }
  // Gradient of input 0, none for the others.
  Gradients first(Gradient dx) const;
  // Records `why` in the graph as the error of this gradient and returns none for every input.
  Gradients fail(absl::Status why);

  // False when nobody uses the gradient of input i, so that a tape need not build it (TF's skip_input_indices).
  bool needs(int i) const { return needed_.empty() || needed_[static_cast<size_t>(i)]; }
  void set_needed(std::vector<bool> needed) { needed_ = std::move(needed); }
  // A tape is asking, not gradients(): TF's tape skips what is not needed, gradients() builds everything.
  bool from_tape() const { return !needed_.empty(); }
  ControlFlowGradients* control_flow() const { return control_flow_; }
  void set_control_flow(ControlFlowGradients* c) { control_flow_ = c; }

 private:
  Node* node_;
  std::vector<Gradient> dys_;
  std::function<Output(const IndexedSlices&)> densify_;
  std::vector<bool> needed_;
  ControlFlowGradients* control_flow_ = nullptr;
};

}  // namespace weft
