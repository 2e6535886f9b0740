// Comparing a graph with one that TensorFlow wrote, and numbers with those it printed.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "pbtxt_graph.h"

namespace weft::testing {

// "%.9g", as the recorded values are written.
inline std::string digits(float value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
  return text;
}

// The graph has no error and is, node by node, that of the file in data/golden_graphs.
inline void expect_graph(const Graph& graph, const std::string& file) {
  ASSERT_TRUE(graph.status().ok()) << graph.status();
  const auto expected = read_pbtxt(std::string(WEFT_TEST_DATA) + "/golden_graphs/" + file);
  ASSERT_FALSE(expected.empty()) << file;
  EXPECT_EQ(differences(expected, graph_text(graph)), "");
}

}  // namespace weft::testing
