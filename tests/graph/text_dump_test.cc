// The graph as text: every part of a node, in the order of building.
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

TEST(TextDump, ShowsAttributesInputsControlsAndOutputs) {
  Graph graph;
  const Output a = test::source(graph, {2}, "a");
  const Output i = test::source(graph, {}, "i", DType::kInt64);
  NodeSpec spec{.op = &test::bundle_op(), .name = "b", .inputs = {a, a, i}, .control_inputs = {i.op()}};
  spec.attrs.set("N", int64_t{2});
  ASSERT_TRUE(graph.add_node(std::move(spec)).ok());
  static const OpDef& quiet = *new OpDef{.name = "Quiet", .shape = no_outputs_shape, .gradient = NoGradientDefined{}};
  ASSERT_TRUE(test::add(graph, quiet, {}, "q").ok());
  EXPECT_EQ(to_text(graph),
            "a = Source[T=float32, shape=[2]]() : float32 [2]\n"
            "i = Source[T=int64, shape=<unknown>]() : int64 <unknown>\n"
            "b = Bundle[N=2, T=float32, Trest=[int64]](a:0, a:0, i:0, ^i) : float32 <unknown>, float32 <unknown>, int64 <unknown>\n"
            "q = Quiet()\n");
}

}  // namespace
}  // namespace weft
