#include "weft/gradients/tape.h"

#include <algorithm>

#include "src/gradients/absence.h"
#include "src/gradients/operands.h"
#include "src/gradients/region.h"
#include "src/gradients/tape_walk.h"
#include "weft/ops/array_ops.h"

namespace weft {

void GradientTape::catch_up() {
  for (; next_ < graph_->num_nodes(); ++next_) {
    if (!recording_) continue;
    const Node& node = *graph_->node(next_);
    if (options_.watch_accessed_variables) watch_access(node);
    record(node);
  }
}

void GradientTape::watch_access(const Node& node) {
  const bool reads = node.op().variable_access == VariableAccess::kRead && node.num_inputs() > 0 && node.input(0).dtype() == DType::kResource;
  if (!reads) return;
  const Variable variable = graph_->variable_of(node.input(0));
  const bool made_with_variable = variable && variable.snapshot().node() == &node;
  if (!variable || !variable.trainable() || made_with_variable) return;
  if (watched_.insert(variable.handle()).second) watched_variables_.push_back(variable);
}

void GradientTape::record(const Node& node) {
  for (const Output& input : node.inputs()) {
    if (!is_backpropagatable(input.dtype()) || !follows(input)) continue;
    nodes_.insert(&node);
    return;
  }
}

void GradientTape::watch(const OperandList& operands, Loc where) {
  catch_up();
  if (!belong_to(*graph_, operands, "watch: operand ", where)) return;
  for (const Operand& operand : operands) {
    if (operand.variable() != nullptr) {
      const Variable& variable = *operand.variable();
      if (watched_.insert(variable.handle()).second) watched_variables_.push_back(variable);
      if (!variable.is_resource()) watched_.insert(variable.snapshot());
    } else {
      watched_.insert(*operand.output());
    }
  }
}

Scope GradientTape::stop_recording(Loc where) {
  catch_up();
  if (!recording_) {
    graph_->add_error(failed_precondition("Trying to stop recording a tape which is not recording."), where);
    return Scope();
  }
  recording_ = false;
  return Scope([this] {
    catch_up();
    recording_ = true;
  });
}

void GradientTape::reset() {
  next_ = graph_->num_nodes();
  recording_ = true;
  used_ = false;
  watched_.clear();
  watched_variables_.clear();
  nodes_.clear();
}

std::vector<Variable> GradientTape::watched_variables() {
  catch_up();
  std::sort(watched_variables_.begin(), watched_variables_.end(),
            [](const Variable& a, const Variable& b) { return a.op().node()->id() < b.op().node()->id(); });
  return watched_variables_;
}

namespace {

// Zeros of the shape that `source` has when the step runs, where nothing connects it to the targets.
Output unconnected_zeros(const Operand& source, Loc where) {
  const Output dims = shape(source, {.optimize = false}, where);
  return zeros(dims, {.dtype = base_dtype(source.dtype())}, where);
}

}  // namespace

std::vector<Gradient> GradientTape::gradient(const OperandList& targets, const OperandList& sources, TapeGradientOptions options, Loc where) {
  if (used_) {
    graph_->add_error(failed_precondition("GradientTape.gradient can only be called once on non-persistent tapes."), where);
    return failed_gradients(sources.size());
  }
  if (!belong_to(*graph_, targets, "targets", where) || !belong_to(*graph_, sources, "sources", where)) return failed_gradients(sources.size());
  const Scope line = graph_->location_scope(where);
  catch_up();
  std::vector<Output> ys;
  for (const Operand& target : targets) ys.push_back(target.variable() != nullptr ? target.variable()->value(where) : *target.output());
  catch_up();
  if (!options_.persistent) {
    recording_ = false;
    used_ = true;
  }
  const std::vector<Output> xs = differentiation_targets(sources);
  TapeWalk walk(*graph_, *this, ys, xs, Location(where));
  if (!walk.run(options.output_gradients)) return failed_gradients(sources.size());
  std::vector<Gradient> result;
  for (const Output& x : xs) result.push_back(walk.gradient_of(x));
  const FlowRules rules{.stops = [&](const Node* node) { return !recorded(node); },
                        .stop_text = "the tape did not record it",
                        .refuses = [&](const Node* node, int input) { return walk.refuses(node, input); }};
  explain_absence(*graph_, ys, xs, rules, result);
  if (options.unconnected_gradients == UnconnectedGradients::kZero) {
    for (size_t i = 0; i < result.size(); ++i) {
      if (result[i].is_none() && result[i].absent() != AbsentGradient::kFailed) result[i] = unconnected_zeros(sources[i], where);
    }
  }
  return result;
}

}  // namespace weft
