// Runs one recorded case in a graph and a session of its own.
#pragma once

#include <string>

#include "tools/weft/replay/oracle_case.h"
#include "weft/graph/graph.h"
#include "weft/session/session.h"

namespace weft::replay {

struct ReplayOptions {
  int threads = 1;
  EngineKind engine = EngineKind::kAuto;
  absl::Duration time_limit = absl::Seconds(30);  // of one step
};

struct Outcome {
  std::string failure;         // "" when the case passed
  bool unimplemented = false;  // failed because an op or a kernel is missing
};

Outcome run_case(const OracleCase& oracle_case, const ReplayOptions& options);

// The parts, for each kind of case. They return what differs, or "".
Outcome run_replay(const ReplayCase& replay, Graph& graph, const ReplayOptions& options);
Outcome run_gradient(const OracleCase& oracle_case, const GradientCase& gradient, Graph& graph, const ReplayOptions& options);
Outcome run_optimizer(const OracleCase& oracle_case, const OptimizerCase& optimizer, Graph& graph, const ReplayOptions& options);

// What cases of all kinds do.
Outcome failed(const absl::Status& status, std::string_view where);
RunArguments arguments_of(const Step& step, const ReplayOptions& options);
// Runs steps of which nothing but success is expected.
Outcome run_before(const Session& session, const std::vector<Step>& steps, const ReplayOptions& options);
std::vector<Feed> feeds_of(const std::vector<NamedTensor>& tensors);

}  // namespace weft::replay
