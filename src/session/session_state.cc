#include "src/session/session_state.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "weft/base/strings.h"
#include "weft/graph/feeding.h"
#include "weft/runtime/thread_pool.h"

namespace weft {
namespace {

std::shared_ptr<TaskPool> make_pool(const SessionOptions& options) {
  if (options.engine == EngineKind::kSerial && options.threads == 1) return nullptr;
  if (options.pool != nullptr) return options.pool;
  return options.threads == 1 ? nullptr : std::make_shared<ThreadPool>(options.threads);
}

}  // namespace

SessionState::SessionState(Graph& g, SessionOptions o)
    : graph(g), options(std::move(o)), graph_had_errors(!graph.status().ok()), pool(make_pool(options)) {
  environment.pool = pool.get();
  environment.resources = &resources;
  environment.log = options.log ? &options.log : nullptr;
}

absl::Status SessionState::check_usable() const {
  if (environment.closed.load(std::memory_order_acquire)) return cancelled("Session has been closed. Attempted to use a closed Session.");
  if (graph_had_errors) {
    const absl::Status first = graph.status();
    if (!first.ok()) return annotate(first, str_cat(graph.describe(), " was built with errors, so it cannot run. The first one: "));
  }
  if (graph.num_nodes() == 0) return failed_precondition("The Session graph is empty.  Add operations to the graph before calling run().");
  return absl::OkStatus();
}

absl::StatusOr<const CachedProgram*> SessionState::program(const RunKey& key) {
  const uint64_t hash = key.hash();
  if (const CachedProgram* found = programs.find(key, hash)) return found;
  WEFT_RETURN_IF_ERROR(check_usable());
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<CachedProgram> made, compile(key));
  made->hash = hash;
  return &programs.insert(std::move(made));
}

absl::StatusOr<std::unique_ptr<CachedProgram>> SessionState::compile(const RunKey& key) {
  PlanRequest request{&graph, {}, {}, {}};
  auto made = std::make_unique<CachedProgram>();
  made->key = key;
  if (key.endpoints.size() == key.num_feeds) return invalid_argument("Must specify at least one target to fetch or execute.");
  absl::flat_hash_set<Output> fed;
  for (size_t i = 0; i < key.endpoints.size(); ++i) {
    const Endpoint& endpoint = key.endpoints[i];
    if (i < key.num_feeds) {
      if (!fed.insert(endpoint.output()).second) return invalid_argument("Tensor ", endpoint.output().describe(), " is fed more than once.");
      if (!is_feedable(endpoint.output())) return invalid_argument("Tensor ", endpoint.output().describe(), " may not be fed.");
      request.feeds.push_back(endpoint.output());
    } else if (i < key.num_feeds + key.num_fetches) {
      made->fetch_of.push_back(endpoint.is_value() ? static_cast<int32_t>(request.fetches.size()) : -1);
      if (endpoint.is_value()) request.fetches.push_back(endpoint.output());
      else request.targets.push_back(Operation(endpoint.node));
    } else {
      request.targets.push_back(Operation(endpoint.node));
    }
  }
  if (request.fetches.size() == key.num_fetches) made->fetch_of.clear();
  const int threads = pool != nullptr ? pool->num_threads() : 1;
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, Plan::compile(request, {&resources, options.engine, threads}));
  made->program = std::make_unique<Program>(std::move(plan), environment);
  return made;
}

void SessionState::close() {
  if (environment.closed.exchange(true, std::memory_order_seq_cst)) return;
  programs.for_each([](const CachedProgram& entry) { entry.program->cancel(cancelled("Run call was cancelled: the session was closed.")); });
}

absl::Status append_endpoints(const Graph& graph, absl::Span<const Fetch> list, EndpointUse use, RunKey& key) {
  for (size_t i = 0; i < list.size(); ++i) {
    WEFT_ASSIGN_OR_RETURN(Endpoint endpoint, resolve(graph, list[i], use, i));
    if (use == EndpointUse::kTarget) endpoint.index = -1;  // of a value its node
    key.endpoints.push_back(endpoint);
  }
  return absl::OkStatus();
}

}  // namespace weft
