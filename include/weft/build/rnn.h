// Recurrent cells and their static unroll. TF1's tf.nn.rnn_cell and tf.nn.static_rnn.
//
//   BasicLSTMCell cell(128);
//   RnnResult r = static_rnn(cell, inputs);        // inputs: one [batch, in] Output a time step
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weft/build/layers.h"

namespace weft {

using RnnState = std::vector<Output>;  // [batch, size] each; LSTM: {c, h}

struct RnnStep {
  Output output;  // [batch, output_size]; failed when building failed
  RnnState state;
};

// One step of a recurrent network. A cell makes its variables on its first call, in the variable scope in force, and shares them
// among later calls; so one cell object belongs to one graph.
class RnnCell {
 public:
  virtual ~RnnCell() = default;
  virtual std::vector<int64_t> state_sizes() const = 0;
  virtual int64_t output_size() const = 0;
  // `input` [batch, in].
  virtual RnnStep call(const Output& input, const RnnState& state, Loc where = Loc::current()) = 0;
  // Zeros for a batch of `batch` rows (a number or a scalar int32 tensor).
  RnnState zero_state(Graph& graph, const Operand& batch, DType dtype = DType::kFloat32, Loc where = Loc::current()) const;
};

struct LSTMOptions {
  float forget_bias = 1.0f;
  layers::Activation activation = {};  // tanh
  std::string name = {};               // "basic_lstm_cell"
};
// With z = [x, h] W + b split in i, j, f, o: c' = c sigmoid(f + forget_bias) + sigmoid(i) tanh(j); h' = tanh(c') sigmoid(o).
// Hochreiter and Schmidhuber 1997; Zaremba et al. 2014. Variables kernel [in + units, 4 units] and bias [4 units].
class BasicLSTMCell : public RnnCell {
 public:
  explicit BasicLSTMCell(int64_t units, LSTMOptions options = {});
  std::vector<int64_t> state_sizes() const override { return {units_, units_}; }
  int64_t output_size() const override { return units_; }
  RnnStep call(const Output& input, const RnnState& state, Loc where) override;

 private:
  int64_t units_;
  LSTMOptions options_;
  Variable kernel_;
  Variable bias_;
};

struct GRUOptions {
  layers::Activation activation = {};  // tanh
  std::string name = {};               // "gru_cell"
};
// r, u = sigmoid([x, h] Wg + bg); c = tanh([x, r h] Wc + bc); h' = u h + (1 - u) c. Cho et al., EMNLP 2014.
// Variables gates/kernel [in + units, 2 units], gates/bias (ones), candidate/kernel [in + units, units], candidate/bias.
class GRUCell : public RnnCell {
 public:
  explicit GRUCell(int64_t units, GRUOptions options = {});
  std::vector<int64_t> state_sizes() const override { return {units_}; }
  int64_t output_size() const override { return units_; }
  RnnStep call(const Output& input, const RnnState& state, Loc where) override;

 private:
  int64_t units_;
  GRUOptions options_;
  Variable gate_kernel_, gate_bias_, candidate_kernel_, candidate_bias_;
};

// h' = tanh([x, h] W + b).
class BasicRNNCell : public RnnCell {
 public:
  explicit BasicRNNCell(int64_t units, layers::Activation activation = {}, std::string name = {});
  std::vector<int64_t> state_sizes() const override { return {units_}; }
  int64_t output_size() const override { return units_; }
  RnnStep call(const Output& input, const RnnState& state, Loc where) override;

 private:
  int64_t units_;
  layers::Activation activation_;
  std::string name_;
  Variable kernel_;
  Variable bias_;
};

// Cells on top of each other: the output of one is the input of the next. The state is theirs, one after the other.
class MultiRNNCell : public RnnCell {
 public:
  explicit MultiRNNCell(std::vector<std::shared_ptr<RnnCell>> cells) : cells_(std::move(cells)) {}
  std::vector<int64_t> state_sizes() const override;
  int64_t output_size() const override { return cells_.empty() ? 0 : cells_.back()->output_size(); }
  RnnStep call(const Output& input, const RnnState& state, Loc where) override;

 private:
  std::vector<std::shared_ptr<RnnCell>> cells_;
};

struct StaticRnnOptions {
  RnnState initial_state = {};  // zeros when empty
  Output sequence_length = {};  // [batch] int32 or int64: outputs beyond are zero and the state stays; none when empty
  std::string scope = {};       // "rnn"
};
struct RnnResult {
  std::vector<Output> outputs;  // one a time step
  RnnState state;               // the last
};
// The cell unrolled over `inputs`, one [batch, in] Output a time step.
RnnResult static_rnn(RnnCell& cell, absl::Span<const Output> inputs, StaticRnnOptions options = {}, Loc where = Loc::current());

}  // namespace weft
