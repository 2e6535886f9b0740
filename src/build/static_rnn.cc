#include <optional>

#include "weft/build/rnn.h"
#include "weft/build/variable_scope.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

// Where `alive` [batch], the new rows, else the old ones.
Output keep_rows(const Output& alive, const Output& fresh, const Output& old, Loc at) { return where(alive, fresh, old, "", at); }

RnnState first_state(RnnCell& cell, const Output& input, const StaticRnnOptions& options, Loc where) {
  if (!options.initial_state.empty()) return options.initial_state;
  Graph& graph = *input.graph();
  if (input.shape().known_rank() && input.shape().rank() > 0 && input.shape().known_dim(0)) {
    return cell.zero_state(graph, Operand(input.shape().dim(0), where), input.dtype(), where);
  }
  const Output batch = strided_slice(shape(input, {}, where), {Slice(0)}, "", where);
  return cell.zero_state(graph, batch, input.dtype(), where);
}

}  // namespace

RnnResult static_rnn(RnnCell& cell, absl::Span<const Output> inputs, StaticRnnOptions options, Loc where) {
  RnnResult result;
  if (inputs.empty() || !inputs[0]) return result;
  Graph& graph = *inputs[0].graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = variable_scope(graph, options.scope.empty() ? "rnn" : options.scope, {}, where);
  result.state = first_state(cell, inputs[0], options, where);
  for (size_t t = 0; t < inputs.size(); ++t) {
    RnnStep step = cell.call(inputs[t], result.state, where);
    if (!step.output) {
      result.outputs.assign(inputs.size(), Output::failed(&graph));
      return result;
    }
    if (options.sequence_length) {
      const Output alive = options.sequence_length > static_cast<int64_t>(t);
      step.output = keep_rows(alive, step.output, zeros_like(step.output, {}, where), where);
      for (size_t k = 0; k < step.state.size(); ++k) step.state[k] = keep_rows(alive, step.state[k], result.state[k], where);
    }
    result.outputs.push_back(step.output);
    result.state = std::move(step.state);
  }
  return result;
}

}  // namespace weft
