#include "src/gradients/absence.h"

#include <deque>

#include "src/gradients/region.h"

namespace weft {

namespace {

// Where gradients stop on their way to a node.
struct Block {
  enum Kind : uint8_t { kNothing, kOp, kStopped, kInput, kDType } kind = kNothing;
  const Node* node = nullptr;  // the op that blocks; for kDType the one that makes the tensor
  int index = 0;               // kInput: which input; kDType: which output
};

std::string op_and_line(const Node& node) { return str_cat(node.op().name, " '", node.name(), "' (", node.location().to_string(), ")"); }

// The ancestors of ys, walked from ys. Nodes that gradients pass have no block; those beyond a block carry the first one met.
class BlockFinder {
 public:
  BlockFinder(const Graph& graph, const FlowRules& rules) : rules_(rules), seen_(static_cast<size_t>(graph.num_nodes())), blocks_(seen_.size()) {}

  void walk(absl::Span<const Output> ys) {
    for (const Output& y : ys) visit(y.node(), is_backpropagatable(y.dtype()) ? Block() : Block{Block::kDType, y.node(), y.index()});
    // Open nodes first, so that a node with an open path is never taken for blocked.
    while (!open_.empty() || !blocked_.empty()) {
      std::deque<const Node*>& queue = open_.empty() ? blocked_ : open_;
      const Node* node = queue.front();
      queue.pop_front();
      for (int i = 0; i < node->num_inputs(); ++i) visit(node->input(i).node(), beyond(*node, i));
    }
  }
  bool is_ancestor(const Node* node) const { return at(seen_, node); }
  const Block& block_of(const Node* node) const { return blocks_[static_cast<size_t>(node->id())]; }

 private:
  static bool at(const std::vector<bool>& v, const Node* node) {
    return static_cast<size_t>(node->id()) < v.size() && v[static_cast<size_t>(node->id())];
  }

  Block beyond(const Node& node, int input) const {
    const Block& here = block_of(&node);
    if (here.kind != Block::kNothing) return here;
    if (rules_.stops(&node)) return {Block::kStopped, &node, input};
    if (!node.attrs().has("_gradient_op_type") && node.op().gradient.not_differentiable() != nullptr) return {Block::kOp, &node, input};
    const Output& tensor = node.input(input);
    if (!is_backpropagatable(tensor.dtype())) return {Block::kDType, tensor.node(), tensor.index()};
    if (rules_.refuses(&node, input)) return {Block::kInput, &node, input};
    return {};
  }

  void visit(const Node* node, const Block& block) {
    const auto id = static_cast<size_t>(node->id());
    if (id >= seen_.size() || seen_[id]) return;
    if (block.kind == Block::kNothing) {
      seen_[id] = true;
      blocks_[id] = Block();  // an open path after all
      open_.push_back(node);
    } else if (blocks_[id].kind == Block::kNothing) {
      blocks_[id] = block;
      blocked_.push_back(node);
    }
  }

  const FlowRules& rules_;
  std::vector<bool> seen_;
  std::vector<Block> blocks_;
  std::deque<const Node*> open_;
  std::deque<const Node*> blocked_;
};

std::string names(absl::Span<const Output> ys) {
  std::string text;
  for (const Output& y : ys) {
    if (text.size() > 200) return text + ", ...";
    str_append(text, text.empty() ? "'" : ", '", y.name(), "'");
  }
  return text;
}

Gradient explanation(const Block& block, const Output& x, const FlowRules& rules) {
  const Node* node = block.node;
  switch (block.kind) {
    case Block::kOp:
      return Gradient::none(AbsentGradient::kNotDifferentiable,
                            str_cat(op_and_line(*node), " has no gradient: ", node->op().gradient.not_differentiable()->why));
    case Block::kStopped:
      return Gradient::none(AbsentGradient::kNotDifferentiable, str_cat("gradients stop at ", op_and_line(*node), ": ", rules.stop_text));
    case Block::kInput:
      return Gradient::none(AbsentGradient::kNotDifferentiable, str_cat(op_and_line(*node), " has no gradient for its input ", block.index));
    case Block::kDType:
      return Gradient::none(
          AbsentGradient::kIntegerDType,
          str_cat("gradients flow only through floating-point and complex tensors, and '", node->name(), ":", block.index, "' (op: ", node->op().name,
                  ", ", node->location().to_string(), ") is ", dtype_name(node->output_dtype(block.index))));
    case Block::kNothing: break;
  }
  return Gradient::none(AbsentGradient::kNoPath, str_cat("no output of ", op_and_line(*x.node()), " that is used leads to it"));
}

}  // namespace

void explain_absence(const Graph& graph, absl::Span<const Output> ys, absl::Span<const Output> xs, const FlowRules& rules,
                     std::vector<Gradient>& found) {
  BlockFinder finder(graph, rules);
  finder.walk(ys);
  for (size_t i = 0; i < xs.size(); ++i) {
    if (!found[i].is_none()) continue;
    const Node* node = xs[i].node();
    const Block& block = finder.block_of(node);
    if (!is_backpropagatable(xs[i].dtype())) {
      found[i] = Gradient::none(AbsentGradient::kIntegerDType, str_cat(xs[i].describe(), " is no floating-point tensor"));
    } else if (!finder.is_ancestor(node) && block.kind == Block::kNothing) {
      found[i] = Gradient::none(AbsentGradient::kNoPath,
                                str_cat("no path leads from '", node->name(), "' (", node->location().to_string(), ") to ", names(ys)));
    } else {
      found[i] = explanation(finder.is_ancestor(node) ? Block() : block, xs[i], rules);
    }
  }
}

}  // namespace weft
