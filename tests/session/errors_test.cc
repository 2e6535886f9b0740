// What users read when a run cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/runtime/test_ops.h"
#include "weft/session/session.h"

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string text(const absl::Status& status) { return std::string(message(status)); }

TEST(SessionErrors, AllMissingPlaceholdersWithTheirPath) {
  Graph graph;
  const Output p = placeholder(graph, {2}, "p");
  const Output q = placeholder(graph, PartialShape::unknown(), "q");
  const Output hidden = mix(graph, p, q, "hidden");
  const Output loss = mix(graph, hidden, hidden, "loss");
  Session session(graph);
  const absl::Status status = session.run(loss).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(text(status),
              AllOf(HasSubstr("You must feed a value for placeholder tensor 'p' with dtype float and shape [2]"), HasSubstr("errors_test.cc:"),
                    HasSubstr("fetch 'loss:0': loss <- hidden <- p"), HasSubstr("placeholder tensor 'q' with dtype float (")));
  EXPECT_TRUE(session.run({.feeds = {{hidden, 1.0f}}, .fetches = {loss}}).ok()) << "a fed value cuts what makes it";
}

TEST(SessionErrors, Feeds) {
  Graph graph;
  const Output p = placeholder(graph, {2, 3}, "p");
  const Output n = placeholder(graph, {}, "n", DType::kInt32);
  const Output y = mix(graph, p, p, "y");
  Session session(graph);
  const auto feed = [&](Feed f) { return text(session.run({.feeds = {std::move(f)}, .fetches = {y}}).status()); };
  EXPECT_THAT(
      feed({p, Tensor(DType::kFloat32, {3, 2})}),
      AllOf(HasSubstr("Cannot feed value of shape (3, 2) for Tensor 'p:0', which has shape '(2, 3)'"), HasSubstr("dimension 0 is 3 but must be 2")));
  EXPECT_THAT(feed({p, Tensor(DType::kFloat32, {3})}), HasSubstr("the value has rank 1, the tensor rank 2"));
  EXPECT_THAT(feed({p, Tensor(DType::kInt32, {2, 3})}), HasSubstr("dtype int32 for Tensor 'p:0', which has dtype float32"));
  EXPECT_THAT(feed({p, Tensor()}), HasSubstr("an empty Tensor"));
  EXPECT_THAT(feed({n, 2.5f}), HasSubstr("Cannot feed the number for Tensor 'n:0'"));
  EXPECT_THAT(feed({"pp:0", Tensor()}),
              AllOf(HasSubstr("Cannot interpret feed_dict key as Tensor: The name 'pp:0' refers to a Tensor which does not exist."),
                    HasSubstr("'p:0'"), HasSubstr("Placeholders of the graph: 'p:0', 'n:0'.")));
  EXPECT_THAT(feed({"p", Tensor()}), HasSubstr("refers to an Operation, not a Tensor"));
  const Tensor fit(DType::kFloat32, {2, 3});
  EXPECT_THAT(text(session.run({.feeds = {{p, fit}, {p, fit}}, .fetches = {y}}).status()), HasSubstr("fed more than once"));
  const Callable callable = session.make_callable({.feeds = {p}, .fetches = {y}});
  EXPECT_THAT(text(callable.run({}).status()), HasSubstr("takes 1 feeds and got 0"));
  std::vector<Tensor> room(2);
  EXPECT_THAT(text(callable.run({fit}, room)), HasSubstr("gives 1 fetches and was given room for 2"));
}

