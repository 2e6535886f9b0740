#include "pbtxt_graph.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <variant>

namespace weft::testing {

namespace {

// Protobuf's text format as a tree: a field has text or children.
struct Field {
  std::string name;
  std::string text;
  std::vector<Field> children;

  const Field* find(std::string_view child) const {
    for (const Field& f : children)
      if (f.name == child) return &f;
    return nullptr;
  }
  std::string get(std::string_view child) const {
    const Field* f = find(child);
    return f != nullptr ? f->text : std::string();
  }
  std::vector<std::string> all(std::string_view child) const {
    std::vector<std::string> texts;
    for (const Field& f : children)
      if (f.name == child) texts.push_back(f.text);
    return texts;
  }
};

class Parser {
 public:
  explicit Parser(std::string text) : text_(std::move(text)) {}
  std::vector<Field> fields() {
    std::vector<Field> all;
    for (skip(); at_ < text_.size() && text_[at_] != '}'; skip()) all.push_back(field());
    return all;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (std::isspace(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == ':')) ++at_;
  }
  Field field() {
    Field f;
    f.name = word();
    skip();
    if (text_[at_] == '{') {
      ++at_;
      f.children = fields();
      ++at_;
    } else {
      f.text = text_[at_] == '"' ? quoted() : word();
    }
    return f;
  }
  std::string word() {
    const size_t begin = at_;
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) == 0 && std::strchr(":{}", text_[at_]) == nullptr) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string quoted() {
    std::string value;
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        value += text_[at_];
      } else if (const char c = text_[++at_]; c >= '0' && c <= '7') {
        value += static_cast<char>(std::stoi(text_.substr(at_, 3), nullptr, 8));
        at_ += 2;
      } else {
        const char* escapes = "n\nt\tr\r";
        const char* found = std::strchr(escapes, c);
        value += found != nullptr ? found[1] : c;
      }
    }
    ++at_;
    return value;
  }

  std::string text_;
  size_t at_ = 0;
};

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text = "[";
  for (const std::string& part : parts) str_append(text, text.size() > 1 ? " " : "", part);
  return text + "]";
}

std::string shape_text(const Field& shape) {
  if (shape.get("unknown_rank") == "true") return "?";
  std::vector<std::string> dims;
  for (const Field& f : shape.children)
    if (f.name == "dim") dims.push_back(f.get("size").empty() ? "0" : f.get("size"));
  return joined(dims);
}

template <typename T> void read_content(const std::string& bytes, std::vector<std::string>& values) {
  for (size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof(T));
    values.push_back(number(static_cast<double>(value)));
  }
}

std::string tensor_text(const Field& tensor) {
  const DType dtype = dtype_from_name(tensor.get("dtype"));
  std::vector<std::string> values;
  const std::string content = tensor.get("tensor_content");
  dispatch<kRealNumberTypes | DTypeSet{DType::kBool}>(dtype, [&](auto tag) { read_content<typename decltype(tag)::type>(content, values); });
  for (const Field& f : tensor.children) {
    if (f.name.size() < 4 || f.name.substr(f.name.size() - 4) != "_val") continue;
    if (dtype == DType::kFloat32) values.push_back(number(std::stof(f.text)));
    else if (dtype == DType::kBool) values.push_back(f.text == "true" ? "1" : "0");
    else values.push_back(dtype == DType::kString ? f.text : number(std::stod(f.text)));
  }
  const Field* shape = tensor.find("tensor_shape");
  return str_cat(dtype_name(dtype), shape != nullptr ? shape_text(*shape) : "[]", joined(values));
}

std::string value_text(const Field& value) {
  if (value.children.empty()) return "";
  const Field& f = value.children[0];
  if (f.name == "type") return dtype_name(dtype_from_name(f.text));
  if (f.name == "shape") return shape_text(f);
  if (f.name == "tensor") return tensor_text(f);
  if (f.name == "f") return number(std::stof(f.text));
  if (f.name != "list") return f.text;
  std::vector<std::string> items;
  for (const Field& item : f.children) items.push_back(value_text(Field{.name = "", .text = "", .children = {item}}));
  return joined(items);
}

