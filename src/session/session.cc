#include "weft/session/session.h"

#include <utility>

#include "src/session/session_state.h"
#include "weft/base/strings.h"

namespace weft {
namespace {

using FeedValues = absl::InlinedVector<Tensor, 4>;

// Feeds and their values; literals take the dtype of what they are fed for.
absl::Status append_feeds(const Graph& graph, const std::vector<Feed>& feeds, RunKey& key, FeedValues& values) {
  for (size_t i = 0; i < feeds.size(); ++i) {
    WEFT_ASSIGN_OR_RETURN(const Endpoint endpoint, resolve(graph, feeds[i].key(), EndpointUse::kFeed, i));
    key.endpoints.push_back(endpoint);
    const Literal& value = feeds[i].value();
    const DType dtype = base_dtype(endpoint.node->output_dtype(endpoint.index));
    if (!value.weak || value.tensor.dtype() == dtype) {
      values.push_back(value.tensor);
      continue;
    }
    absl::StatusOr<Tensor> converted = convert_literal(value, dtype);
    if (!converted.ok()) return annotate(converted.status(), str_cat("Cannot feed the number for Tensor ", endpoint.output().describe(), ": "));
    values.push_back(*std::move(converted));
  }
  key.num_feeds = static_cast<uint32_t>(feeds.size());
  return absl::OkStatus();
}

absl::Status append_results(const Graph& graph, const std::vector<Fetch>& fetches, const std::vector<Fetch>& targets, RunKey& key) {
  WEFT_RETURN_IF_ERROR(append_endpoints(graph, fetches, EndpointUse::kFetch, key));
  key.num_fetches = static_cast<uint32_t>(fetches.size());
  return append_endpoints(graph, targets, EndpointUse::kTarget, key);
}

}  // namespace

Session::Session(Graph& graph, SessionOptions options) : state_(std::make_shared<SessionState>(graph, std::move(options))) {}

Session::~Session() {
  if (state_ != nullptr) state_->close();
}

void Session::close() const { state_->close(); }
Graph& Session::graph() const { return state_->graph; }
ResourceManager& Session::resources() const { return state_->resources; }

absl::StatusOr<std::vector<Tensor>> Session::run(const RunArguments& arguments) const {
  RunKey key;
  FeedValues values;
  WEFT_RETURN_IF_ERROR(append_feeds(state_->graph, arguments.feeds, key, values));
  WEFT_RETURN_IF_ERROR(append_results(state_->graph, arguments.fetches, arguments.targets, key));
  WEFT_ASSIGN_OR_RETURN(const CachedProgram* found, state_->program(key));
  const size_t num_values = found->program->plan().fetch_slots().size();
  std::vector<Tensor> results(num_values);
  WEFT_RETURN_IF_ERROR(found->program->run(values, results, arguments.options));
  if (found->fetch_of.empty()) return results;
  std::vector<Tensor> spread(found->fetch_of.size());
  for (size_t i = 0; i < spread.size(); ++i) {
    if (found->fetch_of[i] >= 0) spread[i] = std::move(results[static_cast<size_t>(found->fetch_of[i])]);
  }
  return spread;
}

Callable Session::make_callable(const CallableArguments& arguments) const {
  RunKey key;
  if (absl::Status s = append_endpoints(state_->graph, arguments.feeds, EndpointUse::kFeed, key); !s.ok()) return Callable(std::move(s));
  key.num_feeds = static_cast<uint32_t>(arguments.feeds.size());
  if (absl::Status s = append_results(state_->graph, arguments.fetches, arguments.targets, key); !s.ok()) return Callable(std::move(s));
  absl::StatusOr<const CachedProgram*> found = state_->program(key);
  if (!found.ok()) return Callable(found.status());
  Callable callable(absl::OkStatus());
  callable.session_ = state_;
  callable.program_ = (*found)->program.get();
  callable.fetch_of_ = (*found)->fetch_of;
  callable.num_fetches_ = arguments.fetches.size();
  return callable;
}

}  // namespace weft
