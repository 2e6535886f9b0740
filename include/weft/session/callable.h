// Callable: one set of feeds, fetches and targets of a session, compiled and ready to run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/types/span.h"
#include "weft/base/status.h"
#include "weft/runtime/diagnostics.h"
#include "weft/runtime/run_options.h"
#include "weft/tensor/tensor.h"

namespace weft {

struct SessionState;
class Program;

// Copies share the compiled plan. A run never reads the graph; it takes no lock and, once shapes have been seen, allocates nothing.
// Thread safety: all methods may be called from any thread.
class Callable {
 public:
  Callable();  // of nothing: its status is an error

  // Why it could not be made; every run returns that too.
  const absl::Status& status() const { return status_; }

  // `feeds` in the order in which the callable was made, results likewise into `fetches`. A tensor in `fetches` that nobody else holds
  // lends its memory to its result if it fits, so the results of the last step, handed in again, save their allocation. On an error
  // `fetches` are empty. Errors: see Session::run.
  absl::Status run(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options = {}) const;
  // The same with results of its own.
  absl::StatusOr<std::vector<Tensor>> run(absl::Span<const Tensor> feeds = {}, const RunOptions& options = {}) const;

  // What may surprise about the plan.
  const std::vector<Diagnostic>& diagnostics() const;
  // Nodes in the plan, and kernels called so far by all runs that have ended.
  int num_nodes() const;
  int64_t nodes_run() const;

 private:
  friend class Session;
  explicit Callable(absl::Status status) : status_(std::move(status)) {}
  absl::Status run_with_nodes(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options) const;

  absl::Status status_;
  std::shared_ptr<SessionState> session_;  // keeps resources and threads
  Program* program_ = nullptr;             // lives as long as session_
  std::vector<int32_t> fetch_of_;          // by result: its place among the program's fetches, -1 for a node; empty: they are the same
  size_t num_fetches_ = 0;
};

}  // namespace weft
