// SessionState: what a Session and its callables share.
#pragma once

#include <memory>

#include "src/session/program_cache.h"
#include "weft/graph/graph.h"
#include "weft/kernel/resource.h"
#include "weft/runtime/program.h"
#include "weft/session/session.h"

namespace weft {

struct SessionState {
  SessionState(Graph& g, SessionOptions o);

  // The program for `key`, compiled if need be.
  absl::StatusOr<const CachedProgram*> program(const RunKey& key);
  // A run cannot even be planned: the session is closed, the graph empty or was built with errors.
  absl::Status check_usable() const;
  void close();

  Graph& graph;
  const SessionOptions options;
  const bool graph_had_errors;     // when the session was made
  std::shared_ptr<TaskPool> pool;  // null: one thread
  ResourceManager resources;
  ProgramEnvironment environment;
  ProgramCache programs;  // last: gone before what programs use

 private:
  absl::StatusOr<std::unique_ptr<CachedProgram>> compile(const RunKey& key);
};

// Resolves `list` and appends it to `key`.
absl::Status append_endpoints(const Graph& graph, absl::Span<const Fetch> list, EndpointUse use, RunKey& key);

}  // namespace weft
