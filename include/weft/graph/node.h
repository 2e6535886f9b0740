// Node: one operation of a graph. Created by Graph, owned by it, never moved or removed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "weft/base/location.h"
#include "weft/graph/attr_value.h"
#include "weft/graph/op_def.h"
#include "weft/graph/output.h"

namespace weft {

class ControlFlowContext;

// What made a node, for pictures and for reading a dump.
enum class NodeRole : uint8_t { kForward, kGradient, kUpdate, kInitializer, kSaver, kSummary };

class Node {
 public:
  struct OutputInfo {
    DType dtype = DType::kInvalid;
    PartialShape shape;
    std::unique_ptr<HandleInfo> handle;  // of resource and variant outputs, where known
    std::unique_ptr<Tensor> constant;    // remembered by constant_value(); an invalid tensor means not constant
    bool feedable = true;                // see prevent_feeding(); guarded by the graph's mutex
  };

  int id() const { return id_; }  // position in the graph, from 0
  Graph& graph() const { return *graph_; }
  const OpDef& op() const { return *op_; }
  const std::string& name() const { return name_; }
  const std::string& device() const { return device_; }  // as requested, "" if not
  NodeRole role() const { return role_; }
  ControlFlowContext* control_flow() const { return control_flow_; }

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const Output& input(int i) const { return inputs_[static_cast<size_t>(i)]; }
  absl::Span<const Output> inputs() const { return inputs_; }
  absl::Span<Node* const> control_inputs() const { return control_inputs_; }
  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  Output output(int i = 0) const { return Output(const_cast<Node*>(this), i); }
  DType output_dtype(int i) const { return outputs_[static_cast<size_t>(i)].dtype; }
  const PartialShape& output_shape(int i) const { return outputs_[static_cast<size_t>(i)].shape; }
  const OutputInfo& output_info(int i) const { return outputs_[static_cast<size_t>(i)]; }
  OutputInfo& output_info(int i) { return outputs_[static_cast<size_t>(i)]; }

  const AttrMap& attrs() const { return attrs_; }
  template <typename T> T attr(std::string_view name) const { return attrs_.get<T>(name); }

  // Line of the user's program that built the node. Gradient and update nodes carry the forward node's line here and the line of
  // the gradients() or minimize() call in call_location().
  const Location& location() const { return location_; }
  const Location& call_location() const { return call_location_; }
  // "'loss' (op: Mul, model.cc:12)"
  std::string describe() const;

 private:
  friend class Graph;
  Graph* graph_ = nullptr;
  const OpDef* op_ = nullptr;
  int id_ = 0;
  NodeRole role_ = NodeRole::kForward;
  std::string name_;
  std::string device_;
  absl::InlinedVector<Output, 2> inputs_;
  std::vector<Node*> control_inputs_;
  absl::InlinedVector<OutputInfo, 1> outputs_;
  AttrMap attrs_;
  Location location_;
  Location call_location_;
  ControlFlowContext* control_flow_ = nullptr;
};

}  // namespace weft
