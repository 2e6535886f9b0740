#include "src/runtime/ancestors.h"

#include <gtest/gtest.h>

#include <random>

namespace weft {
namespace {

// Successor lists of a graph given as edges (from, to), from < to.
Plan::Parallel parallel_of(int nodes, const std::vector<std::pair<int, int>>& edges) {
  Plan::Parallel parallel;
  for (int i = 0; i < nodes; ++i) {
    parallel.successor_begin.push_back(static_cast<uint32_t>(parallel.successors.size()));
    for (const auto& [from, to] : edges)
      if (from == i) parallel.successors.push_back(to);
  }
  parallel.successor_begin.push_back(static_cast<uint32_t>(parallel.successors.size()));
  return parallel;
}

TEST(Ancestors, AreWhatPathsLeadFrom) {
  std::mt19937 random(1);
  for (const int nodes : {1, 2, 63, 64, 65, 130}) {  // around the words of the bit rows
    std::vector<std::pair<int, int>> edges;
    for (int to = 1; to < nodes; ++to)
      for (int k = 0; k < 2; ++k)
        if (random() % 3 != 0) edges.emplace_back(static_cast<int>(random() % static_cast<unsigned>(to)), to);
    std::vector<std::vector<bool>> path(static_cast<size_t>(nodes), std::vector<bool>(static_cast<size_t>(nodes)));
    for (int to = 0; to < nodes; ++to)
      for (const auto& [a, b] : edges) {
        if (b != to) continue;
        path[static_cast<size_t>(a)][static_cast<size_t>(to)] = true;
        for (int i = 0; i < a; ++i)
          if (path[static_cast<size_t>(i)][static_cast<size_t>(a)]) path[static_cast<size_t>(i)][static_cast<size_t>(to)] = true;
      }
    const Ancestors ancestors(nodes, parallel_of(nodes, edges));
    for (int a = 0; a < nodes; ++a)
      for (int b = 0; b < nodes; ++b)
        ASSERT_EQ(ancestors.ordered(a, b), path[static_cast<size_t>(a)][static_cast<size_t>(b)]) << a << " before " << b << " of " << nodes;
  }
}

TEST(Ancestors, OfLargePlansAreNotKnown) {
  const Ancestors ancestors(Ancestors::kMaxNodes + 1, parallel_of(2, {{0, 1}}));
  EXPECT_FALSE(ancestors.ordered(0, 1));
}

}  // namespace
}  // namespace weft
