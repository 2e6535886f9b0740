// Endpoint: a Fetch resolved to a place in the session's graph.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "weft/base/status.h"
#include "weft/graph/graph.h"
#include "weft/session/fetch.h"

namespace weft {

// An output of a node, or (index -1) the node itself.
struct Endpoint {
  Node* node = nullptr;
  int32_t index = -1;

  bool is_value() const { return index >= 0; }
  Output output() const { return Output(node, index); }
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

using Endpoints = absl::InlinedVector<Endpoint, 6>;

// What a fetch is used as, for messages and for what it may be.
enum class EndpointUse : uint8_t { kFeed, kFetch, kTarget };

// Errors: InvalidArgument for empty handles and handles of another graph, the graph's first error for failed ones, NotFound for
// unknown names with the nearest ones. `position` counts from 0 in its list. Locks the graph for names only.
absl::StatusOr<Endpoint> resolve(const Graph& graph, const Fetch& fetch, EndpointUse use, size_t position);

}  // namespace weft
