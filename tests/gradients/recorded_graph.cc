#include "recorded_graph.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace weft::testing {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

namespace {

// A list of words; "-" is none.
std::vector<std::string> words(const std::string& text) { return text == "-" || text.empty() ? std::vector<std::string>() : split(text, ' '); }

std::string unquoted(const std::string& text) {
  if (text == "%") return "";
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

PartialShape parse_shape(const std::string& text) {
  if (text == "?") return PartialShape();
  PartialShape shape = PartialShape::scalar();
  if (text == "scalar") return shape;
  for (const std::string& dim : split(text, ',')) shape.add_dim(std::atoll(dim.c_str()));
  return shape;
}

template <typename T> T parse_element(const std::string& text) {
  if constexpr (std::is_same_v<T, std::string>) return unquoted(text);
  else if constexpr (is_complex(dtype_of<T>)) {
    using Part = typename T::value_type;
    const size_t bar = text.find('|');
    return T(static_cast<Part>(std::strtod(text.c_str(), nullptr)), static_cast<Part>(std::strtod(text.c_str() + bar + 1, nullptr)));
  } else if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) return T(std::strtof(text.c_str(), nullptr));
  else if constexpr (std::is_same_v<T, float>) return std::strtof(text.c_str(), nullptr);
  else if constexpr (std::is_floating_point_v<T>) return std::strtod(text.c_str(), nullptr);
  else if constexpr (std::is_same_v<T, uint64_t>) return std::strtoull(text.c_str(), nullptr, 10);
  else return static_cast<T>(std::strtoll(text.c_str(), nullptr, 10));
}

constexpr DTypeSet kReadable = kRealNumberTypes | kComplexTypes | DTypeSet{DType::kBool, DType::kString};

template <typename T, typename F> std::vector<T> list_of(const std::string& text, F parse) {
  std::vector<T> items;
  if (text.empty()) return items;
  for (const std::string& item : split(text, ';')) items.push_back(parse(item));
  return items;
}

AttrValue parse_attr(AttrType type, const std::string& text) {
  const auto integer = [](const std::string& t) { return static_cast<int64_t>(std::atoll(t.c_str())); };
  const auto real = [](const std::string& t) { return std::strtof(t.c_str(), nullptr); };
  const auto truth = [](const std::string& t) { return t == "1"; };
  const auto dtype = [](const std::string& t) { return dtype_from_name(t); };
  switch (type) {
    case AttrType::kString: return unquoted(text);
    case AttrType::kInt: return integer(text);
    case AttrType::kFloat: return real(text);
    case AttrType::kBool: return truth(text);
    case AttrType::kType: return dtype(text);
    case AttrType::kShape: return parse_shape(text);
    case AttrType::kTensor: return parse_tensor(text);
    case AttrType::kListString: return list_of<std::string>(text, unquoted);
    case AttrType::kListInt: return list_of<int64_t>(text, integer);
    case AttrType::kListFloat: return list_of<float>(text, real);
    case AttrType::kListBool: return list_of<bool>(text, truth);
    case AttrType::kListType: return list_of<DType>(text, dtype);
    case AttrType::kListShape: return list_of<PartialShape>(text, parse_shape);
    default: return std::monostate();
  }
}

// The attribute of field "name=value"; one that the op does not declare ("_class") is a list of strings.
std::pair<std::string, AttrValue> parse_attr(const OpDef& op, const std::string& field) {
  const size_t equals = field.find('=');
  const std::string name = field.substr(0, equals);
  const AttrDef* def = op.find_attr(name);
  return {name, parse_attr(def != nullptr ? def->type : AttrType::kListString, field.substr(equals + 1))};
}

std::string input_text(const Node& node) {
  std::string text;
  std::vector<std::string> controls;
  for (const Output& input : node.inputs())
    str_append(text, text.empty() ? "" : " ", input.index() == 0 ? std::string(input.op().name()) : input.name());
  for (const Node* control : node.control_inputs()) controls.push_back("^" + control->name());
  std::sort(controls.begin(), controls.end());
  for (const std::string& control : controls) str_append(text, text.empty() ? "" : " ", control);
  return text.empty() ? "-" : text;
}

// Inputs of a recorded node, control inputs sorted, as input_text gives them.
std::string sorted_inputs(const std::string& text) {
  std::vector<std::string> inputs = words(text);
  std::sort(std::find_if(inputs.begin(), inputs.end(), [](const std::string& i) { return i[0] == '^'; }), inputs.end());
  std::string sorted;
  for (const std::string& input : inputs) str_append(sorted, sorted.empty() ? "" : " ", input);
  return sorted.empty() ? "-" : sorted;
}

std::string shape_difference(const Node& node, const std::string& text) {
  const std::vector<std::string> shapes = text == "-" ? std::vector<std::string>() : split(text, ';');
  if (static_cast<int>(shapes.size()) != node.num_outputs()) return str_cat("has ", node.num_outputs(), " outputs, not ", shapes.size());
  for (int i = 0; i < node.num_outputs(); ++i) {
    const PartialShape expected = parse_shape(shapes[static_cast<size_t>(i)]);
    if (!(node.output_shape(i) == expected))
      return str_cat("output ", i, " has shape ", node.output_shape(i).to_string(), ", not ", expected.to_string());
  }
  return "";
}

}  // namespace

