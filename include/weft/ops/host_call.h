// host_call(): a node that calls a function of the host program. TF ops PyFunc and PyFuncStateless.
//
//   Output y = host_call(graph, [](absl::Span<const Tensor> in) -> absl::StatusOr<std::vector<Tensor>> { return std::vector{look_up(in[0])}; },
//                        {keys}, {.dtypes = {DType::kFloat32}, .shapes = {{-1, 8}}})[0];
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

// Gets the inputs' values, returns one tensor for each output. It may run on any thread of the step, several at once; a Status it
// returns becomes the run's error. It must not throw.
using HostFunction = std::function<absl::StatusOr<std::vector<Tensor>>(absl::Span<const Tensor>)>;

struct HostCallOptions {
  std::vector<DType> dtypes = {};         // of the outputs; what the function returns is checked against them
  std::vector<PartialShape> shapes = {};  // of the outputs where known; checked as well
  bool stateful = true;                   // false: called only for its value, and not again when the value is known
  GradientFn gradient = {};               // empty: no gradient flows through the call
  std::string name = {};                  // "PyFunc"
};

// One Output for each dtype in `options`. The function lives as long as the graph.
std::vector<Output> host_call(Graph& graph, HostFunction function, absl::Span<const Operand> inputs, HostCallOptions options = {},
                              Loc where = Loc::current());
inline std::vector<Output> host_call(Graph& graph, HostFunction function, std::initializer_list<Operand> inputs, HostCallOptions options = {},
                                     Loc where = Loc::current()) {
  return host_call(graph, std::move(function), absl::Span<const Operand>(inputs.begin(), inputs.size()), std::move(options), where);
}

// Makes `function` the one that nodes with attribute token=`token` call, for graphs read from files.
void register_host_function(Graph& graph, std::string token, HostFunction function);

const OpDef& py_func_op();
const OpDef& py_func_stateless_op();

}  // namespace weft
