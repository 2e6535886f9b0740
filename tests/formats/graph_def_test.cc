#include "weft/formats/graph_def.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace weft {
namespace {

using ::testing::HasSubstr;

GraphDef example() {
  GraphDef graph_def;
  graph_def.producer = 134;
  graph_def.bad_consumers = {3, 5};
  NodeDef x{.name = "x", .op = "Const", .device = "/cpu:0"};
  x.attrs.set("dtype", DType::kFloat32);
  x.attrs.set("value", Tensor::from<float>({1, 2, 3}));
  NodeDef y{.name = "scope/y", .op = "Neg", .inputs = {"x", "^x"}};
  y.attrs.set("T", DType::kFloat32);
  graph_def.nodes = {x, y};
  FunctionDef f{.name = "f",
                .signature =
                    "\x0a\x01"
                    "f"};
  NodeDef body{.name = "n", .op = "Neg", .inputs = {"a"}, .placeholders = {{"T", "Tin"}}};
  f.nodes = {body};
  f.returns = {{"out", "n:y:0"}};
  f.control_returns = {{"c", "n"}};
  graph_def.functions = {f};
  graph_def.gradients = {{"f", "f_grad"}};
  return graph_def;
}

TEST(GraphDef, BytesGiveTheSameBytes) {
  const auto bytes = serialize_graph_def(example());
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto back = parse_graph_def(*bytes);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(serialize_graph_def(*back).value(), *bytes);
  ASSERT_EQ(back->nodes.size(), 2u);
  EXPECT_EQ(back->nodes[1].name, "scope/y");
  EXPECT_EQ(back->nodes[1].inputs, (std::vector<std::string>{"x", "^x"}));
  EXPECT_EQ(back->nodes[0].device, "/cpu:0");
  EXPECT_EQ(back->nodes[0].attrs.get<Tensor>("value").to_vector<float>(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(back->producer, 134);
  EXPECT_EQ(back->bad_consumers, (std::vector<int>{3, 5}));
  ASSERT_EQ(back->functions.size(), 1u);
  EXPECT_EQ(back->functions[0].name, "f");
  EXPECT_EQ(back->functions[0].nodes[0].placeholders[0], (std::pair<std::string, std::string>("T", "Tin")));
  EXPECT_EQ(back->functions[0].returns.at("out"), "n:y:0");
  EXPECT_EQ(back->gradients[0].second, "f_grad");
}

TEST(GraphDef, AttributesThatCannotBeReadNameTheirNode) {
  // node { name: "n" attr { key: "T" value { type: 99 } } }
  const auto graph_def = parse_graph_def(std::string("\x0a\x0c\x0a\x01n\x2a\x07\x0a\x01T\x12\x02\x30\x63", 14));
  EXPECT_EQ(graph_def.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(message(graph_def.status())), HasSubstr("attribute 'T' of 'n'"));
}

// Whatever a file holds, the reader returns.
TEST(GraphDef, DamagedBytesGiveAGraphOrAnError) {
  const std::string bytes = serialize_graph_def(example()).value();
  std::mt19937 random(1);
  for (size_t i = 0; i < bytes.size(); ++i) (void)parse_graph_def(std::string_view(bytes).substr(0, i));
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = bytes;
    for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = static_cast<char>(random());
    (void)parse_graph_def(damaged);
  }
}

TEST(GraphDef, FilesThatAreNotThere) { EXPECT_EQ(read_graph_def("/nowhere/model.pb").status().code(), absl::StatusCode::kNotFound); }

}  // namespace
}  // namespace weft
