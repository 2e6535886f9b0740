// Plan: a graph compiled for one set of feeds, fetches and targets. Nodes stand in an order in which they can run, values have
// numbered slots, kernels are made. Immutable, so that any number of steps on any threads share it.
//
//   Slots: the feeds first, in the order of the request, then the outputs of node 0, node 1, …
//
// Cost: about 150 bytes a node, the kernel's closure not counted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "weft/base/status.h"
#include "weft/graph/output.h"
#include "weft/kernel/kernel_context.h"
#include "weft/runtime/diagnostics.h"

namespace weft {

// What to compile. Handles are neither empty nor failed and all of one graph; feeds are distinct.
struct PlanRequest {
  Graph* graph = nullptr;
  std::vector<Output> feeds;
  std::vector<Output> fetches;
  std::vector<Operation> targets;
};

enum class EngineKind : uint8_t {
  kAuto,    // the pool's, unless no two nodes of the plan are worth a thread each
  kSerial,  // one thread, topological order
  kPool,    // ready nodes on the threads of a pool
};

struct PlanOptions {
  ResourceManager* resources = nullptr;  // where kernels find the session's state
  EngineKind engine = EngineKind::kAuto;
  int threads = 1;  // of the pool that steps will get
};

// A node where the serial engine's loop reads it.
struct PlanNode {
  NodeBinding binding;
  KernelFn run;           // empty: the kernel may wait, see Plan::async_kernel
  uint32_t releases = 0;  // where its part of Plan::releases begins; the next node's part follows
};

class Plan {
 public:
  // Errors: InvalidArgument for placeholders that are needed and not fed (all of them, with the path that needs each) and for cycles;
  // Unimplemented for kernels that do not exist (all of them); what a kernel's factory returned, with the node's name and line.
  // Locks the graph while it reads it.
  static absl::StatusOr<std::shared_ptr<const Plan>> compile(const PlanRequest& request, const PlanOptions& options);

  struct Feed {
    DType dtype;
    PartialShape shape;
    std::string name;  // "images:0"
    Location made_at = {};
  };

  int num_nodes() const { return static_cast<int>(sources_.size()); }
  int num_slots() const { return static_cast<int>(slot_dtypes_.size()); }
  const std::vector<Feed>& feeds() const { return feeds_; }
  absl::Span<const int32_t> fetch_slots() const { return fetch_slots_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  EngineKind engine() const { return engine_; }
  bool has_async() const { return !async_.empty(); }

  const PlanNode* nodes() const { return nodes_.data(); }  // num_nodes() + 1: the last one is the end of releases
  const AsyncKernelFn& async_kernel(int node) const;       // requires that nodes()[node].run is empty
  bool cheap(int node) const { return cheap_[static_cast<size_t>(node)] != 0; }
  absl::Span<const DType> slot_dtypes() const { return slot_dtypes_; }
  // Slots that nobody reads after their part's node has run in the plan's order. Feeds and fetches are never among them.
  const int32_t* releases() const { return releases_.data(); }

  // For engines that run nodes in another order; present when may_run_in_parallel().
  struct Parallel {
    std::vector<uint32_t> successor_begin;  // [nodes + 1]
    std::vector<int32_t> successors;
    std::vector<int32_t> pending;      // [nodes] distinct nodes that run before it
    std::vector<uint32_t> read_begin;  // [nodes + 1] the distinct slots whose reading ends with the node, its unread outputs too
    std::vector<int32_t> reads;
    std::vector<int32_t> readers;  // [slots] nodes that read it; feeds and fetches are in nobody's `reads`
    std::vector<int32_t> roots;
  };
  bool may_run_in_parallel() const { return parallel_ != nullptr; }
  const Parallel& parallel() const { return *parallel_; }

  // Of plans with a Switch: what may be skipped. A node is skipped when one of its inputs has no value or one of `controls` was skipped; a Merge only
  // when none of its inputs has one; a ControlTrigger never.
  enum class Skipping : uint8_t { kOrdinary, kSwitch, kMerge, kNever };
  struct Conditions {
    std::vector<Skipping> skipping;       // [nodes]
    std::vector<uint32_t> control_begin;  // [nodes + 1]
    std::vector<int32_t> controls;        // nodes before it by the graph's own control edges
  };
  bool has_conditions() const { return conditions_ != nullptr; }
  const Conditions& conditions() const { return *conditions_; }

  // For memory planning: slots whose values may lie in memory that the step owns.
  bool recyclable(int slot) const { return recyclable_[static_cast<size_t>(slot)] != 0; }

  // The graph's node; its names and locations never change. For messages.
  const Node& source(int node) const { return *sources_[static_cast<size_t>(node)]; }
  // `error` with the node's name, op and source lines.
  absl::Status annotate(int node, const absl::Status& error) const;
  // A line a node: "3 Mul 'loss' (slots 2 2) -> slot 4 releases 2". For tests and debugging.
  std::string to_string() const;

 private:
  friend class PlanBuilder;
  struct Async {
    int32_t node;
    AsyncKernelFn run;
  };

  std::vector<PlanNode> nodes_;
  std::vector<const Node*> sources_;
  std::vector<int32_t> inputs_;  // all nodes' input slots
  std::vector<uint8_t> input_dies_;
  std::vector<DType> slot_dtypes_;
  std::vector<int32_t> releases_;
  std::vector<uint8_t> cheap_;
  std::vector<uint8_t> recyclable_;
  std::vector<Async> async_;  // by node
  std::vector<Feed> feeds_;
  std::vector<int32_t> fetch_slots_;
  std::vector<Diagnostic> diagnostics_;
  std::unique_ptr<Parallel> parallel_;
  std::unique_ptr<Conditions> conditions_;
  EngineKind engine_ = EngineKind::kAuto;
};

}  // namespace weft
