// What may be differentiated, and by what.
#include "src/gradients/operands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weft/ops/array_ops.h"
#include "weft/ops/variable_ops.h"
#include "weft/session/session.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

class Operands : public ::testing::Test {
 protected:
  std::string refused(const OperandList& operands) {
    EXPECT_FALSE(belong_to(graph, operands, "xs", Loc::current()));
    const auto errors = graph.take_errors();
    return errors.empty() ? "" : std::string(message(errors[0]));
  }
  Graph graph{{.name = "mine"}};
  Output x = placeholder(graph, DType::kFloat32, {.name = "x"});
};

TEST_F(Operands, EachOneThatDoesNotFitIsNamed) {
  Graph other({.name = "other"});
  const Output foreign = placeholder(other, DType::kFloat32, {.name = "foreign"});
  const std::string text = refused({x, foreign});
  EXPECT_THAT(text, HasSubstr("xs[1] 'foreign:0'"));
  EXPECT_THAT(text, HasSubstr("graph 'other'"));
  EXPECT_THAT(text, HasSubstr("graph 'mine'"));
  EXPECT_THAT(refused({Output()}), HasSubstr("xs[0] is an empty Output"));
  EXPECT_THAT(refused({Variable()}), HasSubstr("xs[0] is an empty Variable"));
  EXPECT_THAT(refused({x, 1.0f}), HasSubstr("xs[1] is a constant of the program"));
  EXPECT_EQ(refused({Output::failed(&graph)}), "") << "its own error was recorded when it failed";
  EXPECT_TRUE(belong_to(graph, {x}, "xs", Loc::current()));
}

TEST_F(Operands, TheGraphOfTheFirstThatHasOne) {
  EXPECT_EQ(graph_of({2.0f, x}), &graph);
  EXPECT_EQ(graph_of({2.0f}), nullptr);
  EXPECT_EQ(graph_of({}), nullptr);
}

TEST_F(Operands, AVariableStandsForItsHandle) {
  const Variable v = variable(graph, 1.0f, {.name = "v"});
  EXPECT_EQ(differentiation_targets({v, x}), (std::vector<Output>{v.handle(), x}));
}

TEST_F(Operands, ZerosOfAVariableHaveItsShapeAndDtype) {
  const Variable known = variable(graph, Tensor::zeros(DType::kFloat64, {2, 3}), {.name = "known"});
  for (const bool optimize : {true, false}) {
    const Output zeros = zeros_like_value(known.handle(), optimize);
    const Session session(graph, {.threads = 1});
    ASSERT_TRUE(session.run(global_variables_initializer(graph)).ok());
    const auto got = session.run(zeros);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_TRUE(equal((*got)[0], Tensor::zeros(DType::kFloat64, {2, 3})));
  }
}

}  // namespace
}  // namespace weft
