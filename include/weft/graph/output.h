// Output and Operation: the handles by which programs hold a graph's values and nodes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weft/base/location.h"
#include "weft/tensor/dtype.h"
#include "weft/tensor/shape.h"

namespace weft {

class Graph;
class Node;
class Output;

namespace output_internal {
template <typename...> inline constexpr bool kNever = false;
}

// A node as something to run. Two words, copied freely; valid while its graph lives. An empty one names nothing and is refused
// wherever it is used; a failed one comes from a builder that recorded an error in the graph.
class Operation {
 public:
  Operation() = default;
  explicit Operation(Node* node);
  static Operation failed(Graph* graph) {
    Operation o;
    o.graph_ = graph;
    return o;
  }

  explicit operator bool() const { return node_ != nullptr; }
  bool failed() const { return node_ == nullptr && graph_ != nullptr; }
  Graph* graph() const { return graph_; }
  Node* node() const { return node_; }
  std::string_view name() const;  // "" when empty
  std::string_view type() const;  // "MatMul"
  int num_outputs() const;
  Output output(int i) const;  // a failed Output when there is none
  Location location() const;
  std::string describe() const;  // "'loss' (op: Mul, model.cc:12)"
  template <typename... Arguments> void apply_gradients(const Arguments&...) const {
    static_assert(output_internal::kNever<Arguments...>,
                  "apply_gradients is a method of an optimizer, not of an Operation: call optimizer.apply_gradients(gradients) and run the operation "
                  "it returns");
  }
  friend bool operator==(const Operation&, const Operation&) = default;

 private:
  Graph* graph_ = nullptr;
  Node* node_ = nullptr;
};

// A value in a graph: output `index` of a node.
class Output {
 public:
  Output() = default;
  Output(Node* node, int index);
  static Output failed(Graph* graph) {
    Output o;
    o.graph_ = graph;
    return o;
  }

  explicit operator bool() const { return node_ != nullptr; }
  bool failed() const { return node_ == nullptr && graph_ != nullptr; }
  Graph* graph() const { return graph_; }
  Node* node() const { return node_; }
  int index() const { return index_; }
  Operation op() const { return node_ != nullptr ? Operation(node_) : Operation::failed(graph_); }
  DType dtype() const;                // kInvalid when failed
  const PartialShape& shape() const;  // unknown when failed
  // Merges more knowledge into the shape; a contradiction is recorded as an error of the graph.
  void set_shape(const PartialShape& shape, Location where = {});
  std::string name() const;      // "loss:0"
  std::string describe() const;  // "'loss:0' (float32 [?,10], op: Mul, model.cc:12)"
  template <typename... Arguments> void apply_gradients(const Arguments&...) const {
    static_assert(
        output_internal::kNever<Arguments...>,
        "apply_gradients is a method of an optimizer, not of a tensor: call optimizer.minimize(loss), or optimizer.apply_gradients(gradients)");
  }
  friend bool operator==(const Output&, const Output&) = default;

 private:
  Graph* graph_ = nullptr;
  Node* node_ = nullptr;
  int index_ = 0;
};

template <typename H> H AbslHashValue(H h, const Output& o) { return H::combine(std::move(h), o.node(), o.index()); }
template <typename H> H AbslHashValue(H h, const Operation& o) { return H::combine(std::move(h), o.node()); }

}  // namespace weft
