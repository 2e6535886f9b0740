#include "src/gradients/reverse_walk.h"

#include <algorithm>

#include "src/gradients/aggregation.h"
#include "src/gradients/operands.h"

namespace weft {

ReverseWalk::ReverseWalk(Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs, const GradientsOptions& options, Location call)
    : graph_(graph), ys_(ys), xs_(xs), options_(options), call_(call), region_(graph, ys, xs) {
  const size_t n = region_.nodes().size();
  first_list_.resize(n);
  received_.resize(n);
  int32_t lists = 0;
  for (size_t i = 0; i < n; ++i) {
    first_list_[i] = lists;
    lists += region_.nodes()[i]->num_outputs();
  }
  lists_.resize(static_cast<size_t>(lists));
  for (const Output& x : xs) from_nodes_.insert(x.node());
  find_stop_nodes(options.stop_gradients);
}

// Differentiation ends at those of xs that have no other x above them, and at what the caller named.
void ReverseWalk::find_stop_nodes(absl::Span<const Output> stop_gradients) {
  for (const Node* node : from_nodes_) {
    const bool has_x_above = std::any_of(node->inputs().begin(), node->inputs().end(), [&](const Output& input) {
      const int i = region_.index(input.node());
      return i >= 0 && region_.pending(i) > 0;
    });
    if (!has_x_above) stop_nodes_.insert(node);
  }
  for (const Output& stop : stop_gradients) stop_nodes_.insert(stop.node());
}

bool ReverseWalk::run(const std::vector<Gradient>& grad_ys) {
  for (size_t i = 0; i < ys_.size(); ++i) add_gradient(ys_[i], grad_ys[i]);
  absl::flat_hash_set<const Node*> queued;
  for (const Output& y : ys_) {
    const int i = region_.index(y.node());
    // A y above another y waits for that one's gradient.
    if (i >= 0 && region_.pending(i) == 0 && queued.insert(y.node()).second) queue_.push_back(y.node());
  }
  while (!queue_.empty()) {
    Node* node = queue_.front();
    queue_.pop_front();
    if (!process(node, region_.index(node))) return false;
    release_inputs(*node);
  }
  return true;
}

void ReverseWalk::release_inputs(const Node& node) {
  for (const Output& input : node.inputs()) {
    const int i = region_.index(input.node());
    if (i >= 0 && --region_.pending(i) == 0) queue_.push_back(input.node());
  }
}

void ReverseWalk::add_gradient(const Output& tensor, Gradient gradient) {
  const int i = region_.index(tensor.node());
  if (i < 0) return;
  received_[static_cast<size_t>(i)] = true;
  int32_t cell = free_cell_;
  if (cell >= 0) {
    free_cell_ = cells_[static_cast<size_t>(cell)].next;
  } else {
    cell = static_cast<int32_t>(cells_.size());
    cells_.emplace_back();
  }
  cells_[static_cast<size_t>(cell)] = Cell{std::move(gradient), -1};
  List& list = lists_[static_cast<size_t>(first_list_[static_cast<size_t>(i)] + tensor.index())];
  if (list.last >= 0) cells_[static_cast<size_t>(list.last)].next = cell;
  else list.first = cell;
  list.last = cell;
}

// The sum of what each output received; absent where nothing came. Frees the cells.
Gradients ReverseWalk::take_gradients(const Node& node, int index) {
  Gradients sums(static_cast<size_t>(node.num_outputs()));
  for (int o = 0; o < node.num_outputs(); ++o) {
    List& list = lists_[static_cast<size_t>(first_list_[static_cast<size_t>(index)] + o)];
    std::vector<Gradient> terms;
    for (int32_t cell = list.first; cell >= 0;) {
      Cell& c = cells_[static_cast<size_t>(cell)];
      terms.push_back(std::move(c.gradient));
      const int32_t next = c.next;
      c.next = free_cell_;
      free_cell_ = cell;
      cell = next;
    }
    list = List();
    if (terms.size() == 1) sums[static_cast<size_t>(o)] = std::move(terms[0]);
    if (terms.size() > 1) sums[static_cast<size_t>(o)] = aggregate_gradients(terms, options_.aggregation_method, node.name());
  }
  return sums;
}

// The function for an op whose outputs have gradients; null where the op stops gradients.
const GradientFn* ReverseWalk::gradient_function(const Node& node, bool* failed) const {
  if (const std::string* override = node.attrs().get_if<std::string>("_gradient_op_type")) {
    const GradientFn* registered = graph_.find_registered_gradient(*override);
    if (registered != nullptr) return registered;
    *failed = true;
    graph_.add_error(not_found("No gradient defined for operation '", node.name(), "' (op type: ", node.op().name, ", ", node.location().to_string(),
                               "): gradient_override_map names '", *override, "', which register_gradient never got"),
                     call_);
    return nullptr;
  }
  if (node.op().gradient.defined()) return node.op().gradient.function();
  *failed = true;
  graph_.add_error(
      not_found("No gradient defined for operation '", node.name(), "' (op type: ", node.op().name, "), made at ", node.location().to_string(),
                ". Use an op that has one, pass the tensor through stop_gradient(), or register a gradient for it"),
      call_);
  return nullptr;
}

bool ReverseWalk::process(Node* node, int index) {
  const Scope provenance = graph_.provenance(NodeRole::kGradient, node->location(), call_);
  std::optional<Scope> colocation;
  if (options_.colocate_gradients_with_ops) colocation.emplace(graph_.colocate_with(Operation(node)));
  Gradients out_gradients = take_gradients(*node, index);
  const bool any = std::any_of(out_gradients.begin(), out_gradients.end(), [](const Gradient& g) { return !g.is_none(); });
  for (const Gradient& g : out_gradients) {
    if (!g.is_none() && !g.values()) return false;
  }
  if (from_nodes_.contains(node)) kept_[node] = out_gradients;
  if (!any || stop_nodes_.contains(node)) return true;
  bool failed = false;
  const GradientFn* function = gradient_function(*node, &failed);
  if (failed) return false;
  if (function == nullptr) return true;
  Gradients in_gradients;
  return differentiate(node, *function, std::move(out_gradients), in_gradients) && hand_to_inputs(*node, std::move(in_gradients));
}

namespace {

bool broken(const Gradient& g) { return g.absent() == AbsentGradient::kFailed || (!g.is_none() && !g.values()); }

}  // namespace

bool ReverseWalk::differentiate(Node* node, const GradientFn& function, Gradients out_gradients, Gradients& in_gradients) {
  // A gradient function wants a gradient of each output, also of those that nothing downstream uses.
  for (int o = 0; o < node->num_outputs(); ++o) {
    Gradient& g = out_gradients[static_cast<size_t>(o)];
    if (g.is_none() && is_trainable(node->output_dtype(o))) g = zeros_like_value(node->output(o), /*optimize=*/false);
  }
  if (from_nodes_.contains(node)) kept_[node] = out_gradients;  // those zeros are the gradients of what is unused, as in TensorFlow
  const size_t errors = graph_.errors().size();
  const Scope scope = graph_.name_scope(str_cat(node->name(), "_grad"));
  GradientContext context(node, std::move(out_gradients), [](const IndexedSlices& slices) { return densify(slices); });
  in_gradients = function(context);
  if (in_gradients.size() != static_cast<size_t>(node->num_inputs()) && graph_.errors().size() == errors) {
    graph_.add_error(invalid_argument("Num gradients ", in_gradients.size(), " generated for op ", node->describe(), " do not match num inputs ",
                                      node->num_inputs()),
                     call_);
  }
  if (graph_.errors().size() != errors) return false;
  if (std::any_of(in_gradients.begin(), in_gradients.end(), broken)) return false;
  if (options_.gate_gradients) gate(in_gradients);
  return true;
}

// Makes the gradients of one op available together.
void ReverseWalk::gate(Gradients& gradients) {
  const auto present = std::count_if(gradients.begin(), gradients.end(), [](const Gradient& g) { return !g.is_none(); });
  if (present < 2) return;
  const Scope anywhere = graph_.colocate_with(Operation(), /*ignore_existing=*/true);
  gradients = tuple_gradients(gradients);
}

bool ReverseWalk::hand_to_inputs(const Node& node, Gradients in_gradients) {
  for (int i = 0; i < node.num_inputs(); ++i) {
    Gradient& g = in_gradients[static_cast<size_t>(i)];
    const Output& input = node.input(i);
    if (g.is_none()) {
      if (region_.contains(input.node())) refused_.insert({&node, i});
      continue;
    }
    if (g.is_dense() && base_dtype(input.dtype()) != DType::kResource) {
      if (!graph_.set_shape(g.dense(), input.shape()).ok()) {
        graph_.add_error(
            invalid_argument("Incompatible shapes between op input and calculated input gradient.  Forward operation: ", node.name(),
                             ".  Input index: ", i, ". Original input shape: ", input.shape().to_string(),
                             ".  Calculated input gradient shape: ", g.dense().shape().to_string(), ". The forward operation is ", node.describe()),
            call_);
        return false;
      }
    }
    add_gradient(input, std::move(g));
  }
  return true;
}

ReverseWalk::Arrived ReverseWalk::arrived(const Output& x) const {
  const int i = region_.index(x.node());
  if (i < 0) return {};
  const auto it = kept_.find(x.node());
  return {it == kept_.end() ? Gradient() : it->second[static_cast<size_t>(x.index())], received_[static_cast<size_t>(i)]};
}

}  // namespace weft
