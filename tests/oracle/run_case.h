// What the tests of recorded gradients and optimizers share.
#pragma once

#include "case.h"
#include "weft/session/session.h"

namespace weft::oracle {

// The tensor "x:0", failed and a failure of the test when there is none.
Output tensor_named(Graph& graph, const std::string& name);

// Builds the case's nodes and variables in an empty graph; false and a failure of the test when that fails.
bool import_case(Graph& graph, const Case& c);

void run_targets(const Session& session, const std::vector<std::string>& names);
RunArguments with_feeds(const std::vector<NamedTensor>& feeds);

// Building has to fail with TensorFlow's code.
void expect_build_error(const Graph& graph, const absl::Status& other, const Error& expected);

// Calls `check` with each case of the folder data/oracle/`kind`; how many there were.
int for_each_case(const std::string& kind, void (*check)(const Case&));

}  // namespace weft::oracle
