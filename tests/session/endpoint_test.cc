// Names and handles as places in a graph.
#include "src/session/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Endpoints : public ::testing::Test {
 protected:
  std::string refused(const Fetch& fetch, EndpointUse use = EndpointUse::kFetch) {
    const auto got = resolve(graph, fetch, use, 3);
    EXPECT_FALSE(got.ok());
    return std::string(message(got.status()));
  }
  Graph graph;
  Output images = placeholder(graph, {}, "images");
  Output loss = mix(graph, images, images, "model/loss");
};

TEST_F(Endpoints, OfHandles) {
  EXPECT_EQ(*resolve(graph, loss, EndpointUse::kFetch, 0), (Endpoint{loss.node(), 0}));
  EXPECT_EQ(*resolve(graph, loss.op(), EndpointUse::kFetch, 0), (Endpoint{loss.node(), -1}));
  EXPECT_THAT(refused(loss.op(), EndpointUse::kFeed), HasSubstr("Feed argument 3 is the operation 'model/loss'"));
}

TEST_F(Endpoints, OfNames) {
  EXPECT_EQ(*resolve(graph, "model/loss:0", EndpointUse::kFetch, 0), (Endpoint{loss.node(), 0}));
  EXPECT_EQ(*resolve(graph, "model/loss", EndpointUse::kTarget, 0), (Endpoint{loss.node(), -1}));
  EXPECT_THAT(refused("images", EndpointUse::kFeed), HasSubstr("must be of the form \"images:0\""));
}

TEST_F(Endpoints, MalformedNames) {
  for (const char* name :
       {"", ":", ":0", "model/loss:", "model/loss:x", "model/loss:-1", "model/loss:0:0", "model/loss:99999999999999999999", "model/loss:0 "})
    refused(name);
  EXPECT_THAT(refused("model/loss:1"), HasSubstr("exists but only has 1 outputs"));
}

TEST_F(Endpoints, UnknownNamesComeWithTheNearest) {
  EXPECT_THAT(refused("model/los:0"),
              AllOf(HasSubstr("Fetch argument 'model/los:0' cannot be interpreted as a Tensor."), HasSubstr("Did you mean 'model/loss:0'")));
  EXPECT_THAT(refused("image:0", EndpointUse::kFeed), AllOf(HasSubstr("Cannot interpret feed_dict key as Tensor"), HasSubstr("'images:0'")));
  EXPECT_THAT(refused("xyzzyxyzzy"), Not(HasSubstr("Did you mean")));
}

TEST_F(Endpoints, ManyPlaceholdersAreNotAllListed) {
  for (int i = 0; i < 40; ++i) placeholder(graph, {}, str_cat("p", i));
  const std::string text = refused("nothing_like_it:0", EndpointUse::kFeed);
  EXPECT_THAT(text, AllOf(HasSubstr("'p0:0'"), HasSubstr("…"), Not(HasSubstr("'p39:0'"))));
}

TEST_F(Endpoints, EmptyFailedAndForeignHandles) {
  EXPECT_THAT(refused(Output()), HasSubstr("Fetch argument 3 is an empty Output"));
  EXPECT_THAT(refused(Variable(), EndpointUse::kTarget), HasSubstr("Target argument 3 is an empty Variable"));
  graph.add_error(invalid_argument("the first error"));
  EXPECT_THAT(refused(Output::failed(&graph)), AllOf(HasSubstr("failed Output"), HasSubstr("the first error")));
  graph.take_errors();
  EXPECT_THAT(refused(Operation::failed(&graph)), HasSubstr("errors were taken since"));
  Graph other({.name = "other"});
  EXPECT_THAT(refused(placeholder(other, {}, "x")), HasSubstr("graph 'other'"));
}

}  // namespace
}  // namespace weft::test
