// Session: runs a graph and keeps its variables.
//
//   Session session(graph);
//   session.run(global_variables_initializer(graph));
//   absl::StatusOr<std::vector<Tensor>> out = session.run({.feeds = {{x, batch}}, .fetches = {loss}, .targets = {train_op}});
//
// The first run of a set of feeds, fetches and targets compiles a plan, later ones find it. make_callable compiles at once and
// gives an object whose runs look nothing up.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "weft/base/status.h"
#include "weft/kernel/task_pool.h"
#include "weft/runtime/plan.h"
#include "weft/runtime/run_options.h"
#include "weft/session/callable.h"
#include "weft/session/fetch.h"

namespace weft {

struct SessionOptions {
  int threads = 0;                      // 1: the caller's alone; 0: as many as the machine runs
  std::shared_ptr<TaskPool> pool = {};  // the host's own threads instead
  EngineKind engine = EngineKind::kAuto;
  std::function<void(std::string_view)> log = {};  // where Print writes; empty: standard error
};

// Several sessions may run one graph, each with variables of its own. The graph must outlive them and their callables; it may grow
// between runs, and also during runs, by one thread. Thread safety: all methods may be called from any thread, kernels included.
class Session {
 public:
  explicit Session(Graph& graph, SessionOptions options = {});
  ~Session();  // closes
  Session(Session&&) noexcept = default;
  Session& operator=(Session&&) = delete;

  // One step; the results of `fetches` in order. Errors: InvalidArgument for handles that are empty or of another graph, for values of
  // a wrong dtype or shape and for placeholders that lack one; NotFound for unknown names; the first error of building the graph;
  // what a kernel returned, with its node and source line; DeadlineExceeded; Cancelled.
  absl::StatusOr<std::vector<Tensor>> run(const RunArguments& arguments) const;
  // Of one value, operation, variable or name; or a vector of them. (Templates, so that braces always mean RunArguments.)
  template <typename T>
  requires std::constructible_from<Fetch, const T&> absl::StatusOr<std::vector<Tensor>> run(const T& fetch)
  const { return run(RunArguments{.fetches = {Fetch(fetch)}}); }
  template <std::same_as<std::vector<Fetch>> Fetches> absl::StatusOr<std::vector<Tensor>> run(const Fetches& fetches) const {
    return run(RunArguments{.fetches = fetches});
  }

  // Compiles what run() would, once. The result carries its status: check `callable.status()`, or the status of its first run.
  Callable make_callable(const CallableArguments& arguments) const;

  // Runs in flight end with CANCELLED, later ones are refused. Variables are freed with the session and its callables.
  void close() const;

  Graph& graph() const;
  // The session's state, by which programs reach resources that no node names.
  ResourceManager& resources() const;

 private:
  std::shared_ptr<SessionState> state_;
};

}  // namespace weft
