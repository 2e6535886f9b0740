// A character-level recurrent network: learns to continue Newton's prose one character at a time, then writes some of its own.
//
// Shows an LSTM cell unrolled statically, state carried from batch to batch by feeding what was fetched, clipped gradients, and one set
// of variables used by two branches: training on sequences and sampling a character at a time.
//
//   char_rnn [--data examples/data/opticks.txt] [--steps 150] [--dot FILE]
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

namespace {

constexpr int64_t kBatch = 16, kLength = 24, kUnits = 96;

// Logits [batch, characters] of each time step, and the last state.
RnnResult network(Graph& graph, const Output& characters, int64_t alphabet, const RnnState& state) {
  std::vector<Output> inputs = unstack(one_hot(characters, static_cast<int32_t>(alphabet)), {.axis = 1});
  BasicLSTMCell cell(kUnits);
  RnnResult rnn = static_rnn(cell, inputs, {.initial_state = state});
  Variable w = get_variable(graph, "out/w", {.shape = Shape{kUnits, alphabet}});
  Variable b = get_variable(graph, "out/b", {.shape = Shape{alphabet}, .initializer = zeros_initializer()});
  for (Output& h : rnn.outputs) h = matmul(h, w) + b;
  return rnn;
}

RnnState state_placeholders(Graph& graph, int64_t batch) {
  return {placeholder(graph, DType::kFloat32, {.shape = {batch, kUnits}, .name = "c"}),
          placeholder(graph, DType::kFloat32, {.shape = {batch, kUnits}, .name = "h"})};
}

}  // namespace

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  std::ifstream file(flags.get("data", "examples/data/opticks.txt"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() < kBatch * (kLength + 1)) check(not_found("no text: give --data FILE"));
  std::map<char, int32_t> code;
  std::string letters;
  for (const char c : text)
    if (code.emplace(c, static_cast<int32_t>(letters.size())).second) letters += c;
  const auto alphabet = static_cast<int64_t>(letters.size());

  Graph graph({.name = "char_rnn"});
  graph.set_seed(3);
  Output xs = placeholder(graph, DType::kInt32, {.shape = {kBatch, kLength}, .name = "xs"});
  Output ys = placeholder(graph, DType::kInt32, {.shape = {kBatch, kLength}, .name = "ys"});
  RnnState state = state_placeholders(graph, kBatch);
  RnnResult train_rnn;
  {
    auto scope = variable_scope(graph, "model");
    train_rnn = network(graph, xs, alphabet, state);
  }
  Output logits = stack(train_rnn.outputs, {.axis = 1});
  Output loss = reduce_mean(sparse_softmax_cross_entropy_with_logits({.labels = ys, .logits = logits}));
  AdamOptimizer adam({.learning_rate = 5e-3f});
  auto pairs = adam.compute_gradients(loss);
  std::vector<Gradient> unclipped;
  for (const GradientAndVariable& pair : pairs) unclipped.push_back(pair.gradient);
  const std::vector<Gradient> clipped = clip_by_global_norm(unclipped, 5.0f).clipped;
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i].gradient = clipped[i];
  Operation train = adam.apply_gradients(pairs);

  Output one = placeholder(graph, DType::kInt32, {.shape = {1, 1}, .name = "one"});
  RnnState one_state = state_placeholders(graph, 1);
  RnnResult sample_rnn;
  {
    auto scope = variable_scope(graph, "model", {.reuse = Reuse::kReuse});
    sample_rnn = network(graph, one, alphabet, one_state);
  }
  Output probabilities = softmax(sample_rnn.outputs[0]);
  Operation init = global_variables_initializer(graph);
  flags.draw(graph, {.max_depth = 2});

  Session session(graph);
  check(session.run(init));
  Callable step =
      session.make_callable({.feeds = {xs, ys, state[0], state[1]}, .fetches = {loss, train_rnn.state[0], train_rnn.state[1]}, .targets = {train}});
  const Tensor zero = Tensor::zeros(DType::kFloat32, {kBatch, kUnits});
  Tensor c = zero, h = zero;
  const size_t stripe = text.size() / kBatch;  // each row of a batch reads its own part of the text, onwards
  const int steps = flags.number("steps", 150);
  size_t at = 0;
  for (int k = 1; k <= steps; ++k, at += kLength) {
    if (at + kLength + 1 > stripe) at = 0, c = zero, h = zero;
    Tensor x(DType::kInt32, {kBatch, kLength}), y(DType::kInt32, {kBatch, kLength});
    for (size_t i = 0; i < kBatch * kLength; ++i) {
      const size_t from = (i / kLength) * stripe + at + i % kLength;
      x.data<int32_t>()[i] = code[text[from]];
      y.data<int32_t>()[i] = code[text[from + 1]];
    }
    const auto r = check(step.run({x, y, c, h}));
    c = r[1], h = r[2];
    if (k % 25 == 0 || k == 1) std::printf("step %4d: %.3f nats a character\n", k, r[0].scalar<float>());
  }

  Callable next =
      session.make_callable({.feeds = {one, one_state[0], one_state[1]}, .fetches = {probabilities, sample_rnn.state[0], sample_rnn.state[1]}});
  c = h = Tensor::zeros(DType::kFloat32, {1, kUnits});
  std::mt19937 random(1);
  std::string written = "T";
  while (written.size() < 200) {
    const auto r = check(next.run({Tensor::from<int32_t>({{code[written.back()]}}), c, h}));
    c = r[1], h = r[2];
    const auto p = r[0].flat<float>();
    written += letters[static_cast<size_t>(std::discrete_distribution<int>(p.begin(), p.end())(random))];
  }
  std::cout << "it writes: " << written << "\n";
}
