// gradients() on graphs of every kind makes the nodes that TensorFlow 1.15.5 made for the same call: names, ops, inputs, attributes,
// devices and static shapes; and where a run was recorded, its values.
//
// WEFT_RECORDING=FILE runs another recording (record_gradients.py writes larger ones than stand in tests/data).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "recorded_graph.h"
#include "weft/gradients/gradients.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using testing::Line;
using testing::RecordedCall;
using testing::RecordedCase;
using testing::RecordedRun;

Gradient given_gradient(const Graph& graph, const std::string& text) {
  if (text == "none") return Gradient();
  if (text.rfind("slices:", 0) != 0) return *graph.get_tensor_by_name(text);
  const std::vector<std::string> parts = testing::split(text.substr(7), ',');
  return IndexedSlices{*graph.get_tensor_by_name(parts[0]), *graph.get_tensor_by_name(parts[1]),
                       parts[2] == "-" ? Output() : *graph.get_tensor_by_name(parts[2])};
}

std::vector<Output> tensors(const Graph& graph, const std::vector<std::string>& names) {
  std::vector<Output> outputs;
  for (const std::string& name : names) outputs.push_back(*graph.get_tensor_by_name(name));
  return outputs;
}

std::vector<Gradient> call(Graph& graph, const RecordedCall& recorded) {
  GradientsOptions options{.stop_gradients = tensors(graph, recorded.stop_gradients), .name = recorded.name};
  for (const std::string& text : recorded.grad_ys) options.grad_ys.push_back(given_gradient(graph, text));
  for (const std::string& flag : recorded.flags) {
    if (flag == "gate_gradients") options.gate_gradients = true;
    if (flag == "colocate_gradients_with_ops") options.colocate_gradients_with_ops = true;
    if (flag == "aggregation=1") options.aggregation_method = AggregationMethod::kExperimentalTree;
    if (flag == "aggregation=2") options.aggregation_method = AggregationMethod::kExperimentalAccumulateN;
    if (flag == "zero") options.unconnected_gradients = UnconnectedGradients::kZero;
  }
  return gradients(OperandList(tensors(graph, recorded.ys)), OperandList(tensors(graph, recorded.xs)), options);
}

std::string text_of(const Gradient& g) {
  if (g.is_none()) return "none";
  if (g.is_dense()) return "dense " + g.dense().name();
  const Output& shape = g.slices().dense_shape;
  return str_cat("slices ", g.slices().values.name(), " ", g.slices().indices.name(), " ", shape ? shape.name() : "-");
}

std::string joined(const Line& line) {
  std::string text;
  for (const std::string& word : line) str_append(text, text.empty() ? "" : " ", word);
  return text;
}

// The first thing in which the call's nodes and results differ from the recording.
std::string compare(const Graph& graph, int first, const std::vector<Gradient>& got, const RecordedCall& recorded) {
  for (size_t i = 0; i < recorded.added.size(); ++i) {
    const int id = first + static_cast<int>(i);
    if (id >= graph.num_nodes()) return str_cat("missing: ", joined(recorded.added[i]));
    const std::string d = testing::difference(*graph.node(id), recorded.added[i]);
    if (!d.empty()) return d;
  }
  if (graph.num_nodes() > first + static_cast<int>(recorded.added.size()))
    return str_cat("too many nodes, from ", graph.node(first + static_cast<int>(recorded.added.size()))->describe());
  for (size_t i = 0; i < got.size(); ++i) {
    if (text_of(got[i]) != joined(recorded.grads[i])) return str_cat("result ", i, " is ", text_of(got[i]), ", not ", joined(recorded.grads[i]));
    if (got[i].is_none() && got[i].reason().empty()) return str_cat("result ", i, " is absent without a reason");
  }
  return "";
}

template <typename T> bool close(T got, T want, double rtol, double atol) {
  if constexpr (is_complex(dtype_of<T>)) {
    return close(got.real(), want.real(), rtol, atol) && close(got.imag(), want.imag(), rtol, atol);
  } else if constexpr (std::is_integral_v<T>) {
    return got == want;
  } else {
    const auto g = static_cast<double>(got);
    const auto w = static_cast<double>(want);
    return g == w || (std::isnan(g) && std::isnan(w)) || std::abs(g - w) <= atol + rtol * std::abs(w);
  }
}

std::string compare_values(const Tensor& got, const RecordedRun::Value& want) {
  if (got.dtype() != want.tensor.dtype() || !(got.shape() == want.tensor.shape()))
    return str_cat(want.name, " is ", got.describe(), ", not ", want.tensor.describe());
  std::string difference;
  dispatch<kRealNumberTypes | kComplexTypes | DTypeSet{DType::kBool}>(got.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < got.num_elements() && difference.empty(); ++i) {
      if (!close(got.data<T>()[i], want.tensor.data<T>()[i], want.rtol, want.atol))
        difference = str_cat(want.name, "[", i, "]: ", got.to_string(), ", not ", want.tensor.to_string());
    }
  });
  return difference;
}

