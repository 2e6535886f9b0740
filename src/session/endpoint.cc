#include "src/session/endpoint.h"

#include <charconv>
#include <mutex>
#include <string>
#include <vector>

#include "weft/base/strings.h"

namespace weft {
namespace {

constexpr size_t kListedPlaceholders = 20;

std::string_view use_name(EndpointUse use) {
  switch (use) {
    case EndpointUse::kFeed: return "Feed";
    case EndpointUse::kFetch: return "Fetch";
    case EndpointUse::kTarget: return "Target";
  }
  return "";
}

absl::Status empty_handle(std::string_view kind, EndpointUse use, size_t position) {
  return invalid_argument(use_name(use), " argument ", position, " is an empty ", kind,
                          ", which names nothing in any graph (TensorFlow: 'Fetch argument None has invalid type'). Was it ever assigned?");
}

absl::Status failed_handle(const Graph& graph, std::string_view kind, EndpointUse use, size_t position) {
  const absl::Status first = graph.status();
  const std::string text = str_cat(use_name(use), " argument ", position, " is a failed ", kind, ": building it did not succeed. ");
  if (first.ok()) return failed_precondition(text, "(The graph's errors were taken since.)");
  return absl::Status(first.code(), text + "The graph's first error: " + std::string(message(first)));
}

absl::Status other_graph(const Graph& graph, std::string_view what, const Graph& other, EndpointUse use) {
  return invalid_argument(use_name(use), " argument ", what, " is not an element of this graph: it belongs to ", other.describe(),
                          ", the session runs ", graph.describe());
}

template <typename Handle>
absl::Status check_handle(const Graph& graph, const Handle& handle, std::string_view kind, EndpointUse use, size_t position) {
  if (handle.failed()) return failed_handle(*handle.graph(), kind, use, position);
  if (!handle) return empty_handle(kind, use, position);
  if (handle.graph() != &graph) return other_graph(graph, handle.describe(), *handle.graph(), use);
  return absl::OkStatus();
}

// "a:0" into "a" and 0. False when the text has no such form.
bool split_name(std::string_view text, std::string_view& node, int& index) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  node = text.substr(0, colon);
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, index);
  return error == std::errc() && stopped == end && index >= 0;
}

// What the user may have meant.
std::string suggestions(const Graph& graph, std::string_view name, bool wants_value) {
  std::vector<std::string> names;
  std::string placeholders;
  size_t num_placeholders = 0;
  for (int i = 0; i < graph.num_nodes(); ++i) {
    const Node& node = *graph.node(i);
    names.push_back(node.name());
    if (node.op().is_placeholder && num_placeholders++ < kListedPlaceholders)
      str_append(placeholders, placeholders.empty() ? "" : ", ", "'", node.name(), ":0'");
  }
  std::string text;
  for (const std::string& near : nearest_names(name, names))
    str_append(text, text.empty() ? " Did you mean " : " or ", "'", near, wants_value ? ":0'" : "'");
  if (!text.empty()) text += "?";
  if (!placeholders.empty()) str_append(text, " Placeholders of the graph: ", placeholders, num_placeholders > kListedPlaceholders ? ", …" : "", ".");
  return text;
}

absl::Status unknown_name(const Graph& graph, std::string_view name, EndpointUse use, std::string_view reason, std::string_view node_name) {
  const std::string hint = suggestions(graph, node_name, use != EndpointUse::kTarget);
  if (use == EndpointUse::kFeed) return not_found("Cannot interpret feed_dict key as Tensor: ", reason, hint);
  return not_found(use_name(use), " argument '", name, "' cannot be interpreted as a Tensor. (\"", reason, "\")", hint);
}

absl::StatusOr<Endpoint> resolve_name(const Graph& graph, const std::string& name, EndpointUse use) {
  const std::lock_guard<std::mutex> lock(graph.mutex());
  std::string_view node_name = name;
  int index = -1;
  if (!split_name(name, node_name, index)) {
    if (Node* node = graph.find_node(name)) {
      if (use != EndpointUse::kFeed) return Endpoint{node, -1};
      return invalid_argument("Cannot interpret feed_dict key as Tensor: The name '", name,
                              "' refers to an Operation, not a Tensor. Tensor names must be of the form \"", name, ":0\".");
    }
    return unknown_name(graph, name, use, str_cat("The name '", name, "' refers to an Operation not in the graph."), name);
  }
  Node* node = graph.find_node(node_name);
  const std::string absent = str_cat("The name '", name, "' refers to a Tensor which does not exist. The operation, '", node_name, "', ");
  if (node == nullptr) return unknown_name(graph, name, use, absent + "does not exist in the graph.", node_name);
  if (index >= node->num_outputs())
    return unknown_name(graph, name, use, str_cat(absent, "exists but only has ", node->num_outputs(), " outputs."), node_name);
  return Endpoint{node, index};
}

}  // namespace

absl::StatusOr<Endpoint> resolve(const Graph& graph, const Fetch& fetch, EndpointUse use, size_t position) {
  switch (fetch.kind()) {
    case Fetch::Kind::kName: return resolve_name(graph, fetch.name(), use);
    case Fetch::Kind::kOperation:
      WEFT_RETURN_IF_ERROR(check_handle(graph, fetch.operation(), "Operation", use, position));
      if (use == EndpointUse::kFeed)
        return invalid_argument("Feed argument ", position, " is the operation ", fetch.operation().describe(), "; only values can be fed");
      return Endpoint{fetch.operation().node(), -1};
    case Fetch::Kind::kVariable:
    case Fetch::Kind::kOutput:
      WEFT_RETURN_IF_ERROR(check_handle(graph, fetch.output(), fetch.kind() == Fetch::Kind::kVariable ? "Variable" : "Output", use, position));
      return Endpoint{fetch.output().node(), fetch.output().index()};
  }
  return internal("a fetch of unknown kind");
}

}  // namespace weft
