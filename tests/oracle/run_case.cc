#include "run_case.h"

#include <gtest/gtest.h>

#include "graph_def.h"

namespace weft::oracle {

Output tensor_named(Graph& graph, const std::string& name) {
  const auto output = graph.get_tensor_by_name(name);
  EXPECT_TRUE(output.ok()) << output.status();
  return output.ok() ? *output : Output::failed(&graph);
}

bool import_case(Graph& graph, const Case& c) {
  absl::Status status = import_nodes(graph, c.graph_def);
  if (status.ok()) status = import_variables(graph, c.variables);
  EXPECT_TRUE(status.ok()) << status;
  return status.ok();
}

void run_targets(const Session& session, const std::vector<std::string>& names) {
  RunArguments arguments;
  for (const std::string& name : names) arguments.targets.push_back(name);
  const auto result = session.run(arguments);
  EXPECT_TRUE(result.ok()) << result.status();
}

RunArguments with_feeds(const std::vector<NamedTensor>& feeds) {
  RunArguments arguments;
  for (const NamedTensor& feed : feeds) arguments.feeds.emplace_back(feed.name, feed.tensor);
  return arguments;
}

void expect_build_error(const Graph& graph, const absl::Status& other, const Error& expected) {
  const absl::Status status = graph.errors().empty() ? other : graph.status();
  EXPECT_EQ(static_cast<int>(status.code()), expected.code) << status << "\nTensorFlow: " << expected.message;
}

int for_each_case(const std::string& kind, void (*check)(const Case&)) {
  int cases = 0;
  for (const std::string& file : case_files(std::string(WEFT_TEST_DATA) + "/oracle/" + kind)) {
    const std::vector<Case> all = read_cases(file);
    EXPECT_FALSE(all.empty()) << file;
    for (const Case& c : all) {
      SCOPED_TRACE(c.id);
      check(c);
      ++cases;
    }
  }
  return cases;
}

}  // namespace weft::oracle