Tensor parse_tensor(const std::string& text) {
  const size_t open = text.find('(');
  const size_t close = text.find(')');
  const DType dtype = dtype_from_name(text.substr(0, open));
  Shape shape;
  if (close > open + 1)
    for (const std::string& dim : split(text.substr(open + 1, close - open - 1), ',')) shape.add_dim(std::atoll(dim.c_str()));
  const std::vector<std::string> values = words(text.substr(close + 1));
  Tensor tensor(dtype, shape);
  dispatch<kReadable>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < tensor.num_elements(); ++i)
      tensor.data<T>()[i] = parse_element<T>(values[std::min(static_cast<size_t>(i), values.size() - 1)]);
  });
  return tensor;
}

absl::Status add_recorded_node(Graph& graph, const Line& line, const OpRegistry& ops) {
  NodeSpec spec{.op = ops.find(line[1]), .name = line[0], .device = unquoted(line[2])};
  if (spec.op == nullptr) return not_found("op ", line[1]);
  for (const std::string& input : words(line[3])) {
    if (input[0] == '^') {
      WEFT_ASSIGN_OR_RETURN(const Operation control, graph.get_operation_by_name(input.substr(1)));
      spec.control_inputs.push_back(control);
    } else {
      WEFT_ASSIGN_OR_RETURN(const Output value, graph.get_tensor_by_name(input.find(':') == std::string::npos ? input + ":0" : input));
      spec.inputs.push_back(value);
    }
  }
  for (size_t i = 5; i < line.size(); ++i) {
    auto [name, value] = parse_attr(*spec.op, line[i]);
    spec.attrs.set(name, std::move(value));
  }
  return graph.add_node(std::move(spec)).status();
}

std::string difference(const Node& node, const Line& line) {
  if (node.name() != line[0] || node.op().name != line[1])
    return str_cat(node.name(), " (", node.op().name, ") instead of ", line[0], " (", line[1], ")");
  const std::string inputs = sorted_inputs(line[3]);
  if (input_text(node) != inputs) return str_cat(node.name(), ": inputs are '", input_text(node), "', not '", inputs, "'");
  if (node.device() != unquoted(line[2])) return str_cat(node.name(), ": device is '", node.device(), "', not '", unquoted(line[2]), "'");
  AttrMap attrs = node.attrs();
  for (size_t i = 5; i < line.size(); ++i) {
    const auto [name, value] = parse_attr(node.op(), line[i]);
    const AttrValue* found = attrs.find(name);
    if (found == nullptr) return str_cat(node.name(), " (", line[1], "): no attribute ", name);
    if (!equal(*found, value)) return str_cat(node.name(), " (", line[1], "): ", name, " is ", to_string(*found), ", not ", to_string(value));
    attrs.erase(name);
  }
  for (const auto& [name, value] : attrs) return str_cat(node.name(), " (", line[1], "): attribute ", name, "=", to_string(value), " too many");
  const std::string shapes = shape_difference(node, line[4]);
  return shapes.empty() ? "" : str_cat(node.name(), " (", line[1], "): ", shapes);
}

std::vector<RecordedCase> read_recording(const std::string& path) {
  std::vector<RecordedCase> cases;
  std::ifstream in(path);
  for (std::string text; std::getline(in, text);) {
    Line line = split(text, '\t');
    const std::string kind = line[0];
    line.erase(line.begin());
    if (kind == "case") {
      cases.emplace_back().name = line[0];
      continue;
    }
    RecordedCase& current = cases.back();
    if (kind == "node") current.forward.push_back(line);
    if (kind == "call")
      current.calls.push_back({.name = line[0] == "-" ? "" : line[0],
                               .ys = words(line[1]),
                               .xs = words(line[2]),
                               .grad_ys = words(line[3]),
                               .stop_gradients = words(line[4]),
                               .flags = words(line[5])});
    if (kind == "+") current.calls.back().added.push_back(line);
    if (kind == "grad") current.calls.back().grads.push_back(line);
    if (kind == "error") current.calls.back().error = str_cat(line[0], ": ", unquoted(line[1]));
    if (kind == "feed") current.run.feeds.push_back({.name = line[0], .tensor = parse_tensor(line[1])});
    if (kind == "want")
      current.run.wants.push_back({line[0], std::strtod(line[1].c_str(), nullptr), std::strtod(line[2].c_str(), nullptr), parse_tensor(line[3])});
  }
  return cases;
}

}  // namespace weft::testing
