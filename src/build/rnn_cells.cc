#include "weft/build/rnn.h"
#include "weft/build/variable_scope.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/conv_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/operators.h"

namespace weft {

namespace {

Output activated(const layers::Activation& activation, const Output& x, Loc where) {
  if (!x) return x;
  return activation ? activation(x, where) : tanh(x, "", where);
}

// Makes kernel [in + units, columns] and bias [columns] unless they exist.
bool make_weights(const Output& input, int64_t units, int64_t columns, const Initializer& bias_initializer, Variable& kernel, Variable& bias,
                  Loc where) {
  if (kernel && bias) return true;
  Graph& graph = *input.graph();
  const PartialShape& shape = input.shape();
  if (shape.rank() != 2 || !shape.known_dim(1)) {
    graph.add_error(invalid_argument("Expected inputs.shape[-1] to be known and the rank to be 2, saw ", input.describe(), "."), where);
    return false;
  }
  kernel = get_variable(graph, "kernel", {.shape = Shape{shape.dim(1) + units, columns}, .dtype = input.dtype()}, where);
  bias = get_variable(graph, "bias", {.shape = Shape{columns}, .dtype = input.dtype(), .initializer = bias_initializer}, where);
  return kernel && bias;
}

// [input, h] . kernel + bias
Output linear(const Output& input, const Output& h, const Variable& kernel, const Variable& bias, Loc where) {
  const Output joined = concat({Operand(input), Operand(h)}, 1, "", where);
  return bias_add(matmul(joined, kernel, {}, where), bias, {}, where);
}

RnnStep failed_step(const Output& input, size_t states) { return {Output::failed(input.graph()), RnnState(states, Output::failed(input.graph()))}; }

bool check_state(const Output& input, const RnnState& state, size_t want, std::string_view cell, Loc where) {
  if (!input) return false;
  bool fits = state.size() == want;
  for (const Output& s : state) fits = fits && s;
  if (!fits && state.size() != want) {
    input.graph()->add_error(invalid_argument(cell, " takes a state of ", want, " tensors, got ", state.size(), ": start from zero_state()"), where);
  }
  return fits;
}

std::string or_default(const std::string& name, std::string_view fallback) { return name.empty() ? std::string(fallback) : name; }

}  // namespace

RnnState RnnCell::zero_state(Graph& graph, const Operand& batch, DType dtype, Loc where) const {
  const Scope location = graph.location_scope(where);
  const Scope scope = graph.name_scope("ZeroState");
  RnnState state;
  for (const int64_t size : state_sizes()) {
    if (batch.literal() != nullptr) {
      const Tensor& rows = batch.literal()->tensor;
      const int64_t n = rows.holds<int64_t>() ? rows.scalar<int64_t>() : rows.scalar<int32_t>();
      state.push_back(zeros(graph, Shape{n < 0 ? 0 : n, size}, {.dtype = dtype}, where));
    } else {
      const Output dims = stack({batch, Operand(size, where)}, {}, where);
      Output zero = fill(dims, constant(graph, Tensor::zeros(dtype, Shape{}), {}, where), "zeros", where);
      zero.set_shape({kUnknownDim, size}, where);
      state.push_back(zero);
    }
  }
  return state;
}

BasicLSTMCell::BasicLSTMCell(int64_t units, LSTMOptions options) : units_(units), options_(std::move(options)) {}

RnnStep BasicLSTMCell::call(const Output& input, const RnnState& state, Loc where) {
  if (!check_state(input, state, 2, "BasicLSTMCell", where)) return failed_step(input, 2);
  const Scope location = input.graph()->location_scope(where);
  const Scope scope = variable_scope(*input.graph(), or_default(options_.name, "basic_lstm_cell"), {}, where);
  if (!make_weights(input, units_, 4 * units_, zeros_initializer(), kernel_, bias_, where)) return failed_step(input, 2);
  const Output& c = state[0];
  const std::vector<Output> gates = split(linear(input, state[1], kernel_, bias_, where), 4, 1, "", where);
  if (gates.size() != 4) return failed_step(input, 2);
  const Output& i = gates[0];
  const Output& j = gates[1];
  const Output& f = gates[2];
  const Output& o = gates[3];
  const Output kept = multiply(c, sigmoid(add(f, options_.forget_bias, "", where), "", where), "", where);
  const Output fresh = multiply(sigmoid(i, "", where), activated(options_.activation, j, where), "", where);
  const Output new_c = add(kept, fresh, "", where);
  const Output new_h = multiply(activated(options_.activation, new_c, where), sigmoid(o, "", where), "", where);
  return {new_h, {new_c, new_h}};
}

GRUCell::GRUCell(int64_t units, GRUOptions options) : units_(units), options_(std::move(options)) {}

RnnStep GRUCell::call(const Output& input, const RnnState& state, Loc where) {
  if (!check_state(input, state, 1, "GRUCell", where)) return failed_step(input, 1);
  Graph& graph = *input.graph();
  const Scope location = graph.location_scope(where);
  const Scope scope = variable_scope(graph, or_default(options_.name, "gru_cell"), {}, where);
  const Output& h = state[0];
  std::vector<Output> gates;
  {
    const Scope inner = variable_scope(graph, "gates", {.auxiliary_name_scope = false}, where);
    if (!make_weights(input, units_, 2 * units_, constant_initializer(1.0), gate_kernel_, gate_bias_, where)) return failed_step(input, 1);
  }
  gates = split(sigmoid(linear(input, h, gate_kernel_, gate_bias_, where), "", where), 2, 1, "", where);
  if (gates.size() != 2) return failed_step(input, 1);
  const Output& r = gates[0];
  const Output& u = gates[1];
  {
    const Scope inner = variable_scope(graph, "candidate", {.auxiliary_name_scope = false}, where);
    if (!make_weights(input, units_, units_, zeros_initializer(), candidate_kernel_, candidate_bias_, where)) return failed_step(input, 1);
  }
  const Output c = activated(options_.activation, linear(input, r * h, candidate_kernel_, candidate_bias_, where), where);
  const Output new_h = u * h + (1.0f - u) * c;
  return {new_h, {new_h}};
}

BasicRNNCell::BasicRNNCell(int64_t units, layers::Activation activation, std::string name)
    : units_(units), activation_(std::move(activation)), name_(std::move(name)) {}

RnnStep BasicRNNCell::call(const Output& input, const RnnState& state, Loc where) {
  if (!check_state(input, state, 1, "BasicRNNCell", where)) return failed_step(input, 1);
  const Scope location = input.graph()->location_scope(where);
  const Scope scope = variable_scope(*input.graph(), or_default(name_, "basic_rnn_cell"), {}, where);
  if (!make_weights(input, units_, units_, zeros_initializer(), kernel_, bias_, where)) return failed_step(input, 1);
  const Output h = activated(activation_, linear(input, state[0], kernel_, bias_, where), where);
  return {h, {h}};
}

std::vector<int64_t> MultiRNNCell::state_sizes() const {
  std::vector<int64_t> sizes;
  for (const auto& cell : cells_)
    for (const int64_t size : cell->state_sizes()) sizes.push_back(size);
  return sizes;
}

RnnStep MultiRNNCell::call(const Output& input, const RnnState& state, Loc where) {
  const size_t total = state_sizes().size();
  if (!check_state(input, state, total, "MultiRNNCell", where)) return failed_step(input, total);
  const Scope location = input.graph()->location_scope(where);
  const Scope scope = variable_scope(*input.graph(), "multi_rnn_cell", {}, where);
  RnnStep all{input, {}};
  size_t next = 0;
  for (size_t k = 0; k < cells_.size(); ++k) {
    const Scope inner = variable_scope(*input.graph(), str_cat("cell_", k), {}, where);
    const size_t size = cells_[k]->state_sizes().size();
    const RnnState part(state.begin() + static_cast<ptrdiff_t>(next), state.begin() + static_cast<ptrdiff_t>(next + size));
    next += size;
    RnnStep step = cells_[k]->call(all.output, part, where);
    all.output = step.output;
    all.state.insert(all.state.end(), step.state.begin(), step.state.end());
  }
  return all;
}

}  // namespace weft
