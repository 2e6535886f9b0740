// FunctionLibrary: the functions that a graph's nodes may call, each with a body that is itself a Graph.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weft/graph/output.h"

namespace weft {

class Graph;
struct OpDef;

// A function: arguments are `_Arg` nodes of the body, in order; `returns` are values of the body.
struct Function {
  std::string name;
  std::shared_ptr<const OpDef> signature;
  std::shared_ptr<Graph> body;
  std::vector<Output> returns;
  std::vector<Operation> control_returns;
  std::string gradient;  // name of the gradient function, or ""
};

class FunctionLibrary {
 public:
  const Function* find(std::string_view name) const {
    const auto it = functions_.find(name);
    return it == functions_.end() ? nullptr : it->second.get();
  }
  void add(std::shared_ptr<const Function> function) { functions_[function->name] = std::move(function); }
  const std::map<std::string, std::shared_ptr<const Function>, std::less<>>& all() const { return functions_; }

 private:
  std::map<std::string, std::shared_ptr<const Function>, std::less<>> functions_;
};

}  // namespace weft
