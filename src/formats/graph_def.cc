// The messages, by field number:
//
//   GraphDef := node=1*  library=2  version=3  versions=4            VersionDef := producer=1  min_consumer=2  bad_consumers=3*
//   NodeDef := name=1  op=2  input=3*  device=4  attr=5*             entry := key=1  value=2
//   FunctionDefLibrary := function=1*  gradient=2*                   GradientDef := function_name=1  gradient_func=2
//   FunctionDef := signature=1  node_def=3*  ret=4*  attr=5*  control_ret=6*
//   OpDef := name=1  input_arg=2*  output_arg=3*  attr=4*  is_stateful=17 …
//   ArgDef := name=1  type=3  type_attr=4  number_attr=5  type_list_attr=6  is_ref=16
#include "weft/formats/graph_def.h"

#include "src/formats/attr_value_proto.h"
#include "src/wire/message.h"
#include "weft/wire/record.h"

namespace weft {

namespace {

using protozero::pbf_reader;
using protozero::pbf_writer;

struct Entry {
  std::string key;
  std::string_view value;
};

Entry read_entry(pbf_reader message) {
  Entry entry;
  while (message.next()) {
    if (message.tag() == 1) entry.key = message.get_string();
    else if (message.tag() == 2) entry.value = view_of(message.get_view());
    else message.skip();
  }
  return entry;
}

absl::Status read_attr(pbf_reader message, const std::string& owner, AttrMap& attrs, std::vector<std::pair<std::string, std::string>>* placeholders) {
  const Entry entry = read_entry(message);
  std::string placeholder;
  absl::StatusOr<AttrValue> value = parse_attr_value(entry.value, &placeholder);
  if (!value.ok()) return annotate(value.status(), str_cat("attribute '", entry.key, "' of '", owner, "': "));
  if (!placeholder.empty() && placeholders != nullptr) placeholders->emplace_back(entry.key, placeholder);
  else attrs.set(entry.key, *std::move(value));
  return absl::OkStatus();
}

absl::Status read_node(pbf_reader message, NodeDef& node) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: node.name = message.get_string(); break;
      case 2: node.op = message.get_string(); break;
      case 3: node.inputs.push_back(message.get_string()); break;
      case 4: node.device = message.get_string(); break;
      case 5: WEFT_RETURN_IF_ERROR(read_attr(message.get_message(), node.name, node.attrs, &node.placeholders)); break;
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

FunctionArgDef read_argument(pbf_reader message) {
  FunctionArgDef arg;
  while (message.next()) {
    switch (message.tag()) {
      case 1: arg.name = message.get_string(); break;
      case 3: {
        const int32_t number = message.get_enum();
        arg.dtype = number >= 0 && number < kNumDTypes + kRefOffset ? static_cast<DType>(number) : DType::kInvalid;
        break;
      }
      case 4: arg.type_attr = message.get_string(); break;
      case 5: arg.number_attr = message.get_string(); break;
      case 6: arg.type_list_attr = message.get_string(); break;
      case 16: arg.is_ref = message.get_bool(); break;
      default: message.skip();
    }
  }
  return arg;
}

void read_signature(pbf_reader message, FunctionDef& function) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: function.name = message.get_string(); break;
      case 2: function.inputs.push_back(read_argument(message.get_message())); break;
      case 3: function.outputs.push_back(read_argument(message.get_message())); break;
      case 17: function.is_stateful = message.get_bool(); break;
      default: message.skip();
    }
  }
}

absl::Status read_function(pbf_reader message, FunctionDef& function) {
  while (message.next()) {
    switch (message.tag()) {
      case 1:
        function.signature = message.get_bytes();
        read_signature(pbf_reader(function.signature), function);
        break;
      case 3: WEFT_RETURN_IF_ERROR(read_node(message.get_message(), function.nodes.emplace_back())); break;
      case 4: {
        const Entry entry = read_entry(message.get_message());
        function.returns[entry.key] = std::string(entry.value);
        break;
      }
      case 5: WEFT_RETURN_IF_ERROR(read_attr(message.get_message(), function.name, function.attrs, nullptr)); break;
      case 6: {
        const Entry entry = read_entry(message.get_message());
        function.control_returns[entry.key] = std::string(entry.value);
        break;
      }
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

absl::Status read_library(pbf_reader message, GraphDef& graph_def) {
  while (message.next()) {
    if (message.tag() == 1) {
      WEFT_RETURN_IF_ERROR(read_function(message.get_message(), graph_def.functions.emplace_back()));
    } else if (message.tag() == 2) {
      const Entry gradient = read_entry(message.get_message());
      graph_def.gradients.emplace_back(gradient.key, std::string(gradient.value));
    } else {
      message.skip();
    }
  }
  return absl::OkStatus();
}

void read_versions(pbf_reader message, GraphDef& graph_def) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: graph_def.producer = message.get_int32(); break;
      case 2: graph_def.min_consumer = message.get_int32(); break;
      case 3: read_repeated<int>(message, &pbf_reader::get_packed_int32, &pbf_reader::get_int32, graph_def.bad_consumers); break;
      default: message.skip();
    }
  }
}

