// Scopes of names, control dependencies, colocation and devices, nested at random: every node gets the name, the device, the control
// inputs and the groups that TensorFlow 1.15.5 gave it (record_scopes.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "test_ops.h"

namespace weft {
namespace {

using ::testing::HasSubstr;

const OpDef& named_op(std::string_view name, int inputs) {
  OpDef* op = new OpDef(inputs == 0 ? test::source_op() : test::join_op());
  op->name = name;
  return *op;
}
const OpDef& placeholder_op() {
  static const OpDef& op = named_op("Placeholder", 0);
  return op;
}
const OpDef& add_op() {
  static const OpDef& op = named_op("AddV2", 2);
  return op;
}

using Line = std::vector<std::string>;

Line split(const std::string& text, char separator) {
  Line parts(1);
  for (const char c : text) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}
Line words(const std::string& text) { return text.empty() ? Line() : split(text, ' '); }
std::string plain(const std::string& text) { return text == "-" ? "" : text; }

// Runs the steps of one program on a graph.
class Program {
 public:
  // A step that enters a scope or makes a node, and what TensorFlow said to it; "" where it agrees.
  std::string step(const Line& line, const Line& answer) {
    const std::string& kind = line[0];
    if (kind == "leave") scopes_.pop_back();
    if (kind == "name") return name(plain(line[1]), answer);
    if (kind == "controls") enter(graph_.control_dependencies(operations(words(line.size() > 1 ? line[1] : ""))));
    if (kind == "clear") enter(graph_.clear_control_dependencies());
    if (kind == "colocate") enter(graph_.colocate_with(operation(line[1]), line[2] == "ignore"));
    if (kind == "uncolocate") enter(graph_.colocate_with(Operation(), true));
    if (kind == "device") return device(line[1] == "none" ? "" : line[1], answer);
    if (kind == "node") return node(plain(line[1]), words(line.size() > 2 ? line[2] : ""), answer);
    return "";
  }

 private:
  void enter(Scope scope) { scopes_.push_back(std::make_unique<Scope>(std::move(scope))); }
  Operation operation(const std::string& name) { return Operation(graph_.find_node(name)); }
  std::vector<Operation> operations(const Line& names) {
    std::vector<Operation> all;
    for (const std::string& name : names) all.push_back(operation(name));
    return all;
  }
  bool took_error() { return !graph_.take_errors().empty(); }

  std::string name(const std::string& name, const Line& answer) {
    auto scope = std::make_unique<Scope>(graph_.name_scope(name));
    const std::string got = took_error() ? "refused" : "entered " + (scope->name().empty() ? "-" : scope->name());
    if (got != "refused") scopes_.push_back(std::move(scope));
    const std::string expected = answer[0] == "refused" ? "refused" : "entered " + answer[1];
    return got == expected ? "" : str_cat("scope '", name, "': ", got, ", not ", expected);
  }

  std::string device(const std::string& name, const Line& answer) {
    auto scope = std::make_unique<Scope>(graph_.device(name));
    const bool refused = took_error();
    if (!refused) scopes_.push_back(std::move(scope));
    return refused == (answer[0] == "refused") ? "" : str_cat("device '", name, "' refused: ", refused);
  }

  std::string node(const std::string& name, const Line& inputs, const Line& answer) {
    NodeSpec spec{.op = inputs.empty() ? &placeholder_op() : &add_op(), .name = name};
    for (const std::string& input : inputs) spec.inputs.push_back(operation(input).output(0));
    const auto made = graph_.add_node(std::move(spec));
    graph_.take_errors();
    std::string got = "refused";
    if (made.ok()) {
      const Node& n = **made;
      Line controls;
      for (const Node* control : n.control_inputs()) controls.push_back(control->name());
      std::sort(controls.begin(), controls.end());
      got = str_cat("made\t", n.name(), "\t", n.device().empty() ? "-" : n.device(), "\t", joined(controls), "\t",
                    joined(n.attr<std::vector<std::string>>("_class")));
    }
    std::string expected = answer[0];
    for (size_t i = 1; i < answer.size(); ++i) str_append(expected, "\t", answer[i]);
    return got == expected ? "" : str_cat("node '", name, "': ", got, ", not ", expected);
  }

  static std::string joined(const Line& words) {
    std::string text;
    for (const std::string& word : words) str_append(text, text.empty() ? "" : " ", word);
    return text;
  }

  Graph graph_;
  std::vector<std::unique_ptr<Scope>> scopes_;
};

TEST(GraphScopes, RandomNestsAsInTensorFlow) {
  std::ifstream in(WEFT_TEST_DATA "/graph/scopes.txt");
  std::vector<Line> lines;
  for (std::string text; std::getline(in, text);) lines.push_back(split(text, '\t'));
  ASSERT_FALSE(lines.empty());
  std::unique_ptr<Program> program;
  bool wrong = false;
  std::string name;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i][0] == "program") {
      // Scopes end from the inside out before their graph does.
      program = std::make_unique<Program>();
      name = lines[i][1];
      wrong = false;
      continue;
    }
    const bool answered = i + 1 < lines.size() && (lines[i + 1][0] == "entered" || lines[i + 1][0] == "made" || lines[i + 1][0] == "refused");
    const std::string d = wrong ? "" : program->step(lines[i], answered ? lines[i + 1] : Line{""});
    if (!d.empty()) ADD_FAILURE() << "program " << name << ", line " << i + 1 << ": " << d;
    wrong = wrong || !d.empty();
    i += answered ? 1 : 0;
  }
}

}  // namespace
}  // namespace weft
