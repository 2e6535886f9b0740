// Accesses of one variable: which pairs get an order, and what is said about them. Random graphs are compared with a search for paths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "src/runtime/draft.h"
#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class Accesses : public ::testing::Test {
 protected:
  Draft draft_of(std::vector<Operation> targets) {
    auto draft = prune({&graph, {}, {}, std::move(targets)});
    EXPECT_TRUE(draft.ok()) << draft.status();
    EXPECT_TRUE(schedule(*draft).ok());
    order_variable_accesses(*draft);
    return *std::move(draft);
  }
  static std::string pairs(const Draft& draft) {
    std::string text;
    for (const auto& order : draft.orders)
      str_append(text, text.empty() ? "" : ", ", draft.nodes[static_cast<size_t>(order.before)].source->name(), " < ",
                 draft.nodes[static_cast<size_t>(order.after)].source->name());
    return text;
  }
  Operation noop_after(std::vector<Operation> controls) { return Operation(add(graph, noop_op(), {}, "after", std::move(controls))); }

  Graph graph;
  Output v = variable(graph, "v");
  Output one = constant(graph, Tensor::scalar_of(1.0f), "one");
};

TEST_F(Accesses, NeighboursOnly) {
  const Output r1 = read(graph, v, "r1");
  const Output r2 = read(graph, v, "r2");
  const Operation w1 = update(graph, v, one, "w1");
  const Operation w2 = update(graph, v, one, "w2");
  const Output r3 = read(graph, v, "r3");
  EXPECT_EQ(pairs(draft_of({r1.op(), r2.op(), w1, w2, r3.op()})), "r1 < w1, r2 < w1, w1 < w2, w2 < r3");
}

TEST_F(Accesses, ControlEdgesAndDataCount) {
  const Output r1 = read(graph, v, "r1");
  const Operation w1 = update(graph, v, mix(graph, r1, one), "w1");  // by data
  const Operation step = noop_after({w1});
  const Operation w2(add(graph, update_op(), {v, one}, "w2", {step}));  // by control, through another node
  EXPECT_EQ(pairs(draft_of({w2})), "");
  EXPECT_TRUE(draft_of({w2}).diagnostics.empty());
}

TEST_F(Accesses, OfTwoVariablesNeedNoOrder) {
  const Output other = variable(graph, "other");
  EXPECT_EQ(pairs(draft_of({update(graph, v, one, "w1"), update(graph, other, one, "w2")})), "");
}

TEST_F(Accesses, ASharedNameIsOneVariable) {
  AttrMap attrs;
  attrs.set("shared_name", std::string("v"));
  const Output alias = add(graph, variable_op(), {}, "alias", {}, std::move(attrs))->output();
  EXPECT_EQ(pairs(draft_of({update(graph, v, one, "w1"), update(graph, alias, one, "w2")})), "w1 < w2");
}

TEST_F(Accesses, TheMessageNamesBothAndTheVariable) {
  const Output before = read(graph, v, "before");
  const Operation step = update(graph, v, one, "step");
  const Draft draft = draft_of({before.op(), step});
  ASSERT_EQ(draft.diagnostics.size(), 1u);
  const Diagnostic& d = draft.diagnostics[0];
  EXPECT_EQ(d.kind, Diagnostic::Kind::kUnorderedAccess);
  EXPECT_EQ(d.places[0].node, "before");
  EXPECT_EQ(d.places[1].op, "TestUpdate");
  EXPECT_THAT(d.message, HasSubstr("variable 'v'"));
  EXPECT_THAT(d.message, HasSubstr("order_variable_accesses_test.cc:"));
}

TEST_F(Accesses, MoreThanSixtyFourAtOnce) {  // the bits of one walk
  std::vector<Operation> targets;
  for (int i = 0; i < 200; ++i) targets.push_back(read(graph, v).op());
  targets.push_back(update(graph, v, one, "w"));
  EXPECT_EQ(draft_of(targets).orders.size(), 200u);
}

// After the pass every two accesses of a variable, one a write, are ordered; and no edge was added where a path was.
TEST(RandomAccesses, AreOrderedExactlyWhereNoPathIs) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
    Graph graph;
    const std::vector<Output> variables = {variable(graph, "a"), variable(graph, "b")};
    std::vector<Output> values = {constant(graph, Tensor::scalar_of(1.0f))};
    std::vector<Operation> nodes;
    for (int i = 0; i < 30; ++i) {
      std::vector<Operation> controls;
      if (!nodes.empty() && pick(3) == 0) controls.push_back(nodes[pick(nodes.size())]);
      Node* node = nullptr;
      switch (pick(4)) {
        case 0: node = add(graph, read_op(), {variables[pick(2)]}, "", controls); break;
        case 1: node = add(graph, update_op(), {variables[pick(2)], values[pick(values.size())]}, "", controls); break;
        case 2: node = add(graph, noop_op(), {}, "", controls); break;
        default: node = add(graph, mix_op(), {values[pick(values.size())], values[pick(values.size())]}, "", controls); break;
      }
      nodes.emplace_back(node);
      if (node->num_outputs() > 0) values.push_back(node->output());
    }
    Draft draft = *prune({&graph, {}, {}, nodes});
    ASSERT_TRUE(schedule(draft).ok());
    const size_t n = draft.nodes.size();
    const auto paths = [&](bool with_orders) {
      std::vector<std::set<size_t>> before(n);
      for (size_t i = 0; i < n; ++i) {
        const auto take = [&](int32_t p) {
          before[i].insert(static_cast<size_t>(p));
          before[i].insert(before[static_cast<size_t>(p)].begin(), before[static_cast<size_t>(p)].end());
        };
        for (const DraftValue& value : draft.inputs_of(draft.nodes[i])) take(value.node);
        for (const int32_t control : draft.controls_of(draft.nodes[i])) take(control);
        if (with_orders)
          for (const auto& order : draft.orders)
            if (order.after == static_cast<int32_t>(i)) take(order.before);
      }
      return before;
    };
    const auto graph_paths = paths(false);
    order_variable_accesses(draft);
    for (const auto& order : draft.orders) {
      EXPECT_EQ(graph_paths[static_cast<size_t>(order.after)].count(static_cast<size_t>(order.before)), 0u) << "graph " << seed;
    }
    EXPECT_EQ(draft.diagnostics.size(), draft.orders.size());
    const auto all_paths = paths(true);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; b < n; ++b) {
        const Node& first = *draft.nodes[a].source;
        const Node& second = *draft.nodes[b].source;
        const auto access = [](const Node& node) { return node.op().variable_access; };
        if (access(first) == VariableAccess::kNone || access(second) == VariableAccess::kNone) continue;
        if (access(first) == VariableAccess::kRead && access(second) == VariableAccess::kRead) continue;
        if (first.input(0).node() != second.input(0).node()) continue;
        ASSERT_EQ(all_paths[b].count(a), 1u) << "graph " << seed << ": " << first.name() << " and " << second.name();
      }
    }
  }
}

}  // namespace
}  // namespace weft::test
