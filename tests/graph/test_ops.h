// Small ops for tests of the graph module, which knows no real ones.
#pragma once

#include "weft/graph/graph.h"

namespace weft::test {

// Op "Source": a float value of attribute `shape`.
inline const OpDef& source_op() {
  static const OpDef& op = *new OpDef{.name = "Source",
                                      .outputs = {{"out", type_attr("T")}},
                                      .attrs = {type_attribute("T", {}, DType::kFloat32), attribute("shape", AttrType::kShape, PartialShape())},
                                      .is_stateful = true,
                                      .shape = [](ShapeContext& c) -> absl::Status {
                                        c.set_output(0, c.get<PartialShape>("shape"));
                                        return absl::OkStatus();
                                      },
                                      .gradient = NotDifferentiable{"a source"}};
  return op;
}

// Op "Join": two tensors of one type, broadcast.
inline const OpDef& join_op() {
  static const OpDef& op =
      *new OpDef{.name = "Join",
                 .inputs = {{"x", type_attr("T")}, {"y", type_attr("T")}},
                 .outputs = {{"z", type_attr("T")}},
                 .attrs = {type_attribute("T", kFloatTypes | kIndexTypes), int_attribute("k", 1, 0), string_attribute("mode", "a", {"a", "b"})},
                 .shape = broadcast_shape,
                 .gradient = NoGradientDefined{}};
  return op;
}

// Op "Bundle": N tensors of one type and a list of any types; as many outputs.
inline const OpDef& bundle_op() {
  static const OpDef& op = *new OpDef{.name = "Bundle",
                                      .inputs = {{"values", list_of("N", type_attr("T"))}, {"rest", type_list("Trest")}},
                                      .outputs = {{"outs", list_of("N", type_attr("T"))}, {"others", type_list("Trest")}},
                                      .attrs = {int_attribute("N", {}, 1), type_attribute("T"), attribute("Trest", AttrType::kListType)},
                                      .shape = unknown_shape,
                                      .gradient = NoGradientDefined{}};
  return op;
}

inline Output source(Graph& graph, PartialShape shape = {}, std::string name = "Source", DType dtype = DType::kFloat32,
                     std::source_location where = std::source_location::current()) {
  NodeSpec spec;
  spec.op = &source_op();
  spec.name = std::move(name);
  spec.attrs.set("shape", shape);
  spec.attrs.set("T", dtype);
  spec.location = where;
  const auto node = graph.add_node(std::move(spec));
  return node.ok() ? (*node)->output() : Output::failed(&graph);
}

inline absl::StatusOr<Node*> add(Graph& graph, const OpDef& op, std::vector<Output> inputs, std::string name = "",
                                 std::source_location where = std::source_location::current()) {
  NodeSpec spec;
  spec.op = &op;
  spec.name = std::move(name);
  spec.inputs = std::move(inputs);
  spec.location = where;
  return graph.add_node(std::move(spec));
}

}  // namespace weft::test
