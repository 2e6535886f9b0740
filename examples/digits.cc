// Handwritten digits: a small convolutional network with dropout, trained with Adam on 1,497 images and tested on 300 held back.
//
// Shows name scopes, one graph with a training and a testing branch that share variables, callables for the steps, and writing what was
// learned: the learning curve (curve.svg), the graph (digits.dot, digits.svg), the weights (*.npy).
//
//   digits [--data examples/data/digits.csv] [--out .] [--epochs 30] [--dot FILE]
#include <chrono>
#include <iostream>

#include "examples/support/command_line.h"
#include "examples/support/digits.h"
#include "examples/support/progress.h"

using namespace weft;
using example::check;

namespace {

// Images [batch, 8, 8, 1] to logits [batch, 10]. Under variable_scope reuse, both branches share the variables.
Output network(const Output& images, bool training) {
  Output h = layers::conv2d(images, 16, {3, 3},
                            {.padding = "SAME", .activation = relu, .kernel_initializer = glorot_uniform_initializer(1), .name = "conv1"});
  h = layers::conv2d(h, 32, {3, 3}, {.padding = "SAME", .activation = relu, .kernel_initializer = glorot_uniform_initializer(2), .name = "conv2"});
  h = layers::max_pooling2d(h, {2, 2}, {2, 2}, {.name = "pool"});
  h = layers::flatten(h);
  h = layers::dense(h, 64, {.activation = relu, .kernel_initializer = glorot_uniform_initializer(3), .name = "hidden"});
  h = layers::dropout(h, 0.4f, training, {.seed = 4});
  return layers::dense(h, 10, {.kernel_initializer = glorot_uniform_initializer(5), .name = "logits"});
}

Output accuracy_of(const Output& logits, const Output& labels) {
  return reduce_mean(cast(equal(argmax(logits, {.axis = 1}), labels), DType::kFloat32));
}

}  // namespace

int main(int argc, char** argv) {
  const example::Flags flags(argc, argv);
  const std::string out = flags.get("out", ".");
  const int epochs = flags.number("epochs", 30);
  constexpr int64_t kBatch = 32;
  const auto [train_set, test_set] = check(example::read_digits(flags.get("data", "examples/data/digits.csv"), 300));

  Graph graph({.name = "digits"});
  graph.set_seed(1);
  Output images = placeholder(graph, DType::kFloat32, {.shape = {-1, 8, 8, 1}, .name = "images"});
  Output labels = placeholder(graph, DType::kInt64, {.shape = {-1}, .name = "labels"});
  Output train_loss, train_accuracy, test_accuracy;
  {
    auto scope = variable_scope(graph, "model");
    Output logits = network(images, true);
    train_loss = losses::sparse_softmax_cross_entropy(labels, logits);
    train_accuracy = accuracy_of(logits, labels);
  }
  {
    auto scope = variable_scope(graph, "model", {.reuse = Reuse::kReuse});
    test_accuracy = accuracy_of(network(images, false), labels);
  }
  AdamOptimizer adam({.learning_rate = 2e-3f});
  Operation train = adam.minimize(train_loss, {.global_step = get_or_create_global_step(graph)});
  Operation init = global_variables_initializer(graph);
  flags.draw(graph, {.title = "digits", .max_depth = 2});

  Session session(graph);
  check(session.run(init));
  Callable step = session.make_callable({.feeds = {images, labels}, .fetches = {train_loss, train_accuracy}, .targets = {train}});
  Callable test = session.make_callable({.feeds = {images, labels}, .fetches = {test_accuracy}});
  example::Curve training{"training accuracy", "#1f77b4", {}}, testing{"test accuracy", "#d62728", {}};
  const int64_t batches = train_set.images.dim(0) / kBatch;
  const auto start = std::chrono::steady_clock::now();
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double loss = 0, accuracy = 0;
    for (int64_t b = 0; b < batches; ++b) {
      // Rows of the data set, not copied.
      const auto r = check(step.run({train_set.images.slice(b * kBatch, (b + 1) * kBatch), train_set.labels.slice(b * kBatch, (b + 1) * kBatch)}));
      loss += r[0].scalar<float>() / static_cast<double>(batches);
      accuracy += r[1].scalar<float>() / static_cast<double>(batches);
    }
    training.values.push_back(accuracy);
    testing.values.push_back(check(test.run({test_set.images, test_set.labels}))[0].scalar<float>());
    example::show_progress(epoch, epochs, loss, testing.values.back());
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  example::write_curves_svg(out + "/curve.svg", "Handwritten digits", {training, testing});
  for (const Variable& variable : graph.trainable_variables()) {
    std::string name(variable.name());
    for (char& c : name)
      if (c == '/') c = '.';
    check(write_npy(out + "/" + name + ".npy", check(session.run({.fetches = {variable}}))[0]));
  }
  std::printf("trained %d epochs in %.1f s\ntest accuracy: %.1f %%\n", epochs, seconds, 100 * testing.values.back());
  return testing.values.back() >= 0.97 ? 0 : 1;
}
