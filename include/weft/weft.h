// weft: TensorFlow 1's programming model in C++. This header brings all of it in; it opens with a tour.
//
// 1. Build a graph. Nothing is computed yet; every call adds nodes with TensorFlow's names.
//
//      Graph graph;
//      Output images = placeholder(graph, DType::kFloat32, {.shape = {-1, 64}, .name = "images"});
//      Output labels = placeholder(graph, DType::kInt64, {.shape = {-1}, .name = "labels"});
//      Output logits = layers::dense(layers::dense(images, 32, {.activation = relu}), 10);
//      Output loss = reduce_mean(sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits}));
//
// 2. Differentiate and optimise it: more nodes.
//
//      AdamOptimizer adam({.learning_rate = 1e-3f});
//      Operation train = adam.minimize(loss);
//      Operation init = global_variables_initializer(graph);
//
// 3. Run parts of it in a session, which keeps the variables' values.
//
//      Session session(graph);
//      if (auto r = session.run(init); !r.ok()) return fail(r.status());
//      auto r = session.run({.feeds = {{images, x}, {labels, y}}, .fetches = {loss}, .targets = {train}});
//      if (!r.ok()) return fail(r.status());
//      float value = (*r)[0].scalar<float>();
//
// Errors. A builder that fails records its error in the graph, with your file and line, and returns a failed Output on which later
// builders are quiet; a session reports the first one. Everything that can fail at run time returns absl::Status or absl::StatusOr.
// Nothing throws or aborts.
//
// Where to read on: graph/graph.h (what a graph is), ops/array_ops.h, ops/math_ops.h and ops/nn_ops.h (what can be computed),
// build/layers.h (ops with their variables), gradients/gradients.h, train/optimizer.h, session/session.h.
#pragma once

// IWYU pragma: begin_exports
#include "weft/build/initializers.h"
#include "weft/build/layers.h"
#include "weft/build/losses.h"
#include "weft/build/regularizers.h"
#include "weft/build/rnn.h"
#include "weft/build/sampled_losses.h"
#include "weft/build/variable_scope.h"
#include "weft/debug/dot.h"
#include "weft/gradients/gradients.h"
#include "weft/gradients/tape.h"
#include "weft/graph/feeding.h"
#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/ops.h"
#include "weft/session/session.h"
#include "weft/tensor/npy.h"
#include "weft/train/optimizers.h"
// IWYU pragma: end_exports
