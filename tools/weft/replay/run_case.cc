#include "tools/weft/replay/run_case.h"

#include <algorithm>

#include "tools/weft/replay/comparison.h"
#include "weft/formats/import_graph_def.h"

namespace weft::replay {

Outcome failed(const absl::Status& status, std::string_view where) {
  return {str_cat(where, ": ", status.ToString()), status.code() == absl::StatusCode::kUnimplemented};
}

std::vector<Feed> feeds_of(const std::vector<NamedTensor>& tensors) {
  std::vector<Feed> feeds;
  for (const NamedTensor& tensor : tensors) feeds.emplace_back(tensor.name, tensor.value);
  return feeds;
}

RunArguments arguments_of(const Step& step, const ReplayOptions& options) {
  RunArguments arguments{.feeds = feeds_of(step.feeds)};
  for (const std::string& fetch : step.fetches) arguments.fetches.emplace_back(fetch);
  for (const std::string& target : step.targets) arguments.targets.emplace_back(target);
  arguments.options.timeout = step.timeout_ms > 0 ? absl::Milliseconds(step.timeout_ms) : options.time_limit;
  return arguments;
}

Outcome run_before(const Session& session, const std::vector<Step>& steps, const ReplayOptions& options) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto results = session.run(arguments_of(steps[i], options));
    if (!results.ok()) return failed(results.status(), str_cat("before, step ", i));
  }
  return {};
}

Outcome run_replay(const ReplayCase& replay, Graph& graph, const ReplayOptions& options) {
  const Session session(graph, {.threads = options.threads, .engine = options.engine});
  for (size_t i = 0; i < replay.steps.size(); ++i) {
    const Step& step = replay.steps[i];
    if (step.partial_run != 0) return {"partial runs are not implemented", true};
    const auto results = session.run(arguments_of(step, options));
    if (step.error.code != 0) {
      const std::string text = difference(results.ok() ? absl::OkStatus() : results.status(), step.error);
      if (!text.empty()) return {str_cat("step ", i, ": ", text), results.status().code() == absl::StatusCode::kUnimplemented};
      continue;
    }
    if (!results.ok()) return failed(results.status(), str_cat("step ", i));
    for (size_t f = 0; f < step.expected.size() && f < results->size(); ++f) {
      const std::string text = difference((*results)[f], step.expected[f]);
      if (!text.empty()) return {str_cat("step ", i, ", fetch '", step.fetches[f], "': ", text)};
    }
  }
  return {};
}

Outcome run_case(const OracleCase& oracle_case, const ReplayOptions& options) {
  const absl::StatusOr<GraphDef> graph_def = parse_graph_def(oracle_case.graph_def);
  if (!graph_def.ok()) return failed(graph_def.status(), "the graph");
  Graph graph({.name = oracle_case.id});
  const auto imported = import_graph_def(graph, *graph_def);
  if (!imported.ok()) return failed(imported.status(), "import");
  if (const auto* replay = std::get_if<ReplayCase>(&oracle_case.kind)) return run_replay(*replay, graph, options);
  if (const auto* gradient = std::get_if<GradientCase>(&oracle_case.kind)) return run_gradient(oracle_case, *gradient, graph, options);
  return run_optimizer(oracle_case, std::get<OptimizerCase>(oracle_case.kind), graph, options);
}

}  // namespace weft::replay
