// What builder functions that make several nodes begin with: a name scope and a location scope that last as long as the object.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weft/ops/op_builder.h"

namespace weft {

class Composite {
 public:
  Composite(Graph& graph, std::string_view name, Loc where)
      : graph_(&graph), scope_(graph.name_scope(name)), location_(graph.location_scope(where)) {}
  Graph& graph() const { return *graph_; }
  // Names a node as the scope itself.
  const std::string& name() const { return scope_.name(); }
  Output error(absl::Status status, Loc where) const {
    graph_->add_error(std::move(status), where);
    return Output::failed(graph_);
  }

 private:
  Graph* graph_;
  Scope scope_;
  Scope location_;
};

inline std::string_view name_or(std::string_view name, std::string_view otherwise) { return name.empty() ? otherwise : name; }

}  // namespace weft