absl::Status read_graph(pbf_reader message, GraphDef& graph_def) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: WEFT_RETURN_IF_ERROR(read_node(message.get_message(), graph_def.nodes.emplace_back())); break;
      case 2: WEFT_RETURN_IF_ERROR(read_library(message.get_message(), graph_def)); break;
      case 3: graph_def.producer = message.get_int32(); break;  // before versions there was this one number
      case 4: read_versions(message.get_message(), graph_def); break;
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

void write_text(pbf_writer& out, protozero::pbf_tag_type tag, const std::string& text) {
  if (!text.empty()) out.add_string(tag, text);
}

void write_entry(pbf_writer& out, protozero::pbf_tag_type tag, const std::string& key, const std::string& value) {
  pbf_writer entry(out, tag);
  entry.add_string(1, key);
  entry.add_bytes(2, value);
}

absl::Status write_attrs(pbf_writer& out, const AttrMap& attrs) {
  for (const auto& [key, value] : attrs) {
    WEFT_ASSIGN_OR_RETURN(const std::string bytes, serialize_attr_value(value));
    write_entry(out, 5, key, bytes);
  }
  return absl::OkStatus();
}

absl::Status write_node(pbf_writer out, const NodeDef& node) {
  write_text(out, 1, node.name);
  write_text(out, 2, node.op);
  for (const std::string& input : node.inputs) out.add_string(3, input);
  write_text(out, 4, node.device);
  WEFT_RETURN_IF_ERROR(write_attrs(out, node.attrs));
  for (const auto& [key, attr] : node.placeholders) {
    std::string value;
    pbf_writer(value).add_string(9, attr);
    write_entry(out, 5, key, value);
  }
  return absl::OkStatus();
}

absl::Status write_function(pbf_writer out, const FunctionDef& function) {
  out.add_message(1, function.signature);
  for (const NodeDef& node : function.nodes) WEFT_RETURN_IF_ERROR(write_node(pbf_writer(out, 3), node));
  for (const auto& [key, value] : function.returns) write_entry(out, 4, key, value);
  WEFT_RETURN_IF_ERROR(write_attrs(out, function.attrs));
  for (const auto& [key, value] : function.control_returns) write_entry(out, 6, key, value);
  return absl::OkStatus();
}

absl::Status write_library(pbf_writer out, const GraphDef& graph_def) {
  for (const FunctionDef& function : graph_def.functions) WEFT_RETURN_IF_ERROR(write_function(pbf_writer(out, 1), function));
  for (const auto& [function, gradient] : graph_def.gradients) write_entry(out, 2, function, gradient);
  return absl::OkStatus();
}

void write_versions(pbf_writer out, const GraphDef& graph_def) {
  if (graph_def.producer != 0) out.add_int32(1, graph_def.producer);
  if (graph_def.min_consumer != 0) out.add_int32(2, graph_def.min_consumer);
  if (!graph_def.bad_consumers.empty()) out.add_packed_int32(3, graph_def.bad_consumers.begin(), graph_def.bad_consumers.end());
}

}  // namespace

absl::StatusOr<GraphDef> parse_graph_def(std::string_view bytes) {
  GraphDef graph_def;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "GraphDef", [&](pbf_reader message) { return read_graph(message, graph_def); }));
  return graph_def;
}

absl::StatusOr<std::string> serialize_graph_def(const GraphDef& graph_def) {
  std::string bytes;
  pbf_writer out(bytes);
  for (const NodeDef& node : graph_def.nodes) WEFT_RETURN_IF_ERROR(write_node(pbf_writer(out, 1), node));
  WEFT_RETURN_IF_ERROR(write_library(pbf_writer(out, 2), graph_def));
  write_versions(pbf_writer(out, 4), graph_def);
  return bytes;
}

absl::StatusOr<GraphDef> read_graph_def(const std::string& path) {
  WEFT_ASSIGN_OR_RETURN(const std::string bytes, read_file(path));
  absl::StatusOr<GraphDef> graph_def = parse_graph_def(bytes);
  if (!graph_def.ok()) return annotate(graph_def.status(), str_cat("'", path, "': "));
  return graph_def;
}

}  // namespace weft
