// Names of a graph: uniquifying, look-up, "name:0".
#include <charconv>
#include <tuple>

#include "weft/graph/graph.h"

namespace weft {

namespace {
std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}
}  // namespace

// TensorFlow's rule: names are counted without case; the first keeps its name, the k-th repetition gets "_k", skipping names taken.
std::string Graph::unique_name(std::string_view name, bool mark) {
  const bool verbatim = !name.empty() && name.back() == '/';
  std::string full = verbatim              ? std::string(name.substr(0, name.size() - 1))
                     : name_scope_.empty() ? std::string(name)
                                           : str_cat(name_scope_, "/", name);
  std::string key = lower_case(full);
  auto it = used_names_.end();
  if (mark) {
    bool is_new;
    std::tie(it, is_new) = used_names_.try_emplace(key, NameCount{1});  // one look-up: most names are new
    if (is_new) return full;
  } else {
    it = used_names_.find(key);
    if (it == used_names_.end()) return full;
  }
  int count = it->second.next;
  std::string candidate_key;
  std::string suffix;
  do {
    suffix = str_cat("_", count++);
    candidate_key = key + suffix;
  } while (used_names_.contains(candidate_key));
  if (mark) {
    it->second.next = count;  // before the insertion, which may move entries
    used_names_.emplace(std::move(candidate_key), NameCount{1});
  }
  return full + suffix;
}

Node* Graph::find_node(std::string_view name) const {
  const auto it = by_name_.find(to_absl(name));
  return it == by_name_.end() ? nullptr : it->second;
}

namespace {
std::string did_you_mean(const Graph& graph, std::string_view name) {
  std::vector<std::string> names;
  for (int id = 0; id < graph.num_nodes() && id < 100000; ++id) names.push_back(graph.node(id)->name());
  std::string text;
  for (const std::string& near : nearest_names(name, names)) str_append(text, text.empty() ? " Did you mean '" : ", '", near, "'");
  return text.empty() ? text : text + "?";
}
}  // namespace

absl::StatusOr<Operation> Graph::get_operation_by_name(std::string_view name) const {
  if (Node* node = find_node(name)) return Operation(node);
  if (name.find(':') != std::string_view::npos)
    return invalid_argument("Name '", name, "' appears to refer to a Tensor, not a Operation: leave out the ':' and what follows.");
  return not_found("The name '", name, "' refers to an Operation not in the graph.", did_you_mean(*this, name));
}

absl::StatusOr<Output> Graph::get_tensor_by_name(std::string_view name) const {
  const size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) {
    const bool exists = find_node(name) != nullptr;
    return invalid_argument("The name '", name, "' ",
                            exists ? "refers to an Operation, not a Tensor" : "looks like an (invalid) Operation name, not a Tensor",
                            ". Tensor names must be of the form \"<op_name>:<output_index>\".");
  }
  const std::string_view digits = name.substr(colon + 1);
  int index = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || end != digits.data() + digits.size() || index < 0) {
    return invalid_argument("The name '", name,
                            "' looks a like a Tensor name, but is not a valid one. Tensor names must be of the form \"<op_name>:<output_index>\".");
  }
  const std::string_view op_name = name.substr(0, colon);
  Node* node = find_node(op_name);
  if (node == nullptr) {
    return not_found("The name '", name, "' refers to a Tensor which does not exist. The operation, '", op_name, "', does not exist in the graph.",
                     did_you_mean(*this, op_name));
  }
  if (index >= node->num_outputs()) {
    return not_found("The name '", name, "' refers to a Tensor which does not exist. The operation, '", op_name, "', exists but only has ",
                     node->num_outputs(), " outputs.");
  }
  return node->output(index);
}

}  // namespace weft
