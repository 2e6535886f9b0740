// ControlFlowContext: a cond branch or a while body under construction. It sees each new node and may replace its inputs.
#pragma once

#include <string>

#include "weft/base/status.h"

namespace weft {

struct NodeSpec;
class Node;

class ControlFlowContext {
 public:
  explicit ControlFlowContext(ControlFlowContext* outer) : outer_(outer) {}
  virtual ~ControlFlowContext() = default;
  ControlFlowContext* outer() const { return outer_; }

  // Called before a node of this context is added: may rewrite spec.inputs and spec.control_inputs, adding nodes of its own.
  virtual absl::Status prepare_node(NodeSpec& spec) = 0;
  // Called after, for every context from the innermost out.
  virtual void node_added(Node& node) = 0;

 private:
  ControlFlowContext* outer_;
};

}  // namespace weft
