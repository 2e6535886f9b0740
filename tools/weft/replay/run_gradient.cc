// Gradient cases: gradients() on the imported graph, then its values.
#include "tools/weft/replay/comparison.h"
#include "tools/weft/replay/run_case.h"
#include "weft/gradients/gradients.h"

namespace weft::replay {

namespace {

absl::StatusOr<std::vector<Output>> tensors_named(const Graph& graph, const std::vector<std::string>& names) {
  std::vector<Output> tensors;
  for (const std::string& name : names) {
    if (name.empty()) {
      tensors.emplace_back();
      continue;
    }
    WEFT_ASSIGN_OR_RETURN(const Output tensor, graph.get_tensor_by_name(name));
    tensors.push_back(tensor);
  }
  return tensors;
}

absl::StatusOr<std::vector<Gradient>> build(Graph& graph, const GradientCase& c) {
  WEFT_ASSIGN_OR_RETURN(const std::vector<Output> ys, tensors_named(graph, c.ys));
  WEFT_ASSIGN_OR_RETURN(const std::vector<Output> xs, tensors_named(graph, c.xs));
  WEFT_ASSIGN_OR_RETURN(const std::vector<Output> grad_ys, tensors_named(graph, c.grad_ys));
  GradientsOptions options;
  options.grad_ys.assign(grad_ys.begin(), grad_ys.end());
  WEFT_ASSIGN_OR_RETURN(options.stop_gradients, tensors_named(graph, c.stop_gradients));
  options.unconnected_gradients = c.unconnected_zero ? UnconnectedGradients::kZero : UnconnectedGradients::kNone;
  options.aggregation_method = static_cast<AggregationMethod>(c.aggregation_method);
  options.gate_gradients = c.gate_gradients;
  std::vector<Gradient> results = gradients(ys, xs, std::move(options));
  if (!graph.status().ok()) return graph.status();
  return results;
}

// A value to fetch and what it should be.
struct Wanted {
  Output tensor;
  const Expected* expected;
  std::string what;
};

// Appends what to fetch for gradient `i`; returns what is wrong with its kind.
std::string want(const Gradient& got, const ExpectedGradient& expected, const std::string& name, std::vector<Wanted>& wanted) {
  const std::string what = str_cat("gradient of '", name, "'");
  if (std::holds_alternative<std::monostate>(expected)) return got.is_none() ? "" : what + ": expected none, got one";
  if (got.is_none()) return str_cat(what, ": expected one, got none: ", got.reason());
  if (const auto* dense = std::get_if<Expected>(&expected)) {
    if (got.is_slices()) return what + ": expected a tensor, got IndexedSlices";
    wanted.push_back({got.dense(), dense, what});
    return "";
  }
  const auto& slices = std::get<ExpectedSlices>(expected);
  if (!got.is_slices()) return what + ": expected IndexedSlices, got a tensor";
  wanted.push_back({got.slices().indices, &slices.indices, what + ", indices"});
  wanted.push_back({got.slices().values, &slices.values, what + ", values"});
  if (!slices.has_dense_shape) return "";
  if (!got.slices().dense_shape) return what + ": no dense_shape";
  wanted.push_back({got.slices().dense_shape, &slices.dense_shape, what + ", dense_shape"});
  return "";
}

}  // namespace

Outcome run_gradient(const OracleCase&, const GradientCase& c, Graph& graph, const ReplayOptions& options) {
  const absl::StatusOr<std::vector<Gradient>> got = build(graph, c);
  if (c.build_error.code != 0) return {difference(got.ok() ? absl::OkStatus() : got.status(), c.build_error)};
  if (!got.ok()) return failed(got.status(), "gradients()");
  std::vector<Wanted> wanted;
  for (size_t i = 0; i < c.expected.size() && i < got->size(); ++i) {
    const std::string text = want((*got)[i], c.expected[i], c.xs[i], wanted);
    if (!text.empty()) return {text};
  }
  const Session session(graph, {.threads = options.threads, .engine = options.engine});
  if (Outcome outcome = run_before(session, c.before, options); !outcome.failure.empty()) return outcome;
  if (wanted.empty()) return {};
  RunArguments arguments{.feeds = feeds_of(c.feeds)};
  for (const Wanted& w : wanted) arguments.fetches.emplace_back(w.tensor);
  arguments.options.timeout = options.time_limit;
  const auto results = session.run(arguments);
  if (!results.ok()) return failed(results.status(), "the gradients");
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string text = difference((*results)[i], *wanted[i].expected);
    if (!text.empty()) return {str_cat(wanted[i].what, ": ", text)};
  }
  return {};
}

}  // namespace weft::replay
