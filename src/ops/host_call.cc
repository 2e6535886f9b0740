#include "weft/ops/host_call.h"

#include <map>
#include <memory>

#include "src/ops/op_lists.h"

namespace weft {

namespace {

// The functions of one graph by token: an attribute cannot hold a function.
struct HostFunctions {
  std::map<std::string, std::shared_ptr<const HostFunction>, std::less<>> by_token;
};

absl::StatusOr<Kernel> make_host_call(const KernelInit& init) {
  const std::string token = init.get<std::string>("token");
  const auto& functions = init.node().graph().extension<HostFunctions>().by_token;
  const auto it = functions.find(token);
  if (it == functions.end()) {
    return not_found("no host function is registered under token '", token, "': call register_host_function before the first run");
  }
  std::vector<PartialShape> shapes;
  for (int i = 0; i < init.num_outputs(); ++i) shapes.push_back(init.node().output_shape(i));
  return Kernel([function = it->second, token, shapes](KernelContext& context) -> absl::Status {
    std::vector<Tensor> inputs;
    for (int i = 0; i < context.num_inputs(); ++i) inputs.push_back(context.input(i));
    WEFT_ASSIGN_OR_RETURN(std::vector<Tensor> results, (*function)(inputs));
    if (static_cast<int>(results.size()) != context.num_outputs()) {
      return invalid_argument("host function '", token, "' returned ", results.size(), " tensors, the node has ", context.num_outputs(), " outputs");
    }
    for (int i = 0; i < context.num_outputs(); ++i) {
      Tensor& result = results[static_cast<size_t>(i)];
      const PartialShape& shape = shapes[static_cast<size_t>(i)];
      if (result.dtype() != context.output_dtype(i) || !shape.is_compatible_with(result.shape())) {
        return invalid_argument(i, "-th value returned by host function '", token, "' is ", result.describe(), ", but expects ",
                                dtype_name(context.output_dtype(i)), " ", shape.to_string());
      }
      context.set_output(i, std::move(result));
    }
    return absl::OkStatus();
  });
}

OpDef py_func_definition(std::string_view name, bool stateful) {
  return OpDef{.name = name,
               .inputs = {{"input", type_list("Tin")}},
               .outputs = {{"output", type_list("Tout")}},
               .attrs = {attribute("token", AttrType::kString),
                         {.name = "Tin", .type = AttrType::kListType, .minimum = 0},
                         {.name = "Tout", .type = AttrType::kListType, .minimum = 0}},
               .is_stateful = stateful,
               .keeps_input = true,  // the function may hold on to what it is given
               .shape = unknown_shape,
               .kernels = {{.make = make_host_call}},
               .gradient = NotDifferentiable{"a call of the host's function has no gradient unless HostCallOptions::gradient gives one"}};
}

}  // namespace

// PyFunc: calls the function registered under `token` in each step that needs it.
const OpDef& py_func_op() {
  static const OpDef& op = *new OpDef(py_func_definition("PyFunc", true));
  return op;
}

// PyFuncStateless: as PyFunc, but the value depends on the inputs only.
const OpDef& py_func_stateless_op() {
  static const OpDef& op = *new OpDef(py_func_definition("PyFuncStateless", false));
  return op;
}

OpList host_call_ops() { return {&py_func_op(), &py_func_stateless_op()}; }

void register_host_function(Graph& graph, std::string token, HostFunction function) {
  graph.extension<HostFunctions>().by_token[std::move(token)] = std::make_shared<const HostFunction>(std::move(function));
}

std::vector<Output> host_call(Graph& graph, HostFunction function, absl::Span<const Operand> inputs, HostCallOptions options, Loc where) {
  const std::string token = str_cat("host_function_", graph.extension<HostFunctions>().by_token.size());
  register_host_function(graph, token, std::move(function));
  OpBuilder builder(graph, options.stateful ? py_func_op() : py_func_stateless_op(), options.name.empty() ? "PyFunc" : options.name, where);
  builder.input_list(inputs).attr("token", token).attr("Tout", options.dtypes);
  if (options.gradient) {
    graph.register_gradient(token, std::move(options.gradient));
    builder.attr("_gradient_op_type", token);
  }
  std::vector<Output> outputs = builder.outputs();
  outputs.resize(options.dtypes.size(), Output::failed(&graph));
  for (size_t i = 0; i < outputs.size() && i < options.shapes.size(); ++i) outputs[i].set_shape(options.shapes[i], where);
  return outputs;
}

}  // namespace weft
