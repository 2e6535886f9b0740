// Graphs and gradients recorded from TensorFlow 1.15.5 (record_gradients.py): a case is a forward graph, calls of gradients() on it, the
// nodes that each call added, and, for some, the values of a run.
#pragma once

#include <string>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"

namespace weft::testing {

// One line of a recording: its first word, then its fields.
using Line = std::vector<std::string>;

struct RecordedCall {
  std::string name = {};
  std::vector<std::string> ys = {}, xs = {}, grad_ys = {}, stop_gradients = {};  // of grad_ys: "none", "x:0" or "slices:values,indices,shape"
  std::vector<std::string> flags = {};
  std::vector<Line> added = {};  // as RecordedCase::forward
  std::vector<Line> grads = {};
  std::string error = {};  // of Python; empty when the call succeeded
};

struct RecordedRun {
  struct Value {
    std::string name = {};
    double rtol = 0;
    double atol = 0;
    Tensor tensor = {};
  };
  std::vector<Value> feeds;
  std::vector<Value> wants;
};

struct RecordedCase {
  std::string name;
  std::vector<Line> forward;  // name, op, device, inputs, output shapes, attributes…
  std::vector<RecordedCall> calls;
  RecordedRun run;
};

std::vector<RecordedCase> read_recording(const std::string& path);

// Adds the node that `line` describes. NotFound when the registry lacks the op.
absl::Status add_recorded_node(Graph& graph, const Line& line, const OpRegistry& ops);

// What tells `node` from the node that `line` describes; empty when nothing does.
std::string difference(const Node& node, const Line& line);

// "float32(2,3)1 2 3": fewer values than elements repeat the last one.
Tensor parse_tensor(const std::string& text);

std::vector<std::string> split(const std::string& text, char separator);

}  // namespace weft::testing
