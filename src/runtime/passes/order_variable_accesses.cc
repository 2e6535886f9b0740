// Two accesses of one variable, at least one of them a write, must not depend on timing. Where the graph has no path between them, a
// control edge in the order of building is added and the pair is noted.
//
// Whether there is a path is asked for many pairs at once: 64 accesses get a bit each, and one walk over the nodes in their order
// carries to each node the bits of all accesses before it. So the cost is (accesses / 64) times the edges. Only neighbours are asked:
// a write and the accesses up to the next write, and each of these and that next write; the rest follows.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/runtime/draft.h"
#include "weft/base/strings.h"

namespace weft {
namespace {

bool writes(VariableAccess access) { return access == VariableAccess::kWrite || access == VariableAccess::kReadWrite; }

// The node that names the variable whose handle or ref `input` is, found through nodes that pass handles on.
const Node* handle_of(const Output& input) {
  const Node* at = input.node();
  while (at->num_inputs() > 0 && at->input(0)) at = at->input(0).node();
  return at;
}

// The nodes that name the variables `node` accesses. Input 0 does; an optimizer's update names its slots by the handles or refs that follow.
void find_handles(const DraftNode& node, std::vector<const Node*>& handles) {
  handles.clear();
  if (node.reads) {
    handles.push_back(handle_of(node.reads));
    return;
  }
  const Node& source = *node.source;
  if (source.op().variable_access == VariableAccess::kNone || source.num_inputs() == 0) return;
  for (int k = 0; k < source.num_inputs(); ++k) {
    const DType dtype = source.input(k).dtype();
    if (k > 0 && dtype != DType::kResource && !is_ref(dtype)) return;
    handles.push_back(handle_of(source.input(k)));
  }
}

bool writes(const DraftNode& node) { return !node.reads && writes(node.source->op().variable_access); }

// Two handle nodes with one shared name name one variable.
std::string variable_key(const Node& handle) {
  const std::string* shared = handle.attrs().get_if<std::string>("shared_name");
  const std::string* container = handle.attrs().get_if<std::string>("container");
  return str_cat(container != nullptr ? *container : "", "\n", shared != nullptr && !shared->empty() ? *shared : handle.name());
}

// The name of a variable that both nodes access.
std::string_view shared_variable(const DraftNode& a, const DraftNode& b) {
  std::vector<const Node*> of_a, of_b;
  find_handles(a, of_a);
  find_handles(b, of_b);
  for (const Node* x : of_a) {
    for (const Node* y : of_b)
      if (variable_key(*x) == variable_key(*y)) return x->name();
  }
  return of_a[0]->name();
}

struct Access {
  int32_t node;
  bool writes;
};

// By variable, each list in the order of the nodes.
std::vector<std::vector<Access>> find_accesses(const Draft& draft) {
  std::vector<std::vector<Access>> variables;
  absl::flat_hash_map<const Node*, size_t> by_handle;
  absl::flat_hash_map<std::string, size_t> by_key;
  std::vector<const Node*> handles;
  for (size_t i = 0; i < draft.nodes.size(); ++i) {
    find_handles(draft.nodes[i], handles);
    for (const Node* handle : handles) {
      auto [it, is_new] = by_handle.try_emplace(handle, 0);
      if (is_new) {
        it->second = by_key.try_emplace(variable_key(*handle), variables.size()).first->second;
        if (it->second == variables.size()) variables.emplace_back();
      }
      std::vector<Access>& accesses = variables[it->second];
      if (!accesses.empty() && accesses.back().node == static_cast<int32_t>(i)) continue;  // named twice by one node
      accesses.push_back({static_cast<int32_t>(i), writes(draft.nodes[i])});
    }
  }
  return variables;
}

std::vector<Draft::Order> neighbours(const std::vector<std::vector<Access>>& variables) {
  std::vector<Draft::Order> pairs;
  for (const std::vector<Access>& accesses : variables) {
    int32_t last_write = -1;
    std::vector<int32_t> reads;  // since last_write
    for (const Access& access : accesses) {
      if (last_write >= 0 && (!access.writes || reads.empty())) pairs.push_back({last_write, access.node});
      if (!access.writes) {
        reads.push_back(access.node);
        continue;
      }
      for (const int32_t read : reads) pairs.push_back({read, access.node});
      reads.clear();
      last_write = access.node;
    }
  }
  return pairs;
}

// Asks whether there is a path for up to 64 different pairs[k].before at a time; keeps those pairs for which there is none.
std::vector<Draft::Order> without_path(const Draft& draft, std::vector<Draft::Order> pairs) {
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return std::pair(a.before, a.after) < std::pair(b.before, b.after); });
  std::vector<Draft::Order> kept;
  std::vector<uint64_t> reached(draft.nodes.size());
  size_t begin = 0;
  while (begin < pairs.size()) {
    const auto first = static_cast<size_t>(pairs[begin].before);
    std::fill(reached.begin() + static_cast<std::ptrdiff_t>(first), reached.end(), 0);
    std::vector<uint64_t> bits;  // of pairs[begin + k].before
    size_t end = begin;
    int used = 0;
    int32_t last = 0;
    for (; end < pairs.size(); ++end) {
      const bool same = end > begin && pairs[end].before == pairs[end - 1].before;
      if (!same && used == 64) break;
      bits.push_back(same ? bits.back() : uint64_t{1} << used++);
      reached[static_cast<size_t>(pairs[end].before)] |= bits.back();
      last = std::max(last, pairs[end].after);
    }
    for (size_t i = first; i <= static_cast<size_t>(last); ++i) {
      uint64_t mask = reached[i];
      const DraftNode& node = draft.nodes[i];
      for (const DraftValue& value : draft.inputs_of(node)) {
        if (!value.is_feed() && static_cast<size_t>(value.node) >= first) mask |= reached[static_cast<size_t>(value.node)];
      }
      for (const int32_t control : draft.controls_of(node)) {
        if (static_cast<size_t>(control) >= first) mask |= reached[static_cast<size_t>(control)];
      }
      reached[i] = mask;
    }
    for (size_t k = begin; k < end; ++k) {
      if ((reached[static_cast<size_t>(pairs[k].after)] & bits[k - begin]) == 0) kept.push_back(pairs[k]);
    }
    begin = end;
  }
  return kept;
}

Diagnostic::Place place(const Node& node) { return {node.name(), std::string(node.op().name), node.location()}; }

std::string access_text(const DraftNode& node) { return str_cat(writes(node) ? "write " : "read ", node.source->describe()); }

}  // namespace

void order_variable_accesses(Draft& draft) {
  const std::vector<std::vector<Access>> variables = find_accesses(draft);
  std::vector<Draft::Order> added = without_path(draft, neighbours(variables));
  for (const Draft::Order& pair : added) {
    const DraftNode& before = draft.nodes[static_cast<size_t>(pair.before)];
    const DraftNode& after = draft.nodes[static_cast<size_t>(pair.after)];
    draft.diagnostics.push_back(
        {Diagnostic::Kind::kUnorderedAccess,
         {place(*before.source), place(*after.source)},
         str_cat("Nothing in the graph orders two accesses of variable '", shared_variable(before, after), "': ", access_text(before), " and ",
                 access_text(after),
                 ". They run in the order in which they were built, the first one first. A control dependency states the order you mean.")});
  }
  std::stable_sort(added.begin(), added.end(), [](const auto& a, const auto& b) { return a.after < b.after; });
  draft.orders.insert(draft.orders.end(), added.begin(), added.end());
}

}  // namespace weft