TEST(SessionErrors, Fetches) {
  Graph graph({.name = "one"});
  Graph other({.name = "two"});
  constant(graph, Tensor::scalar_of(1.0f), "x");
  const Output foreign = constant(other, Tensor::scalar_of(1.0f), "foreign");
  Session session(graph);
  const auto fetch = [&](Fetch f) { return text(session.run(f).status()); };
  EXPECT_THAT(fetch("nope:0"),
              HasSubstr("Fetch argument 'nope:0' cannot be interpreted as a Tensor. (\"The name 'nope:0' refers to a Tensor which does not "
                        "exist. The operation, 'nope', does not exist in the graph.\")"));
  EXPECT_THAT(fetch("x:7"), HasSubstr("The operation, 'x', exists but only has 1 outputs."));
  EXPECT_THAT(fetch("y"), HasSubstr("The name 'y' refers to an Operation not in the graph."));
  EXPECT_THAT(fetch(Output()), HasSubstr("Fetch argument 0 is an empty Output"));
  EXPECT_THAT(fetch(Operation()), HasSubstr("is an empty Operation"));
  EXPECT_THAT(fetch(Variable()), HasSubstr("is an empty Variable"));
  EXPECT_THAT(fetch(foreign), AllOf(HasSubstr("'one'"), HasSubstr("'two'"), HasSubstr("is not an element of this graph")));
  EXPECT_THAT(text(session.run({.targets = {Operation()}}).status()), HasSubstr("Target argument 0 is an empty Operation"));
  EXPECT_THAT(text(session.run(std::vector<Fetch>{}).status()), HasSubstr("Must specify at least one target to fetch or execute."));
  EXPECT_THAT(text(Callable().run().status()), HasSubstr("was not made by a session"));
}

TEST(SessionErrors, GraphsWithErrors) {
  Graph empty;
  EXPECT_THAT(text(Session(empty).run("x:0").status()), HasSubstr("x"));
  Graph graph;
  const Output x = constant(graph, Tensor::scalar_of(1.0f), "x");
  const Session before(graph);
  graph.add_error(invalid_argument("a wrong call"));
  EXPECT_TRUE(before.run(x).ok()) << "the error is none of what runs";
  EXPECT_THAT(text(before.run(Output::failed(&graph)).status()), HasSubstr("a wrong call"));
  const Session after(graph);
  EXPECT_THAT(text(after.run(x).status()), HasSubstr("a wrong call"));
  (void)graph.take_errors();
  EXPECT_TRUE(after.run(x).ok());
}

TEST(SessionErrors, KernelsThatDoNotExistAllAtOnce) {
  Graph graph;
  const OpDef& first = custom_op(graph, "TestNowhere", 0, {});
  const OpDef& second = custom_op(graph, "TestNeverWritten", 1, {});
  const Output a = add(graph, first, {}, "a")->output();
  Session session(graph);
  const absl::Status status = session.run(add(graph, second, {a}, "b")->output()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(text(status), AllOf(HasSubstr("TestNowhere, needed by 'a' ("), HasSubstr("TestNeverWritten, needed by 'b'")));
}

TEST(SessionErrors, KernelsThatFail) {
  for (const int threads : {1, 3}) {
    Graph graph;
    const auto failing = [&](std::string_view name, KernelFn run) {
      return add(graph, custom_op(graph, name, 0, kernel(std::move(run))), {}, "bad")->output();
    };
    Session session(graph, {.threads = threads});
    absl::Status status = session.run(failing("TestFails", [](KernelContext&) { return invalid_argument("no good"); })).status();
    EXPECT_THAT(text(status), AllOf(HasSubstr("no good"), HasSubstr("{{node bad}}"), HasSubstr("op: TestFails"), HasSubstr("errors_test.cc:")));
    status = session.run(failing("TestThrows", [](KernelContext&) -> absl::Status { throw std::runtime_error("thrown"); })).status();
    EXPECT_THAT(text(status), AllOf(HasSubstr("thrown"), HasSubstr("{{node bad_1}}")));
    status = session.run(failing("TestForgets", [](KernelContext&) { return absl::OkStatus(); })).status();
    EXPECT_THAT(text(status), HasSubstr("gave output 0 no value"));
  }
}

}  // namespace
}  // namespace weft::test
