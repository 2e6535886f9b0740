// Draft: what passes work on between the graph and the finished plan. Nodes are numbered; edges lie in flat arrays, so that a
// million nodes cost a few arrays and no recursion.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "weft/base/status.h"
#include "weft/graph/graph.h"
#include "weft/runtime/diagnostics.h"
#include "weft/runtime/plan.h"

namespace weft {

// A value: output `output` of draft node `node`, or, where node < 0, feed number ~node.
struct DraftValue {
  int32_t node = 0;
  int32_t output = 0;
  static DraftValue feed(int32_t number) { return {~number, 0}; }
  bool is_feed() const { return node < 0; }
  int32_t feed_number() const { return ~node; }
};

struct DraftNode {
  const Node* source = nullptr;
  uint32_t first_input = 0;  // into Draft::inputs; there are num_inputs() of them
  uint32_t first_control = 0;
  uint32_t num_controls = 0;
  // Not empty: a read of this reference, put in by read_references for `source`, which wants the value.
  Output reads = {};

  int num_inputs() const { return reads ? 1 : source->num_inputs(); }
  int num_outputs() const { return reads ? 1 : source->num_outputs(); }
  // In the slots of a step a reference is a handle of its variable.
  DType output_dtype(int k) const {
    if (reads) return base_dtype(reads.dtype());
    return is_ref(source->output_dtype(k)) ? DType::kResource : source->output_dtype(k);
  }
};

struct Draft {
  struct Order {
    int32_t before;
    int32_t after;
  };

  std::vector<DraftNode> nodes;
  std::vector<DraftValue> inputs;
  std::vector<int32_t> controls;
  std::vector<DraftValue> fetches;
  std::vector<Order> orders;  // control edges that passes added, sorted by `after`
  std::vector<Diagnostic> diagnostics;

  absl::Span<const DraftValue> inputs_of(const DraftNode& node) const {
    return {inputs.data() + node.first_input, static_cast<size_t>(node.num_inputs())};
  }
  absl::Span<const int32_t> controls_of(const DraftNode& node) const { return {controls.data() + node.first_control, node.num_controls}; }
};

// The passes, in the order in which Plan::compile runs them. Each is one file in passes/.

// Keeps what the fetches and targets need, in the order of the graph. A feed cuts what makes the value. Fails when a placeholder is
// needed and not fed.
absl::StatusOr<Draft> prune(const PlanRequest& request);
// Puts the nodes in an order in which they can run, that of the graph where that is one. Fails on a cycle.
absl::Status schedule(Draft& draft);
// Where a node takes the value of a reference, or the reference is fetched, puts in a node that reads it. Requires scheduled nodes.
void read_references(const PlanRequest& request, Draft& draft);
// Orders accesses of one variable that nothing orders yet. Requires scheduled nodes.
void order_variable_accesses(Draft& draft);
// Notes updates that the plan prepares but does not run.
void find_idle_updates(const PlanRequest& request, Draft& draft);

}  // namespace weft
