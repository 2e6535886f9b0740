// Pictures of graphs for Graphviz.
//
//   std::ofstream out("train.dot");
//   write_dot(graph, {.max_depth = 2}, out);        // dot -Tsvg train.dot -o train.svg
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

struct DotOptions {
  std::string title = {};          // above the picture; "": the graph's name
  int max_depth = -1;              // scopes deeper than this are drawn as one box; -1: none is
  int max_nodes = 400;             // nodes drawn; the rest is one box "+N nodes". Graphviz takes minutes beyond a few hundred
  bool show_shapes = true;         // dtype and shape beside each edge
  bool show_attributes = true;     // key attributes in each node
  bool show_control_edges = true;  // dashed
  bool left_to_right = false;
};

// Writes the whole graph as a Graphviz digraph: scopes as clusters; op and key attributes in each node; dtype and shape on the edges;
// control edges dashed; variables as boxes, constants small and grey; forward, gradient and update nodes in their own colours. The
// order is that of creation, so equal graphs give equal files.
void write_dot(const Graph& graph, const DotOptions& options, std::ostream& out);

// Only the nodes that `targets` need.
void write_dot(const Graph& graph, absl::Span<const Operation> targets, const DotOptions& options, std::ostream& out);

}  // namespace weft
