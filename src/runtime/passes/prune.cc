// Backwards from the fetches and targets with a stack of its own, so that a chain may be as long as memory allows. Example: with
//
//   a -> b -> c -> d        feeds {c}, fetches {d}
//
// only d is kept, and its input becomes feed 0.
#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "src/runtime/draft.h"
#include "weft/base/strings.h"
#include "weft/tensor/dtype.h"

namespace weft {
namespace {

constexpr size_t kShownPlaceholders = 20;  // in an error; more help nobody
constexpr size_t kShownPath = 12;

class Pruner {
 public:
  explicit Pruner(const PlanRequest& request) : request_(request), graph_(*request.graph), marks_(static_cast<size_t>(graph_.num_nodes())) {}

  absl::StatusOr<Draft> run() {
    note_feeds();
    mark();
    WEFT_RETURN_IF_ERROR(check_placeholders());
    number_nodes();
    return build();
  }

 private:
  static constexpr uint8_t kFed = 1;  // one of its outputs is fed
  static constexpr uint8_t kNeeded = 2;

  void note_feeds() {
    for (size_t i = 0; i < request_.feeds.size(); ++i) {
      feeds_.emplace(request_.feeds[i], static_cast<int32_t>(i));
      marks_[index(request_.feeds[i].node())] |= kFed;
    }
  }

  static size_t index(const Node* node) { return static_cast<size_t>(node->id()); }

  // The number of the feed that gives `value`, or -1.
  int32_t feed_of(const Output& value) const {
    if ((marks_[index(value.node())] & kFed) == 0) return -1;
    const auto it = feeds_.find(value);
    return it == feeds_.end() ? -1 : it->second;
  }

  // A placeholder that is fed has nothing to run, so a control edge from it holds already.
  bool satisfied(const Node* control) const { return control->op().is_placeholder && (marks_[index(control)] & kFed) != 0; }

  // Calls f for each node that must run before `node`.
  template <typename F> void for_each_needed(const Node& node, F f) const {
    for (const Output& input : node.inputs()) {
      if (feed_of(input) < 0) f(input.node());
    }
    for (Node* control : node.control_inputs()) {
      if (!satisfied(control)) f(control);
    }
  }

  void push(const Node* node) {
    uint8_t& mark = marks_[index(node)];
    if ((mark & kNeeded) != 0) return;
    mark |= kNeeded;
    stack_.push_back(node);
  }

  void mark() {
    for (const Output& fetch : request_.fetches) {
      if (feed_of(fetch) < 0) push(fetch.node());
    }
    for (const Operation& target : request_.targets) {
      if (!satisfied(target.node())) push(target.node());
    }
    while (!stack_.empty()) {
      const Node* node = stack_.back();
      stack_.pop_back();
      ++num_needed_;
      if (node->op().is_placeholder) missing_.push_back(node);
      for_each_needed(*node, [this](const Node* n) { push(n); });
    }
  }

  absl::Status check_placeholders() {
    if (missing_.empty()) return absl::OkStatus();
    std::sort(missing_.begin(), missing_.end(), [](const Node* a, const Node* b) { return a->id() < b->id(); });
    find_parents();
    std::string message;
    for (size_t i = 0; i < std::min(missing_.size(), kShownPlaceholders); ++i) {
      const Node& node = *missing_[i];
      const PartialShape& shape = node.output_shape(0);
      str_append(message, i == 0 ? "" : "\n", "You must feed a value for placeholder tensor '", node.name(), "' with dtype ",
                 dtype_cc_name(node.output_dtype(0)), shape.known_rank() && shape.rank() > 0 ? " and shape " + shape.to_string() : std::string(),
                 " (", node.location().to_string(), "); needed by ", path_to(&node));
    }
    if (missing_.size() > kShownPlaceholders) str_append(message, "\n… and ", missing_.size() - kShownPlaceholders, " more placeholders");
    return invalid_argument(message);
  }

  // For each needed node one that needs it, on a shortest path from a fetch or target.
  void find_parents() {
    parents_.assign(marks_.size(), nullptr);
    std::vector<uint8_t> seen(marks_.size());
    std::vector<const Node*> queue;
    const auto start = [&](const Node* node) {
      if (!std::exchange(seen[index(node)], uint8_t{1})) queue.push_back(node);
    };
    for (const Output& fetch : request_.fetches)
      if (feed_of(fetch) < 0) start(fetch.node());
    for (const Operation& target : request_.targets) start(target.node());
    for (size_t i = 0; i < queue.size(); ++i) {
      const Node* node = queue[i];
      for_each_needed(*node, [&](const Node* n) {
        if (std::exchange(seen[index(n)], uint8_t{1})) return;
        parents_[index(n)] = node;
        queue.push_back(n);
      });
    }
  }

  // "fetch 'loss:0': loss <- pred <- x"
  std::string path_to(const Node* node) const {
    std::vector<const Node*> path;  // from the placeholder up
    for (; node != nullptr; node = parents_[index(node)]) path.push_back(node);
    std::string text = role(path.back());
    for (size_t i = path.size(); i-- > 0;) {
      if (path.size() > kShownPath && i == path.size() - kShownPath / 2) {
        str_append(text, "… <- ");
        i = kShownPath / 2;
      }
      str_append(text, path[i]->name(), i == 0 ? "" : " <- ");
    }
    return text;
  }

  std::string role(const Node* node) const {
    for (const Output& fetch : request_.fetches)
      if (fetch.node() == node) return str_cat("fetch '", fetch.name(), "': ");
    return str_cat("target '", node->name(), "': ");
  }

  void number_nodes() {
    numbers_.assign(marks_.size(), -1);
    int32_t next = 0;
    for (size_t i = 0; i < marks_.size(); ++i) {
      if ((marks_[i] & kNeeded) != 0) numbers_[i] = next++;
    }
  }

  DraftValue value(const Output& output) const {
    const int32_t feed = feed_of(output);
    return feed >= 0 ? DraftValue::feed(feed) : DraftValue{numbers_[index(output.node())], output.index()};
  }

  Draft build() const {
    Draft draft;
    draft.nodes.reserve(num_needed_);
    for (size_t i = 0; i < marks_.size(); ++i) {
      if ((marks_[i] & kNeeded) == 0) continue;
      const Node& node = *graph_.node(static_cast<int>(i));
      DraftNode kept{&node, static_cast<uint32_t>(draft.inputs.size()), static_cast<uint32_t>(draft.controls.size()), 0, {}};
      for (const Output& input : node.inputs()) draft.inputs.push_back(value(input));
      for (const Node* control : node.control_inputs()) {
        if (!satisfied(control)) draft.controls.push_back(numbers_[index(control)]);
      }
      kept.num_controls = static_cast<uint32_t>(draft.controls.size()) - kept.first_control;
      draft.nodes.push_back(kept);
    }
    for (const Output& fetch : request_.fetches) draft.fetches.push_back(value(fetch));
    return draft;
  }

  const PlanRequest& request_;
  const Graph& graph_;
  std::vector<uint8_t> marks_;  // by node id, as the vectors below
  absl::flat_hash_map<Output, int32_t> feeds_;
  std::vector<const Node*> stack_;
  size_t num_needed_ = 0;
  std::vector<const Node*> missing_;
  std::vector<const Node*> parents_;
  std::vector<int32_t> numbers_;
};

}  // namespace

absl::StatusOr<Draft> prune(const PlanRequest& request) { return Pruner(request).run(); }

}  // namespace weft
