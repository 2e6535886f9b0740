// A training step that computes a batch normalisation's averages but forgets to run the updates in the collection "update_ops" trains
// and never learns them: TF1's best-known trap. So where a plan writes variables, updates in that collection that are left out but
// take a value which the plan computes are noted.
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "src/runtime/draft.h"
#include "weft/base/strings.h"

namespace weft {
namespace {

constexpr size_t kSearched = 1000;  // nodes, for each update

const Node* node_of(const CollectionItem& item) {
  if (const Operation* op = std::get_if<Operation>(&item)) return op->node();
  if (const Output* output = std::get_if<Output>(&item)) return output->node();
  return nullptr;
}

bool writes(const Node& node) {
  const VariableAccess access = node.op().variable_access;
  return access == VariableAccess::kWrite || access == VariableAccess::kReadWrite;
}

// Whether `update`, through nodes that are not in the plan, takes a value that a node of the plan computes from others.
bool takes_from_plan(const Node& update, const absl::flat_hash_set<const Node*>& planned) {
  std::vector<const Node*> stack = {&update};
  absl::flat_hash_set<const Node*> seen = {&update};
  while (!stack.empty() && seen.size() < kSearched) {
    const Node* node = stack.back();
    stack.pop_back();
    for (const Output& input : node->inputs()) {
      const Node* from = input.node();
      if (planned.contains(from)) {
        if (from->num_inputs() > 0 && from->op().variable_access == VariableAccess::kNone) return true;
      } else if (seen.insert(from).second) {
        stack.push_back(from);
      }
    }
  }
  return false;
}

}  // namespace

void find_idle_updates(const PlanRequest& request, Draft& draft) {
  const auto& updates = request.graph->get_collection(collections::kUpdateOps);
  if (updates.empty()) return;
  absl::flat_hash_set<const Node*> planned;
  bool trains = false;
  for (const DraftNode& node : draft.nodes) {
    planned.insert(node.source);
    trains |= writes(*node.source);
  }
  if (!trains) return;
  for (const CollectionItem& item : updates) {
    const Node* node = node_of(item);
    if (node == nullptr || planned.contains(node) || !takes_from_plan(*node, planned)) continue;
    draft.diagnostics.push_back({Diagnostic::Kind::kNeverRuns,
                                 {{node->name(), std::string(node->op().name), node->location()}},
                                 str_cat("The update ", node->describe(),
                                         " of the collection 'update_ops' never runs here: nothing that is fetched depends on it, "
                                         "though this step writes variables and computes what the update takes. Build the train op inside "
                                         "graph.control_dependencies(update ops).")});
  }
}

}  // namespace weft
