// The picture is made in three steps: which nodes to draw (targets, node cap), which boxes they fall into (a node deeper than
// max_depth is drawn as its scope's box), and the text: a tree of clusters, then the edges.
#include "weft/debug/dot.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "weft/base/strings.h"

namespace weft {

namespace {

struct Style {
  std::string_view fill;
  std::string_view label;
};

Style style_of(NodeRole role) {
  static constexpr Style kStyles[] = {{"#dcecf9", "forward"},     {"#fbe3cf", "gradient"}, {"#f6d3dd", "update"},
                                      {"#dff0d8", "initializer"}, {"#e8e0f3", "saver"},    {"#f2f0cc", "summary"}};
  return kStyles[static_cast<size_t>(role)];
}

bool is_constant(const Node& node) { return node.num_inputs() == 0 && node.attrs().has("value") && node.num_outputs() == 1; }

// A variable's own node: it has no inputs and yields a handle or a reference.
bool is_variable(const Node& node) {
  if (node.num_inputs() != 0 || node.num_outputs() != 1) return false;
  return is_ref(node.output_dtype(0)) || node.output_dtype(0) == DType::kResource;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string shortened(std::string text, size_t limit) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  if (text.size() <= limit) return text;
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character of UTF-8
  return text.substr(0, end) + "...";
}

// The attributes that tell nodes of one op apart; types and shapes stand on the edges.
std::string key_attributes(const Node& node) {
  std::string text;
  for (const auto& [name, value] : node.attrs()) {
    if (name.empty() || name[0] == '_' || std::holds_alternative<DType>(value) || std::holds_alternative<std::vector<DType>>(value)) continue;
    const AttrDef* def = node.op().find_attr(name);
    if (def != nullptr && equal(def->default_value, value)) continue;
    str_append(text, text.empty() ? "" : "\n", name, "=", shortened(to_string(value), 40));
  }
  return text;
}

std::string_view last_part(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

// The scope `name` lies in; when that is deeper than `max_depth` (-1: any depth), its first max_depth + 1 parts, and `folded`.
std::string drawn_scope(std::string_view name, int max_depth, bool& folded) {
  size_t end = 0;
  int depth = 0;
  folded = false;
  for (size_t slash = name.find('/'); slash != std::string_view::npos; slash = name.find('/', slash + 1)) {
    end = slash;
    if (++depth == max_depth + 1) {
      folded = true;
      break;
    }
  }
  return std::string(name.substr(0, end));
}

class DotWriter {
 public:
  DotWriter(const Graph& graph, const DotOptions& options, std::ostream& out) : graph_(graph), options_(options), out_(out) {}

  void write(const std::vector<const Node*>& nodes) {
    choose(nodes);
    header();
    cluster(root_, 1);
    if (hidden_ > 0)
      out_ << "  \"+more\" [label=" << quoted(str_cat("+", hidden_, " nodes")) << ", shape=box, style=\"filled,dashed\", fillcolor=\"#eeeeee\"];\n";
    edges();
    out_ << "}\n";
  }

 private:
  struct Cluster {
    std::string path;
    std::map<std::string, Cluster> inner;
    std::vector<const Node*> nodes;
    std::vector<std::string> boxes;  // folded scopes
  };

  // Sorts nodes into clusters and folded boxes, in order, until the cap.
  void choose(const std::vector<const Node*>& nodes) {
    int drawn = 0;
    for (const Node* node : nodes) {
      bool folded = false;
      const std::string scope = drawn_scope(node->name(), options_.max_depth, folded);
      if (folded && boxes_.contains(scope)) {
        ++boxes_[scope];
        id_of_[node] = str_cat("scope ", scope);
        continue;
      }
      if (options_.max_nodes >= 0 && drawn >= options_.max_nodes) {
        ++hidden_;
        id_of_[node] = "+more";
        continue;
      }
      ++drawn;
      if (folded) {
        boxes_[scope] = 1;
        id_of_[node] = str_cat("scope ", scope);
        const size_t slash = scope.rfind('/');
        cluster_of(slash == std::string::npos ? "" : scope.substr(0, slash)).boxes.push_back(scope);
      } else {
        id_of_[node] = node->name();
        cluster_of(scope).nodes.push_back(node);
      }
    }
    all_ = nodes;
  }

  Cluster& cluster_of(const std::string& scope) {
    Cluster* at = &root_;
    size_t begin = 0;
    while (begin < scope.size()) {
      const size_t slash = std::min(scope.find('/', begin), scope.size());
      Cluster& next = at->inner[scope.substr(begin, slash - begin)];
      next.path = scope.substr(0, slash);
      at = &next;
      begin = slash + 1;
    }
    return *at;
  }

  void header() {
    const std::string title = options_.title.empty() ? graph_.name() : options_.title;
    out_ << "digraph weft {\n"
         << "  graph [fontname=\"Helvetica\", fontsize=12, compound=true, rankdir=" << (options_.left_to_right ? "LR" : "BT")
         << ", labelloc=t, label=" << quoted(title) << "];\n"
         << "  node [fontname=\"Helvetica\", fontsize=10, shape=ellipse, style=filled, fillcolor=\"#dcecf9\"];\n"
         << "  edge [fontname=\"Helvetica\", fontsize=8, color=\"#555555\"];\n";
  }

  void cluster(const Cluster& c, int depth) {
    const std::string indent(static_cast<size_t>(depth) * 2, ' ');
    for (const std::string& box : c.boxes) {
      out_ << indent << quoted(str_cat("scope ", box))
           << " [label=" << quoted(str_cat(last_part(box), "\n", boxes_[box], boxes_[box] == 1 ? " node" : " nodes"))
           << ", shape=box3d, fillcolor=\"#f4f4f4\"];\n";
    }
    for (const Node* node : c.nodes) write_node(*node, indent);
    for (const auto& [name, inner] : c.inner) {
      out_ << indent << "subgraph " << quoted(str_cat("cluster ", inner.path)) << " {\n"
           << indent << "  label=" << quoted(name) << "; style=rounded; color=\"#999999\";\n";
      cluster(inner, depth + 1);
      out_ << indent << "}\n";
    }
  }

  void write_node(const Node& node, const std::string& indent) {
    std::string label = str_cat(last_part(node.name()), "\n", node.op().name);
    if (options_.show_attributes) {
      const std::string attributes = key_attributes(node);
      if (!attributes.empty()) str_append(label, "\n", attributes);
    }
    const Style style = style_of(node.role());
    out_ << indent << quoted(node.name()) << " [label=" << quoted(label);
    if (is_variable(node)) {
      out_ << ", shape=box, style=\"filled,bold\", fillcolor=\"#fdf3bf\"";
    } else if (is_constant(node)) {
      out_ << ", shape=plain, style=filled, fillcolor=\"#eeeeee\", fontsize=8";
    } else if (node.op().is_placeholder) {
      out_ << ", shape=house, fillcolor=" << quoted(style.fill);
    } else {
      out_ << ", fillcolor=" << quoted(style.fill);
    }
    out_ << ", tooltip=" << quoted(str_cat(node.name(), " (", style.label, ", ", node.location().to_string(), ")")) << "];\n";
  }

  void edges() {
    std::set<std::string> folded_edges;  // one edge between two boxes, however many nodes it stands for
    const auto write_edge = [&](const Node* from, const Node* to, const std::string& attributes) {
      const auto source = id_of_.find(from);
      if (source == id_of_.end() || source->second == id_of_[to]) return;
      const bool plain = source->second == from->name() && id_of_[to] == to->name();
      const std::string edge = str_cat("  ", quoted(source->second), " -> ", quoted(id_of_[to]),
                                       plain || attributes.find("dashed") != std::string::npos ? attributes : "", ";\n");
      if (plain || folded_edges.insert(edge).second) out_ << edge;
    };
    for (const Node* node : all_) {
      for (const Output& input : node->inputs()) {
        std::string label;
        if (options_.show_shapes) label = str_cat(" [label=", quoted(str_cat(dtype_name(input.dtype()), " ", input.shape().to_string())), "]");
        write_edge(input.node(), node, label);
      }
      if (!options_.show_control_edges) continue;
      for (const Node* control : node->control_inputs()) write_edge(control, node, " [style=dashed, arrowhead=open, color=\"#999999\"]");
    }
  }

  const Graph& graph_;
  const DotOptions& options_;
  std::ostream& out_;
  Cluster root_;
  std::vector<const Node*> all_;
  std::map<std::string, int> boxes_;  // folded scope -> nodes in it
  absl::flat_hash_map<const Node*, std::string> id_of_;
  int hidden_ = 0;
};

}  // namespace

void write_dot(const Graph& graph, const DotOptions& options, std::ostream& out) {
  std::vector<const Node*> nodes;
  for (int id = 0; id < graph.num_nodes(); ++id) nodes.push_back(graph.node(id));
  DotWriter(graph, options, out).write(nodes);
}

void write_dot(const Graph& graph, absl::Span<const Operation> targets, const DotOptions& options, std::ostream& out) {
  std::vector<bool> wanted(static_cast<size_t>(graph.num_nodes()), false);
  std::vector<const Node*> stack;
  const auto want = [&](const Node* node) {
    if (node == nullptr || &node->graph() != &graph || wanted[static_cast<size_t>(node->id())]) return;
    wanted[static_cast<size_t>(node->id())] = true;
    stack.push_back(node);
  };
  for (const Operation& target : targets) want(target.node());
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    for (const Output& input : node->inputs()) want(input.node());
    for (const Node* control : node->control_inputs()) want(control);
  }
  std::vector<const Node*> nodes;
  for (int id = 0; id < graph.num_nodes(); ++id)
    if (wanted[static_cast<size_t>(id)]) nodes.push_back(graph.node(id));
  DotWriter(graph, options, out).write(nodes);
}

}  // namespace weft
