// Names: which are taken, which are given instead, what is said of those that are not there. Texts and numbers are TensorFlow's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_ops.h"

namespace weft {
namespace {

using test::add;
using test::bundle_op;
using test::join_op;
using test::source;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string text_of(const absl::Status& status) { return std::string(message(status)); }

TEST(UniqueName, CountsWithoutCase) {
  Graph graph;
  EXPECT_EQ(graph.unique_name("q"), "q");
  EXPECT_EQ(graph.unique_name("q", false), "q_1");
  EXPECT_EQ(graph.unique_name("q", false), "q_1") << "asking takes nothing";
  EXPECT_EQ(graph.unique_name("Q"), "Q_1");
  EXPECT_EQ(graph.unique_name("q"), "q_2");
}

TEST(UniqueName, SkipsWhatWasTakenByItself) {
  Graph graph;
  for (const char* name : {"a", "a_1", "A_2"}) graph.unique_name(name);
  EXPECT_EQ(graph.unique_name("a"), "a_3");
  EXPECT_EQ(graph.unique_name("a_1"), "a_1_1");
}

TEST(NodeNames, ThatTakeAScopeStayTheirOwn) {
  Graph graph;
  EXPECT_EQ(source(graph, {}, "a/").op().name(), "a");
  EXPECT_EQ(source(graph, {}, "a").op().name(), "a_1") << "not a second a";
  EXPECT_EQ(source(graph, {}, "a/").op().name(), "a_2");
  EXPECT_EQ(graph.find_node("a")->id(), 0);
}

TEST(NodeNames, OfAFailedNodeMayBeUsedAgainByNobody) {
  Graph graph;
  const Output a = source(graph, {2}, "a");
  EXPECT_FALSE(add(graph, join_op(), {a, source(graph, {3}, "b")}, "sum").ok());
  EXPECT_EQ(graph.find_node("sum"), nullptr);
  EXPECT_TRUE(add(graph, join_op(), {a, a}, "sum").ok());
}

TEST(LookUp, OperationsByName) {
  Graph graph;
  source(graph, {}, "x");
  EXPECT_EQ(graph.get_operation_by_name("x")->name(), "x");
  EXPECT_EQ(graph.get_operation_by_name("nope").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(text_of(graph.get_operation_by_name("nope").status()), StartsWith("The name 'nope' refers to an Operation not in the graph."));
  EXPECT_EQ(graph.get_operation_by_name("").status().code(), absl::StatusCode::kNotFound);
  for (const char* tensor : {"x:0", "x:y", "x:"}) {
    EXPECT_EQ(graph.get_operation_by_name(tensor).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(text_of(graph.get_operation_by_name(tensor).status()),
                StartsWith(str_cat("Name '", tensor, "' appears to refer to a Tensor, not a Operation")));
  }
}

TEST(LookUp, TensorsByName) {
  Graph graph;
  source(graph, {}, "x");
  EXPECT_EQ(graph.get_tensor_by_name("x:0")->name(), "x:0");
  EXPECT_EQ(graph.get_tensor_by_name("x:00")->name(), "x:0");
  constexpr const char* kForm = "Tensor names must be of the form \"<op_name>:<output_index>\".";
  const auto refused = [&](const char* name, absl::StatusCode code, const std::string& text) {
    const absl::Status status = graph.get_tensor_by_name(name).status();
    EXPECT_EQ(status.code(), code) << name;
    EXPECT_THAT(text_of(status), StartsWith(text));
  };
  constexpr auto kBad = absl::StatusCode::kInvalidArgument;
  constexpr auto kAbsent = absl::StatusCode::kNotFound;
  refused("x", kBad, str_cat("The name 'x' refers to an Operation, not a Tensor. ", kForm));
  refused("nope", kBad, str_cat("The name 'nope' looks like an (invalid) Operation name, not a Tensor. ", kForm));
  refused("x:y", kBad, str_cat("The name 'x:y' looks a like a Tensor name, but is not a valid one. ", kForm));
  refused("x:99999999999", kBad, "The name 'x:99999999999' looks a like a Tensor name, but is not a valid one.");
  refused("x:7", kAbsent, "The name 'x:7' refers to a Tensor which does not exist. The operation, 'x', exists but only has 1 outputs.");
  refused("nope:0", kAbsent, "The name 'nope:0' refers to a Tensor which does not exist. The operation, 'nope', does not exist in the graph.");
  refused(":0", kAbsent, "The name ':0' refers to a Tensor which does not exist. The operation, '', does not exist in the graph.");
}

}  // namespace
}  // namespace weft
