// Engine: runs the nodes of a step.
#pragma once

#include "src/runtime/step.h"
#include "weft/base/status.h"

namespace weft {

// Called with the feeds in their slots; returns when no kernel of the step runs any more. On success every fetch is in its slot and
// every other slot but the feeds' is empty. On failure it returns the first error, with its node, or why the step was cancelled.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual absl::Status run(Step& step) const = 0;
};

// One thread, the plan's order, no counters. For plans whose kernels never wait.
const Engine& serial_engine();
// Nodes as they become ready, on the caller's thread and those of step.context.pool; without a pool, or with one of a single thread,
// on the caller's alone. For plans with may_run_in_parallel(). Kernels may wait.
const Engine& pool_engine();

}  // namespace weft
