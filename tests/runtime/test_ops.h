// Small ops for tests of engines and sessions, and functions that add them to a graph.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/kernel/variable_resource.h"

namespace weft::test {

// A kernel factory that serves every node of an op with one closure.
inline KernelTable kernel(KernelFn run, bool cheap = false) {
  return {KernelDef{{}, [run, cheap](const KernelInit&) -> absl::StatusOr<Kernel> { return cheap ? Kernel::inline_kernel(run) : Kernel(run); }}};
}

inline OpDef plain_op(std::string_view name, std::vector<ArgDef> inputs, std::vector<ArgDef> outputs, KernelTable kernels) {
  return OpDef{.name = name,
               .inputs = std::move(inputs),
               .outputs = std::move(outputs),
               .shape = unknown_shape,
               .kernels = std::move(kernels),
               .gradient = NoGradientDefined{}};
}

inline const OpDef& noop_op() {
  static const OpDef& op = *new OpDef(plain_op("TestNoOp", {}, {}, kernel([](KernelContext&) { return absl::OkStatus(); }, true)));
  return op;
}

inline const OpDef& placeholder_op() {
  static const OpDef& op = *new OpDef{.name = "TestPlaceholder",
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {type_attribute("dtype"), attribute("shape", AttrType::kShape, PartialShape())},
                                      .is_placeholder = true,
                                      .shape = [](ShapeContext& c) -> absl::Status {
                                        c.set_output(0, c.get<PartialShape>("shape"));
                                        return absl::OkStatus();
                                      },
                                      .gradient = NoGradientDefined{}};
  return op;
}

inline const OpDef& constant_op() {
  static const OpDef& op = *new OpDef{.name = "TestConst",
                                      .outputs = {{"output", type_attr("dtype")}},
                                      .attrs = {attribute("value", AttrType::kTensor), type_attribute("dtype")},
                                      .shape = unknown_shape,
                                      .kernels = {KernelDef{{},
                                                            [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                                              return Kernel::inline_kernel([value = init.get<Tensor>("value")](KernelContext& c) {
                                                                c.set_output(0, value);
                                                                return absl::OkStatus();
                                                              });
                                                            }}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// float z = x + 2 y, elementwise with wrap-around of the shorter one, so that any shapes go together.
inline absl::Status mix(KernelContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& y = c.input(1);
  Tensor* out = nullptr;
  WEFT_RETURN_IF_ERROR(c.forward_or_allocate({0, 1}, 0, x.num_elements() >= y.num_elements() ? x.shape() : y.shape(), &out));
  const int64_t n = out->num_elements();
  const int64_t nx = x.num_elements();
  const int64_t ny = y.num_elements();
  if (nx == 0 || ny == 0) {
    std::fill_n(out->data<float>(), n, 1.0f);
    return absl::OkStatus();
  }
  const float* a = x.data<float>();
  const float* b = y.data<float>();
  float* z = out->data<float>();
  if ((nx != n && z == a) || (ny != n && z == b)) return internal("forwarded memory of another size");
  c.parallel_for(n, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) z[i] = a[i % nx] * 0.5f + b[i % ny] * 0.25f + 1.0f;
  });
  return absl::OkStatus();
}
inline const OpDef& mix_op() {
  static const OpDef& op = *new OpDef(plain_op("TestMix", {{"x", DType::kFloat32}, {"y", DType::kFloat32}}, {{"z", DType::kFloat32}}, kernel(mix)));
  return op;
}

// The sum of all elements, in order.
inline const OpDef& sum_op() {
  static const OpDef& op =
      *new OpDef(plain_op("TestSum", {{"x", DType::kFloat32}}, {{"y", DType::kFloat32}}, kernel([](KernelContext& c) -> absl::Status {
                            Tensor* out = nullptr;
                            WEFT_RETURN_IF_ERROR(c.allocate_output(0, Shape{}, &out));
                            float sum = 0;
                            for (const float v : c.input(0).flat<float>()) sum += v;
                            out->data<float>()[0] = sum;
                            return absl::OkStatus();
                          })));
  return op;
}

// Its input, in the same memory.
inline const OpDef& same_op() {
  static const OpDef& op = *new OpDef(plain_op("TestSame", {{"x", DType::kFloat32}}, {{"y", DType::kFloat32}},
                                               kernel(
                                                   [](KernelContext& c) {
                                                     c.set_output(0, c.input(0));
                                                     return absl::OkStatus();
                                                   },
                                                   true)));
  return op;
}

inline const OpDef& variable_op() {
  static const OpDef& op = *new OpDef{.name = "TestVariable",
                                      .outputs = {{"handle", DType::kResource}},
                                      .attrs = {string_attribute("shared_name", ""), string_attribute("container", "")},
                                      .is_stateful = true,
                                      .shape = unknown_shape,
                                      .kernels = {KernelDef{{},
                                                            [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                                              auto made = init.resources().lookup_or_create<VariableResource>(
                                                                  "", init.name(), [&]() -> absl::StatusOr<std::shared_ptr<VariableResource>> {
                                                                    auto v = std::make_shared<VariableResource>(std::string(init.name()), "",
                                                                                                                DType::kFloat32, PartialShape());
                                                                    v->value = Tensor::scalar_of(1.0f);
                                                                    v->initialized = true;
                                                                    return v;
                                                                  });
                                                              if (!made.ok()) return made.status();
                                                              ResourceHandle handle;
                                                              handle.resource = *made;
                                                              return Kernel::inline_kernel([value = Tensor::scalar_of(handle)](KernelContext& c) {
                                                                c.set_output(0, value);
                                                                return absl::OkStatus();
                                                              });
                                                            }}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

inline VariableResource& variable_of(KernelContext& c) { return static_cast<VariableResource&>(*c.input(0).data<ResourceHandle>()[0].resource); }

inline const OpDef& read_op() {
  static const OpDef& op = *new OpDef{.name = "TestRead",
                                      .inputs = {{"handle", DType::kResource}},
                                      .outputs = {{"value", DType::kFloat32}},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kRead,
                                      .shape = unknown_shape,
                                      .kernels = kernel(
                                          [](KernelContext& c) -> absl::Status {
                                            Tensor value;
                                            WEFT_RETURN_IF_ERROR(variable_of(c).read(&value));
                                            c.set_output(0, std::move(value));
                                            return absl::OkStatus();
                                          },
                                          true),
                                      .gradient = NoGradientDefined{}};
  return op;
}

// variable = 0.5 variable + sum of the value: order matters.
inline const OpDef& update_op() {
  static const OpDef& op = *new OpDef{.name = "TestUpdate",
                                      .inputs = {{"handle", DType::kResource}, {"value", DType::kFloat32}},
                                      .is_stateful = true,
                                      .variable_access = VariableAccess::kReadWrite,
                                      .shape = unknown_shape,
                                      .kernels = kernel([](KernelContext& c) -> absl::Status {
                                        VariableResource& variable = variable_of(c);
                                        const std::lock_guard<std::mutex> lock(variable.mutex);
                                        WEFT_RETURN_IF_ERROR(variable.make_unique());
                                        float sum = 0;
                                        for (const float v : c.input(1).flat<float>()) sum += v;
                                        float* x = variable.value.data<float>();
                                        x[0] = x[0] * 0.5f + sum;
                                        return absl::OkStatus();
                                      }),
                                      .gradient = NoGradientDefined{}};
  return op;
}

// Keeps its input in the variable.
inline const OpDef& keep_op() {
  static const OpDef& op = *new OpDef{.name = "TestKeep",
                                      .inputs = {{"handle", DType::kResource}, {"value", DType::kFloat32}},
                                      .is_stateful = true,
                                      .keeps_input = true,
                                      .variable_access = VariableAccess::kWrite,
                                      .shape = unknown_shape,
                                      .kernels = kernel([](KernelContext& c) -> absl::Status {
                                        VariableResource& variable = variable_of(c);
                                        const std::lock_guard<std::mutex> lock(variable.mutex);
                                        variable.value = c.input(1);
                                        return absl::OkStatus();
                                      }),
                                      .gradient = NoGradientDefined{}};
  return op;
}

// As TestKeep, but its op does not say so.
inline const OpDef& keep_secretly_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef o = keep_op();
    o.name = "TestKeepSecretly";
    o.keeps_input = false;
    return o;
  }());
  return op;
}

// An op with one float output, made of a closure that must outlive the graph.
inline const OpDef& custom_op(Graph& graph, std::string_view name, int num_inputs, KernelTable kernels) {
  std::vector<ArgDef> inputs;
  static constexpr std::string_view kNames[] = {"a", "b", "c", "d"};
  for (int i = 0; i < num_inputs; ++i) inputs.push_back({kNames[i], DType::kFloat32});
  auto op = std::make_shared<OpDef>(plain_op(name, std::move(inputs), {{"out", DType::kFloat32}}, std::move(kernels)));
  op->is_stateful = true;
  graph.own(op);
  return *op;
}

inline Node* add(Graph& graph, const OpDef& op, std::vector<Output> inputs = {}, std::string name = "", std::vector<Operation> controls = {},
                 AttrMap attrs = {}, std::source_location where = std::source_location::current()) {
  NodeSpec spec{.op = &op, .name = std::move(name), .inputs = std::move(inputs), .control_inputs = std::move(controls), .attrs = std::move(attrs)};
  spec.location = where;
  const auto node = graph.add_node(std::move(spec));
  return node.ok() ? *node : nullptr;
}

inline Output placeholder(Graph& graph, PartialShape shape, std::string name, DType dtype = DType::kFloat32,
                          std::source_location where = std::source_location::current()) {
  AttrMap attrs;
  attrs.set("dtype", dtype);
  attrs.set("shape", std::move(shape));
  return add(graph, placeholder_op(), {}, std::move(name), {}, std::move(attrs), where)->output();
}

inline Output constant(Graph& graph, Tensor value, std::string name = "const", std::source_location where = std::source_location::current()) {
  AttrMap attrs;
  attrs.set("dtype", value.dtype());
  attrs.set("value", std::move(value));
  return add(graph, constant_op(), {}, std::move(name), {}, std::move(attrs), where)->output();
}

inline Output mix(Graph& graph, Output x, Output y, std::string name = "mix", std::source_location where = std::source_location::current()) {
  return add(graph, mix_op(), {x, y}, std::move(name), {}, {}, where)->output();
}
inline Output variable(Graph& graph, std::string name) { return add(graph, variable_op(), {}, std::move(name))->output(); }
inline Output read(Graph& graph, Output handle, std::string name = "read", std::source_location where = std::source_location::current()) {
  return add(graph, read_op(), {handle}, std::move(name), {}, {}, where)->output();
}
inline Operation update(Graph& graph, Output handle, Output value, std::string name = "update",
                        std::source_location where = std::source_location::current()) {
  return Operation(add(graph, update_op(), {handle, value}, std::move(name), {}, {}, where));
}

}  // namespace weft::test
