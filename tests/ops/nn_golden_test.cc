// The neural-network kernels against what TensorFlow 1.15.5 computed (tests/data/nn_golden.txt, written by nn_golden.py): values within
// a few roundings, errors with TensorFlow's code and words, on one thread and on four with the same bits.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct Case {
  int line = 0;
  std::string op;
  std::map<std::string, AttrValue> attrs;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  int error_code = 0;
  std::string error;
};

template <typename T, typename Read> void read_elements(std::istream& in, Tensor& tensor) {
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    if constexpr (std::is_floating_point_v<Read>) {
      std::string word;  // "nan" and "inf" are words to strtod, not to streams
      in >> word;
      tensor.data<T>()[i] = static_cast<T>(static_cast<Read>(std::strtod(word.c_str(), nullptr)));
    } else {
      Read value = 0;
      in >> value;
      tensor.data<T>()[i] = static_cast<T>(value);
    }
  }
}

Tensor read_tensor(std::istream& in) {
  std::string dtype, dims, colon;
  in >> dtype >> dims >> colon;
  Shape shape;
  std::stringstream list(dims == "-" ? "" : dims);
  for (std::string dim; std::getline(list, dim, ',');) shape.add_dim(std::stoll(dim));
  Tensor tensor(dtype_from_name(dtype), shape);
  dispatch<kRealNumberTypes | DTypeSet{DType::kBool}>(tensor.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, double>) read_elements<T, double>(in, tensor);
    else if constexpr (std::is_integral_v<T>) read_elements<T, int64_t>(in, tensor);
    else read_elements<T, float>(in, tensor);
  });
  return tensor;
}

AttrValue read_attr(std::istream& in) {
  std::string type, text;
  in >> type;
  if (type == "list(int)") {
    std::vector<int64_t> values;
    for (int64_t value; in >> value;) values.push_back(value);
    return values;
  }
  in >> text;
  if (type == "int") return static_cast<int64_t>(std::stoll(text));
  if (type == "bool") return text == "1";
  if (type == "float") return std::stof(text);
  return text;
}

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  std::ifstream file(std::string(WEFT_TEST_DATA) + "/nn_golden.txt");
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::istringstream in(line);
    std::string word, name;
    in >> word;
    if (word == "case") {
      cases.emplace_back().line = number;
      in >> cases.back().op;
    } else if (word == "attr") {
      in >> name;
      cases.back().attrs[name] = read_attr(in);
    } else if (word == "input") {
      cases.back().inputs.push_back(read_tensor(in));
    } else if (word == "output") {
      cases.back().outputs.push_back(read_tensor(in));
    } else if (word == "error") {
      in >> cases.back().error_code;
      std::getline(in >> std::ws, cases.back().error);
    }
  }
  return cases;
}

// How far apart two roundings of the same computation may lie, relative to the largest number in the tensor: sums are made in other
// orders, exp and log are other polynomials.
double tolerance(DType dtype) { return dtype == DType::kFloat64 ? 1e-12 : dtype == DType::kHalf ? 4e-3 : 3e-6; }

template <typename T> void expect_near(const Tensor& actual, const Tensor& expected, const std::string& what) {
  double largest = 0;
  for (const T e : expected.flat<T>()) {
    if (std::isfinite(static_cast<double>(e))) largest = std::max(largest, std::abs(static_cast<double>(e)));
  }
  for (int64_t i = 0; i < expected.num_elements(); ++i) {
    const auto a = static_cast<double>(actual.data<T>()[i]), e = static_cast<double>(expected.data<T>()[i]);
    if (std::isnan(e) && std::isnan(a)) continue;
    if (a == e) continue;
    const double scale = is_floating(expected.dtype()) ? std::max(std::abs(e), std::min(largest, 30.0)) : 0.0;
    if (!(std::abs(a - e) <= tolerance(expected.dtype()) * scale)) {
      ADD_FAILURE() << what << ": element " << i << " is " << a << ", TensorFlow's is " << e;
      return;
    }
  }
}

void expect_near(const Tensor& actual, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(dtype_name(actual.dtype()), dtype_name(expected.dtype())) << what;
  ASSERT_EQ(actual.shape(), expected.shape()) << what << ": " << actual.shape().to_string() << " for " << expected.shape().to_string();
  dispatch<kRealNumberTypes | DTypeSet{DType::kBool}>(expected.dtype(),
                                                      [&](auto tag) { expect_near<typename decltype(tag)::type>(actual, expected, what); });
}

// The outputs of one step with the inputs fed to placeholders of unknown shape, or the error.
absl::StatusOr<std::vector<Tensor>> run(const Case& c, int threads) {
  Graph graph;
  OpRegistry registry(&OpRegistry::standard());
  const OpDef* op = registry.find(c.op);
  if (op == nullptr) return not_found(c.op);
  NodeSpec spec{.op = op, .name = c.op};
  RunArguments arguments;
  for (const Tensor& input : c.inputs) {
    spec.inputs.push_back(placeholder(graph, input.dtype()));
    arguments.feeds.emplace_back(spec.inputs.back(), input);
  }
  for (const auto& [name, value] : c.attrs) spec.attrs.set(name, value);
  WEFT_ASSIGN_OR_RETURN(Node * node, graph.add_node(std::move(spec)));
  for (int i = 0; i < node->num_outputs(); ++i) arguments.fetches.emplace_back(node->output(i));
  return Session(graph, {.threads = threads}).run(arguments);
}

// The statistics that inference hands on are memory nobody wrote to in TensorFlow.
bool unwritten(const Case& c, size_t output) { return c.op.starts_with("FusedBatchNorm") && !c.op.starts_with("FusedBatchNormGrad") && output == 5; }

TEST(NnGolden, EqualsTensorFlow) {
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 500u);
  for (const Case& c : cases) {
    const std::string what = c.op + " (nn_golden.txt:" + std::to_string(c.line) + ")";
    const absl::StatusOr<std::vector<Tensor>> one = run(c, 1);
    if (c.error_code != 0) {
      ASSERT_FALSE(one.ok()) << what;
      EXPECT_EQ(static_cast<int>(one.status().code()), c.error_code) << what << ": " << one.status();
      EXPECT_NE(message(one.status()).find(c.error.substr(0, 100)), std::string_view::npos)
          << what << ": " << one.status() << "\nTensorFlow: " << c.error;
      continue;
    }
    ASSERT_TRUE(one.ok()) << what << ": " << one.status();
    const absl::StatusOr<std::vector<Tensor>> four = run(c, 4);
    ASSERT_TRUE(four.ok()) << what << ": " << four.status();
    ASSERT_EQ(one->size(), c.outputs.size()) << what;
    for (size_t i = 0; i < one->size(); ++i) {
      if (!unwritten(c, i)) expect_near((*one)[i], c.outputs[i], what + " output " + std::to_string(i));
      EXPECT_TRUE(equal((*one)[i], (*four)[i])) << what << ": other bits on four threads";
    }
  }
}

}  // namespace
}  // namespace weft