// The results by the names TensorFlow gave them.
std::map<std::string, Output> by_recorded_name(const std::vector<Gradient>& got, const RecordedCall& recorded) {
  std::map<std::string, Output> named;
  for (size_t i = 0; i < got.size(); ++i) {
    const Line& names = recorded.grads[i];
    if (got[i].is_dense() && names[0] == "dense") named[names[1]] = got[i].dense();
    if (got[i].is_slices() && names[0] == "slices") {
      named[names[1]] = got[i].slices().values;
      named[names[2]] = got[i].slices().indices;
    }
  }
  return named;
}

std::string run(Graph& graph, const RecordedRun& recorded, const std::map<std::string, Output>& named) {
  if (recorded.wants.empty()) return "";
  Session session(graph, {.threads = 1});
  RunArguments arguments;
  for (const RecordedRun::Value& feed : recorded.feeds) arguments.feeds.emplace_back(feed.name, feed.tensor);
  for (const RecordedRun::Value& want : recorded.wants) {
    const auto it = named.find(want.name);
    if (it == named.end()) return str_cat("no result ", want.name);
    arguments.fetches.emplace_back(it->second);
  }
  const auto got = session.run(arguments);
  if (!got.ok()) return std::string(got.status().ToString());
  for (size_t i = 0; i < got->size(); ++i) {
    if (const std::string d = compare_values((*got)[i], recorded.wants[i]); !d.empty()) return d;
  }
  return "";
}

// Cases whose values are TensorFlow's but whose nodes are not, and why.
const std::map<std::string, std::string>& known_to_differ() {
  static const std::string dense = "IndexedSlices that meet an op of dense tensors become dense before its gradient function, not inside each op";
  static const std::string formula = "the second derivative of batch normalisation is a formula, where TensorFlow runs a tape over primitives";
  static const auto& cases = *new std::map<std::string, std::string>{
      {"gather_op_test/GatherTest.testBatchDims", dense},
      {"ops__gradient_checker_v2_test/GradientCheckerTest.testNestedGather", dense},
      {"ops__nn_fused_batchnorm_test/BatchNormalizationTest.testBatchNormGradGrad", formula},
  };
  return cases;
}

std::string reason_to_differ(const std::string& name) {
  for (const auto& [prefix, reason] : known_to_differ())
    if (name.rfind(prefix, 0) == 0) return reason;
  return "";
}

// What is wrong with a case, or "".
std::string check(const RecordedCase& recorded) {
  Graph graph;
  for (const Line& line : recorded.forward) {
    if (const absl::Status s = testing::add_recorded_node(graph, line, OpRegistry::standard()); !s.ok()) return std::string(s.ToString());
    const std::string d = testing::difference(*graph.node(graph.num_nodes() - 1), line);
    if (!d.empty()) return "forward graph: " + d;
  }
  std::string difference;
  std::map<std::string, Output> named;
  for (const RecordedCall& c : recorded.calls) {
    const int first = graph.num_nodes();
    const std::vector<Gradient> got = call(graph, c);
    if (!c.error.empty()) return graph.status().ok() ? str_cat("no error; TensorFlow: ", c.error) : "";
    if (!graph.status().ok()) return std::string(graph.status().ToString());
    if (difference.empty()) difference = compare(graph, first, got, c);
    named = by_recorded_name(got, c);
  }
  const std::string wrong = run(graph, recorded.run, named);
  if (!wrong.empty()) return wrong;
  if (reason_to_differ(recorded.name).empty()) return difference;
  return difference.empty() ? "is as recorded, so it must not stand among those known to differ" : "";
}

void expect_as_recorded(const std::string& path) {
  const std::vector<RecordedCase> cases = testing::read_recording(path);
  ASSERT_FALSE(cases.empty()) << path;
  int failed = 0;
  for (const RecordedCase& recorded : cases) {
    const std::string d = check(recorded);
    if (!d.empty()) ADD_FAILURE() << recorded.name << ": " << d;
    failed += d.empty() ? 0 : 1;
  }
  EXPECT_EQ(failed, 0) << "of " << cases.size();
}

TEST(RecordedGradients, OfTensorFlowsOwnTests) { expect_as_recorded(WEFT_TEST_DATA "/gradients/oracle.txt"); }
TEST(RecordedGradients, WithEachOption) { expect_as_recorded(WEFT_TEST_DATA "/gradients/options.txt"); }
TEST(RecordedGradients, OfRandomGraphs) { expect_as_recorded(WEFT_TEST_DATA "/gradients/random.txt"); }

TEST(RecordedGradients, OfAnotherFile) {
  const char* path = std::getenv("WEFT_RECORDING");
  if (path == nullptr) GTEST_SKIP() << "WEFT_RECORDING names no file";
  expect_as_recorded(path);
}

}  // namespace
}  // namespace weft
