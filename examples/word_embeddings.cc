// Word embeddings: vectors of words that predict their neighbours (skip-gram with sampled negatives), trained on a short text.
//
// Shows sparse gradients: a step looks up a few rows of a table and Adagrad updates just those. Mikolov et al. 2013.
//
//   word_embeddings [--data examples/data/opticks.txt] [--steps 1500] [--dot FILE]
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>

#include "examples/support/command_line.h"

using namespace weft;
using example::check;

namespace {

constexpr int64_t kBatch = 64, kNegatives = 8, kDimensions = 32;

// The words of a file, lower case; those seen fewer than `least` times are left out.
std::vector<int32_t> read_words(const std::string& path, int least, std::vector<std::string>& vocabulary) {
  std::ifstream file(path);
  std::vector<std::string> words;
  std::map<std::string, int> counts;
  for (std::string word; file >> word;) {
    std::erase_if(word, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) == 0; });
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!word.empty()) words.push_back(word), ++counts[word];
  }
  std::map<std::string, int32_t> code;
  std::vector<int32_t> codes;
  for (const std::string& word : words) {
    if (counts[word] < least) continue;
    const auto [it, added] = code.emplace(word, static_cast<int32_t>(vocabulary.size()));
    if (added) vocabulary.push_back(word);
    codes.push_back(it->second);
  }
  return codes;
}

}  // namespace

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  std::vector<std::string> vocabulary;
  const std::vector<int32_t> text = read_words(flags.get("data", "examples/data/opticks.txt"), 5, vocabulary);
  if (text.size() < 100) check(not_found("no text: give --data FILE"));
  const auto words = static_cast<int64_t>(vocabulary.size());

  Graph graph({.name = "word_embeddings"});
  graph.set_seed(5);
  Output centers = placeholder(graph, DType::kInt32, {.shape = {kBatch}, .name = "centers"});
  Output contexts = placeholder(graph, DType::kInt32, {.shape = {kBatch, 1 + kNegatives}, .name = "contexts"});  // the true one first
  Variable embeddings = get_variable(
      graph, "embeddings", {.shape = Shape{words, kDimensions}, .initializer = random_uniform_initializer({.minval = -0.5, .maxval = 0.5})});
  Variable weights =
      get_variable(graph, "weights", {.shape = Shape{words, kDimensions}, .initializer = truncated_normal_initializer({.stddev = 0.2})});
  Output center = expand_dims(embedding_lookup(embeddings, centers), 1);                    // [batch, 1, dimensions]
  Output logits = reduce_sum(center * embedding_lookup(weights, contexts), {.axis = {2}});  // [batch, 1 + negatives]
  Output labels = concat({ones(graph, {kBatch, 1}), zeros(graph, {kBatch, kNegatives})}, 1);
  Output loss = reduce_mean(sigmoid_cross_entropy_with_logits({.labels = labels, .logits = logits}));
  AdagradOptimizer adagrad({.learning_rate = 0.5f});
  Operation train = adagrad.minimize(loss);
  Operation init = global_variables_initializer(graph);
  flags.draw(graph);

  Session session(graph);
  check(session.run(init));
  Callable step = session.make_callable({.feeds = {centers, contexts}, .fetches = {loss}, .targets = {train}});
  std::mt19937 random(2);
  std::uniform_int_distribution<size_t> position(2, text.size() - 3);
  const int steps = flags.number("steps", 1500);
  double average = 0;
  for (int k = 1; k <= steps; ++k) {
    Tensor c(DType::kInt32, {kBatch}), x(DType::kInt32, {kBatch, 1 + kNegatives});
    for (int64_t i = 0; i < kBatch; ++i) {
      const size_t at = position(random);
      const size_t neighbours[] = {at - 2, at - 1, at + 1, at + 2};
      c.data<int32_t>()[i] = text[at];
      x.data<int32_t>()[i * (1 + kNegatives)] = text[neighbours[random() % 4]];
      for (int64_t n = 1; n <= kNegatives; ++n) x.data<int32_t>()[i * (1 + kNegatives) + n] = text[position(random)];
    }
    average += check(step.run({c, x}))[0].scalar<float>();
    if (k % 300 == 0) std::printf("step %4d: loss %.4f\n", k, average / 300), average = 0;
  }

  const Tensor table = check(session.run({.fetches = {l2_normalize(embeddings, {1})}}))[0];
  for (const char* word : {"light", "rays", "glass", "colours"}) {
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), word);
    if (found == vocabulary.end()) continue;
    const int64_t self = found - vocabulary.begin();
    std::vector<std::pair<float, int64_t>> near;
    for (int64_t other = 0; other < words; ++other) {
      float cosine = 0;
      for (int64_t d = 0; d < kDimensions; ++d) cosine += table.data<float>()[self * kDimensions + d] * table.data<float>()[other * kDimensions + d];
      if (other != self) near.push_back({-cosine, other});
    }
    std::partial_sort(near.begin(), near.begin() + 4, near.end());
    std::printf("near %-8s", word);
    for (int i = 0; i < 4; ++i) std::printf(" %s", vocabulary[static_cast<size_t>(near[static_cast<size_t>(i)].second)].c_str());
    std::printf("\n");
  }
}