std::string tensor_text(const Tensor& tensor) {
  std::vector<std::string> dims;
  for (int64_t d : tensor.shape().dims()) dims.push_back(std::to_string(d));
  std::vector<std::string> values;
  dispatch<kRealNumberTypes | DTypeSet{DType::kBool}>(tensor.dtype(), [&](auto tag) {
    for (const auto& v : tensor.flat<typename decltype(tag)::type>()) values.push_back(number(static_cast<double>(v)));
  });
  if (tensor.dtype() == DType::kString)
    for (const std::string& s : tensor.flat<std::string>()) values.push_back(s);
  // TensorFlow writes equal values once.
  while (values.size() > 1 && values.back() == values[values.size() - 2]) values.pop_back();
  return str_cat(dtype_name(tensor.dtype()), joined(dims), joined(values));
}

std::string text_of(const PartialShape& shape) {
  if (!shape.known_rank()) return "?";
  std::vector<std::string> dims;
  for (const int64_t d : shape.dims()) dims.push_back(std::to_string(d));
  return joined(dims);
}

// Turns each alternative of an AttrValue into text.
struct AttrText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const std::string& s) const { return s; }
  std::string operator()(int64_t i) const { return std::to_string(i); }
  std::string operator()(float f) const { return number(f); }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(DType t) const { return dtype_name(t); }
  std::string operator()(const PartialShape& s) const { return text_of(s); }
  std::string operator()(const Tensor& t) const { return tensor_text(t); }
  std::string operator()(const FunctionRef& f) const { return f.name; }
  template <typename T> std::string operator()(const std::vector<T>& list) const {
    std::vector<std::string> items;
    for (const auto& item : list) items.push_back((*this)(static_cast<const T&>(item)));
    return joined(items);
  }
};

std::string text_of(const AttrValue& value) { return std::visit(AttrText(), value); }

// Values as TensorFlow may write them, once or again and again, made the same.
void shorten(std::string& tensor) {
  const size_t open = tensor.rfind('[');
  if (open == std::string::npos) return;
  std::istringstream in(tensor.substr(open + 1, tensor.size() - open - 2));
  std::vector<std::string> values;
  for (std::string value; in >> value;) values.push_back(value);
  while (values.size() > 1 && values.back() == values[values.size() - 2]) values.pop_back();
  tensor = tensor.substr(0, open) + joined(values);
}

void sort_controls(std::vector<std::string>& inputs) {
  const auto first = std::find_if(inputs.begin(), inputs.end(), [](const std::string& i) { return i[0] == '^'; });
  std::sort(first, inputs.end());
}

std::string describe(const NodeText& node) {
  std::string text = str_cat(node.op, joined(node.inputs));
  for (const auto& [name, value] : node.attrs) str_append(text, " ", name, "=", value);
  return text;
}

}  // namespace

GraphText read_pbtxt(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  GraphText graph;
  for (const Field& f : Parser(text.str()).fields()) {
    if (f.name != "node") continue;
    NodeText node{.op = f.get("op"), .inputs = f.all("input"), .attrs = {}};
    sort_controls(node.inputs);
    for (const Field& attr : f.children) {
      if (attr.name != "attr") continue;
      std::string value = attr.find("value") != nullptr ? value_text(*attr.find("value")) : "";
      if (attr.get("key") == "value" && node.op == "Const") shorten(value);
      node.attrs[attr.get("key")] = value;
    }
    graph[f.get("name")] = std::move(node);
  }
  return graph;
}

GraphText graph_text(const Graph& graph) {
  GraphText text;
  for (int id = 0; id < graph.num_nodes(); ++id) {
    const Node& node = *graph.node(id);
    NodeText out{.op = std::string(node.op().name), .inputs = {}, .attrs = {}};
    for (const Output& input : node.inputs()) out.inputs.push_back(input.index() == 0 ? std::string(input.op().name()) : input.name());
    for (const Node* control : node.control_inputs()) out.inputs.push_back("^" + control->name());
    sort_controls(out.inputs);
    for (const auto& [name, value] : node.attrs()) out.attrs[name] = text_of(value);
    text[node.name()] = std::move(out);
  }
  return text;
}

std::string differences(const GraphText& expected, const GraphText& built) {
  std::string text;
  for (const auto& [name, node] : expected) {
    const auto it = built.find(name);
    if (it == built.end()) str_append(text, "missing ", name, " = ", describe(node), "\n");
    else if (describe(it->second) != describe(node))
      str_append(text, name, "\n  expected ", describe(node), "\n  built    ", describe(it->second), "\n");
  }
  for (const auto& [name, node] : built) {
    if (!expected.contains(name)) str_append(text, "extra   ", name, " = ", describe(node), "\n");
  }
  return text;
}

}  // namespace weft::testing
