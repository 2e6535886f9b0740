#include "src/gradients/tape_walk.h"

#include <algorithm>

#include "src/gradients/aggregation.h"
#include "src/gradients/region.h"
#include "weft/ops/array_ops.h"

namespace weft {

TapeWalk::TapeWalk(Graph& graph, const GradientTape& tape, const std::vector<Output>& ys, const std::vector<Output>& xs, Location call)
    : graph_(graph), tape_(tape), ys_(ys), sources_(xs.begin(), xs.end()), call_(call) {
  find_nodes();
}

// The recorded nodes that ys depend on, each once, and how often each of their input tensors is used.
void TapeWalk::find_nodes() {
  std::vector<Output> stack(ys_.begin(), ys_.end());
  while (!stack.empty()) {
    Node* node = stack.back().node();
    stack.pop_back();
    if (!tape_.recorded(node) || !missing_.emplace(node, 0).second) continue;
    nodes_.push_back(node);
    for (const Output& input : node->inputs()) {
      if (++uses_[input] == 1 && tape_.recorded(input.node())) stack.push_back(input);
    }
  }
  for (Node* node : nodes_) {
    int& missing = missing_[node];
    for (int o = 0; o < node->num_outputs(); ++o) missing += uses_.contains(node->output(o)) ? 1 : 0;
  }
  // The node made last first: what TensorFlow does is left to a hash table.
  for (Node* node : nodes_) {
    if (missing_[node] == 0) ready_.push_back(node);
  }
  std::sort(ready_.begin(), ready_.end(), [](const Node* a, const Node* b) { return a->id() > b->id(); });
}

namespace {

// Values of the shape of `tensor`: a constant where the shape is known while building.
Output filled_like(const Output& tensor, bool with_ones) {
  const FilledOptions options{.dtype = base_dtype(tensor.dtype())};
  Graph& graph = *tensor.graph();
  if (tensor.shape().fully_defined()) {
    const Shape dims = tensor.shape().to_shape();
    return with_ones ? ones(graph, dims, options) : zeros(graph, dims, options);
  }
  const Output dims = shape(tensor, {.optimize = false});
  return with_ones ? ones(dims, options) : zeros(dims, options);
}

bool can_be_filled(DType dtype) { return !DTypeSet{DType::kString, DType::kResource, DType::kVariant}.contains(dtype); }

// Ops whose gradient functions do without the gradients of some outputs; TensorFlow makes no zeros for those.
bool accepts_none(std::string_view op, int output) {
  if (op == "SoftmaxCrossEntropyWithLogits" || op == "SparseSoftmaxCrossEntropyWithLogits") return output == 1;
  return op == "FusedBatchNorm" && output >= 1;
}

}  // namespace

bool TapeWalk::start(const std::vector<Gradient>& output_gradients) {
  if (!output_gradients.empty() && output_gradients.size() != ys_.size()) {
    graph_.add_error(invalid_argument("Passed ", output_gradients.size(), " output_gradients for ", ys_.size(), " targets"), call_);
    return false;
  }
  for (size_t i = 0; i < ys_.size(); ++i) {
    const Scope provenance = graph_.provenance(NodeRole::kGradient, ys_[i].node()->location(), call_);
    if (!output_gradients.empty() && !output_gradients[i].is_none()) {
      add_gradient(ys_[i], output_gradients[i]);
    } else if (missing_.contains(ys_[i].node()) || sources_.contains(ys_[i])) {
      if (can_be_filled(base_dtype(ys_[i].dtype()))) add_gradient(ys_[i], filled_like(ys_[i], true));
    }
  }
  return true;
}

bool TapeWalk::run(const std::vector<Gradient>& output_gradients) {
  if (!start(output_gradients)) return false;
  while (!ready_.empty()) {
    Node* node = ready_.front();
    ready_.pop_front();
    if (!process(node)) return false;
  }
  return true;
}

void TapeWalk::add_gradient(const Output& tensor, Gradient gradient) { gradients_[tensor].push_back(std::move(gradient)); }

// The sum of what each output received. A source's sum stays for the caller.
Gradients TapeWalk::take_gradients(const Node& node, bool* any) {
  Gradients sums(static_cast<size_t>(node.num_outputs()));
  for (int o = 0; o < node.num_outputs(); ++o) {
    const auto it = gradients_.find(node.output(o));
    if (it == gradients_.end()) continue;
    *any = true;
    sums[static_cast<size_t>(o)] = aggregate_tape_gradients(it->second);
    if (sources_.contains(node.output(o))) it->second = {sums[static_cast<size_t>(o)]};
    else gradients_.erase(it);
  }
  return sums;
}

bool TapeWalk::process(Node* node) {
  const Scope provenance = graph_.provenance(NodeRole::kGradient, node->location(), call_);
  bool any = false;
  Gradients out_gradients = take_gradients(*node, &any);
  Gradients in_gradients(static_cast<size_t>(node->num_inputs()));
  if (any) {
    for (int o = 0; o < node->num_outputs(); ++o) {
      Gradient& g = out_gradients[static_cast<size_t>(o)];
      if (g.is_none() && can_be_filled(base_dtype(node->output_dtype(o))) && !accepts_none(node->op().name, o))
        g = filled_like(node->output(o), false);
    }
    if (!differentiate(node, std::move(out_gradients), in_gradients)) return false;
  }
  hand_to_inputs(*node, std::move(in_gradients));
  return true;
}

bool TapeWalk::differentiate(Node* node, Gradients out_gradients, Gradients& in_gradients) {
  if (!node->op().gradient.defined()) {
    graph_.add_error(
        not_found("No gradient defined for operation '", node->name(), "' (op type: ", node->op().name, "), made at ", node->location().to_string()),
        call_);
    return false;
  }
  const GradientFn* function = node->op().gradient.function();
  if (function == nullptr) return true;
  std::vector<bool> needed;
  for (const Output& input : node->inputs()) needed.push_back(tape_.follows(input) || sources_.contains(input));
  const size_t errors = graph_.errors().size();
  GradientContext context(node, std::move(out_gradients), [](const IndexedSlices& slices) { return densify(slices); });
  context.set_needed(std::move(needed));
  in_gradients = (*function)(context);
  if (in_gradients.size() != static_cast<size_t>(node->num_inputs()) && graph_.errors().size() == errors) {
    graph_.add_error(
        internal("Recorded operation ", node->describe(), " returned ", in_gradients.size(), " gradients for ", node->num_inputs(), " inputs"),
        call_);
  }
  const auto broken = [](const Gradient& g) { return g.absent() == AbsentGradient::kFailed || (!g.is_none() && !g.values()); };
  return graph_.errors().size() == errors && std::none_of(in_gradients.begin(), in_gradients.end(), broken);
}

void TapeWalk::hand_to_inputs(const Node& node, Gradients in_gradients) {
  for (int i = 0; i < node.num_inputs(); ++i) {
    const Output& input = node.input(i);
    Gradient& g = in_gradients[static_cast<size_t>(i)];
    if (g.is_none()) refused_.insert({&node, i});
    else add_gradient(input, std::move(g));
    if (--uses_[input] > 0) continue;
    const auto missing = missing_.find(input.node());
    if (missing != missing_.end() && --missing->second == 0) ready_.push_back(input.node());
  }
}

Gradient TapeWalk::gradient_of(const Output& x) {
  const auto it = gradients_.find(x);
  if (it == gradients_.end()) return Gradient();
  const Scope provenance = graph_.provenance(NodeRole::kGradient, x.node()->location(), call_);
  return aggregate_tape_gradients(it->second);
}

}  // namespace weft
