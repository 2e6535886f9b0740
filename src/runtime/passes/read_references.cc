// Ops that do not ask for a reference get the variable's value, as it is when they run: so the read waits for everything its reader waits for.
// Example, with `v` a reference and `assign` an update of it:
//
//   y = Neg(v, ^assign)      becomes      r = read(v, ^assign);  y = Neg(r, ^assign)
//
// The read of a fetched reference runs as soon as the reference is there, as TensorFlow's does.
#include <utility>

#include "src/runtime/draft.h"

namespace weft {
namespace {

bool asks_for_reference(const Node& node, int input) {
  int first = 0;
  for (const ArgDef& arg : node.op().inputs) {
    int length = 1;
    if (!arg.type.number_attr.empty()) length = static_cast<int>(node.attr<int64_t>(arg.type.number_attr));
    if (!arg.type.type_list_attr.empty()) length = static_cast<int>(node.attr<std::vector<DType>>(arg.type.type_list_attr).size());
    if (input < first + length) return arg.type.is_ref;
    first += length;
  }
  return false;
}

class References {
 public:
  References(const PlanRequest& request, Draft& draft) : request_(request), draft_(draft) {}

  void run() {
    if (!any()) return;
    position_.resize(draft_.nodes.size());
    fetch_of_.assign(draft_.nodes.size(), {});
    for (size_t f = 0; f < draft_.fetches.size(); ++f) {
      const DraftValue& fetch = draft_.fetches[f];
      if (!fetch.is_feed() && is_ref(request_.fetches[f].dtype())) fetch_of_[static_cast<size_t>(fetch.node)].push_back(f);
    }
    for (size_t i = 0; i < draft_.nodes.size(); ++i) add_node(i);
    for (size_t f = 0; f < draft_.fetches.size(); ++f)
      fetches_.push_back(f < fetched_.size() && fetched_[f].node > 0 ? fetched_[f] : moved(draft_.fetches[f]));
    draft_.nodes = std::move(nodes_);
    draft_.inputs = std::move(inputs_);
    draft_.controls = std::move(controls_);
    draft_.fetches = std::move(fetches_);
  }

 private:
  bool any() const {
    for (const DraftNode& node : draft_.nodes) {
      for (int k = 0; k < node.source->num_outputs(); ++k)
        if (is_ref(node.source->output_dtype(k))) return true;
    }
    return false;
  }

  DraftValue moved(const DraftValue& value) const {
    return value.is_feed() ? value : DraftValue{position_[static_cast<size_t>(value.node)], value.output};
  }

  bool wants_value(const DraftNode& node, int input) const {
    return !draft_.inputs_of(node)[static_cast<size_t>(input)].is_feed() && is_ref(node.source->input(input).dtype()) &&
           !asks_for_reference(*node.source, input);
  }

  void add_node(size_t i) {
    const DraftNode& old = draft_.nodes[i];
    std::vector<DraftValue> inputs;
    for (const DraftValue& value : draft_.inputs_of(old)) inputs.push_back(moved(value));
    std::vector<int32_t> controls;
    for (const int32_t control : draft_.controls_of(old)) controls.push_back(position_[static_cast<size_t>(control)]);
    for (int k = 0; k < old.num_inputs(); ++k) {
      if (!wants_value(old, k)) continue;
      const bool merge = old.source->op().control == ControlRole::kMerge;  // whose inputs do not wait for each other
      std::vector<int32_t> before = merge ? std::vector<int32_t>() : controls;
      for (int other = 0; other < old.num_inputs(); ++other) {
        if (!merge && other != k && !inputs[static_cast<size_t>(other)].is_feed()) before.push_back(inputs[static_cast<size_t>(other)].node);
      }
      inputs[static_cast<size_t>(k)] = append(old.source, old.source->input(k), {inputs[static_cast<size_t>(k)]}, before);
    }
    position_[i] = append(old.source, Output(), inputs, controls).node;
    for (const size_t f : fetch_of_[i]) {
      fetched_.resize(draft_.fetches.size());
      fetched_[f] = append(old.source, request_.fetches[f], {DraftValue{position_[i], draft_.fetches[f].output}}, {});
    }
  }

  DraftValue append(const Node* source, const Output& reads, const std::vector<DraftValue>& inputs, const std::vector<int32_t>& controls) {
    nodes_.push_back(
        {source, static_cast<uint32_t>(inputs_.size()), static_cast<uint32_t>(controls_.size()), static_cast<uint32_t>(controls.size()), reads});
    inputs_.insert(inputs_.end(), inputs.begin(), inputs.end());
    controls_.insert(controls_.end(), controls.begin(), controls.end());
    return {static_cast<int32_t>(nodes_.size()) - 1, 0};
  }

  const PlanRequest& request_;
  Draft& draft_;
  std::vector<int32_t> position_;              // by old node: its new number
  std::vector<std::vector<size_t>> fetch_of_;  // by old node: the fetches of its references
  std::vector<DraftValue> fetched_;            // by fetch: the read; node 0, which is never a read, for none
  std::vector<DraftNode> nodes_;
  std::vector<DraftValue> inputs_;
  std::vector<int32_t> controls_;
  std::vector<DraftValue> fetches_;
};

}  // namespace

void read_references(const PlanRequest& request, Draft& draft) { References(request, draft).run(); }

}  // namespace weft
