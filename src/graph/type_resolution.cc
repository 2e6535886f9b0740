#include "src/graph/type_resolution.h"

#include <algorithm>

namespace weft {

namespace {

// How many tensors argument `arg` takes; `rest` are those left.
absl::StatusOr<int> argument_length(const NodeSpec& spec, const ArgDef& arg, int rest, int arguments_left) {
  if (!arg.is_list()) return 1;
  if (!arg.type.number_attr.empty()) {
    if (const int64_t* n = spec.attrs.get_if<int64_t>(arg.type.number_attr)) {
      if (*n < 0 || *n > rest)
        return invalid_argument("'", spec.name, "' (op: ", spec.op->name, ") has ", arg.type.number_attr, "=", *n, " but ", rest,
                                " inputs are left for '", arg.name, "'");
      return static_cast<int>(*n);
    }
  } else if (const auto* types = spec.attrs.get_if<std::vector<DType>>(arg.type.type_list_attr)) {
    return static_cast<int>(types->size());
  }
  if (arguments_left == 0) return rest;
  return invalid_argument("'", spec.name, "' (op: ", spec.op->name, "): the length of '", arg.name, "' is not given");
}

absl::Status check_ref(const NodeSpec& spec, const ArgDef& arg, DType actual) {
  if (arg.type.is_ref && !is_ref(actual)) {
    return invalid_argument("'", spec.op->name, "' Op requires that input '", arg.name, "' be a mutable tensor (e.g.: a ref variable)");
  }
  return absl::OkStatus();
}

// Binds or checks the type attribute of `arg` with the input's dtype.
absl::Status match_type(NodeSpec& spec, const ArgDef& arg, DType actual) {
  const DType dtype = base_dtype(actual);
  if (arg.type.fixed != DType::kInvalid) {
    if (dtype == arg.type.fixed) return absl::OkStatus();
    return invalid_argument("Input '", arg.name, "' of '", spec.op->name, "' Op has type ", dtype_name(dtype),
                            " that does not match expected type of ", dtype_name(arg.type.fixed), ".");
  }
  const std::string_view attr = arg.type.type_attr;
  if (const DType* bound = spec.attrs.get_if<DType>(attr)) {
    if (*bound == dtype) return absl::OkStatus();
    std::string_view other = "attr";
    for (const ArgDef& a : spec.op->inputs) {
      if (&a == &arg) break;
      if (a.type.type_attr == attr) {
        other = a.name;
        break;
      }
    }
    if (other == "attr") {
      return invalid_argument("Input '", arg.name, "' of '", spec.op->name, "' Op has type ", dtype_name(dtype), " that does not match type ",
                              dtype_name(*bound), " of attribute '", attr, "'.");
    }
    return invalid_argument("Input '", arg.name, "' of '", spec.op->name, "' Op has type ", dtype_name(dtype), " that does not match type ",
                            dtype_name(*bound), " of argument '", other, "'.");
  }
  const AttrDef* def = spec.op->find_attr(attr);
  if (def != nullptr && !def->allowed.empty() && !def->allowed.contains(dtype)) {
    return invalid_argument("Value passed to parameter '", arg.name, "' has DataType ", dtype_name(dtype),
                            " not in list of allowed values: ", def->allowed.to_string());
  }
  spec.attrs.set(attr, dtype);
  return absl::OkStatus();
}

absl::Status resolve_list(NodeSpec& spec, const ArgDef& arg, int first, int length) {
  if (!arg.type.number_attr.empty()) {
    spec.attrs.set(arg.type.number_attr, static_cast<int64_t>(length));
    return absl::OkStatus();
  }
  std::vector<DType> types;
  for (int i = 0; i < length; ++i) types.push_back(base_dtype(spec.inputs[static_cast<size_t>(first + i)].dtype()));
  if (const auto* given = spec.attrs.get_if<std::vector<DType>>(arg.type.type_list_attr)) {
    if (*given != types)
      return invalid_argument("'", spec.name, "' (op: ", spec.op->name, "): the inputs of '", arg.name, "' are not of the types in attribute '",
                              arg.type.type_list_attr, "'");
  }
  spec.attrs.set(arg.type.type_list_attr, std::move(types));
  return absl::OkStatus();
}

absl::Status resolve_inputs(NodeSpec& spec) {
  const auto& args = spec.op->inputs;
  const int total = static_cast<int>(spec.inputs.size());
  int next = 0;
  for (size_t a = 0; a < args.size(); ++a) {
    const ArgDef& arg = args[a];
    WEFT_ASSIGN_OR_RETURN(const int length, argument_length(spec, arg, total - next, static_cast<int>(args.size() - a) - 1));
    if (next + length > total) {
      return invalid_argument("'", spec.name, "' (op: ", spec.op->name, ") takes an input '", arg.name, "' that is missing: ", total,
                              " inputs were given");
    }
    if (arg.is_list()) WEFT_RETURN_IF_ERROR(resolve_list(spec, arg, next, length));
    for (int i = 0; i < length; ++i, ++next) {
      const DType actual = spec.inputs[static_cast<size_t>(next)].dtype();
      WEFT_RETURN_IF_ERROR(check_ref(spec, arg, actual));
      if (arg.type.type_list_attr.empty()) WEFT_RETURN_IF_ERROR(match_type(spec, arg, actual));
    }
  }
  if (next != total) return invalid_argument("'", spec.name, "' (op: ", spec.op->name, ") takes ", next, " inputs, ", total, " were given");
  return absl::OkStatus();
}

int64_t length_of(const AttrValue& value) {
  return std::visit(
      [](const auto& v) -> int64_t {
        if constexpr (requires {
                        v.size();
                        v.begin();
                      })
          return static_cast<int64_t>(v.size());
        else return 0;
      },
      value);
}

absl::Status check_attr(const NodeSpec& spec, const AttrDef& def, const AttrValue& value) {
  const auto where = [&] { return str_cat("attribute '", def.name, "' of '", spec.name, "' (op: ", spec.op->name, ")"); };
  if (!holds_type(value, def.type)) return invalid_argument(where(), " must be a ", attr_type_name(def.type), ", got ", to_string(value));
  if (const DType* type = std::get_if<DType>(&value)) {
    if (!is_valid(*type)) return invalid_argument(where(), " is no dtype");
    if (!def.allowed.empty() && !def.allowed.contains(*type)) {
      return invalid_argument("Value for attr '", def.name, "' of ", dtype_name(*type),
                              " is not in the list of allowed values: ", def.allowed.to_string(), " (", where(), ")");
    }
  }
  if (const auto* types = std::get_if<std::vector<DType>>(&value)) {
    for (const DType type : *types) {
      if (!def.allowed.empty() && !def.allowed.contains(type))
        return invalid_argument(where(), " holds ", dtype_name(type), ", not in the list of allowed values: ", def.allowed.to_string());
    }
  }
  if (const std::string* text = std::get_if<std::string>(&value); text != nullptr && !def.allowed_strings.empty()) {
    if (std::find(def.allowed_strings.begin(), def.allowed_strings.end(), *text) == def.allowed_strings.end()) {
      std::string allowed;
      for (const std::string_view s : def.allowed_strings) str_append(allowed, allowed.empty() ? "\"" : ", \"", s, "\"");
      return invalid_argument("Value for attr '", def.name, "' of \"", *text, "\" is not in the list of allowed values: ", allowed, " (", where(),
                              ")");
    }
  }
  if (def.minimum.has_value()) {
    const int64_t* number = std::get_if<int64_t>(&value);
    const int64_t size = number != nullptr ? *number : length_of(value);
    if (size < *def.minimum)
      return invalid_argument("Value for attr '", def.name, "' of ", size, " must be at least minimum ", *def.minimum, " (", where(), ")");
  }
  return absl::OkStatus();
}

absl::Status resolve_attrs(NodeSpec& spec) {
  for (const AttrDef& def : spec.op->attrs) {
    const AttrValue* value = spec.attrs.find(def.name);
    if (value == nullptr) {
      if (std::holds_alternative<std::monostate>(def.default_value)) {
        return invalid_argument("attribute '", def.name, "' of '", spec.name, "' (op: ", spec.op->name, ") is missing");
      }
      spec.attrs.set(def.name, def.default_value);
      continue;
    }
    WEFT_RETURN_IF_ERROR(check_attr(spec, def, *value));
  }
  return absl::OkStatus();
}

void add_output_types(const NodeSpec& spec, const ArgDef& arg, absl::InlinedVector<DType, 4>& types) {
  const auto add = [&](DType t) { types.push_back(arg.type.is_ref ? ref_dtype(t) : t); };
  if (!arg.type.type_list_attr.empty()) {
    for (const DType t : spec.attrs.get<std::vector<DType>>(arg.type.type_list_attr)) add(t);
    return;
  }
  const DType type = arg.type.fixed != DType::kInvalid ? arg.type.fixed : spec.attrs.get<DType>(arg.type.type_attr);
  const int64_t n = arg.type.number_attr.empty() ? 1 : spec.attrs.get<int64_t>(arg.type.number_attr);
  for (int64_t i = 0; i < n; ++i) add(type);
}

}  // namespace

absl::Status resolve_node_types(NodeSpec& spec, absl::InlinedVector<DType, 4>& output_types) {
  WEFT_RETURN_IF_ERROR(resolve_inputs(spec));
  WEFT_RETURN_IF_ERROR(resolve_attrs(spec));
  // A file may ask for billions of outputs.
  for (const ArgDef& arg : spec.op->outputs) {
    if (!arg.type.number_attr.empty() && spec.attrs.get<int64_t>(arg.type.number_attr) > 65536) {
      return invalid_argument("'", spec.name, "' (op: ", spec.op->name, ") asks for ", spec.attrs.get<int64_t>(arg.type.number_attr),
                              " outputs; at most 65536 are allowed");
    }
    add_output_types(spec, arg, output_types);
  }
  return absl::OkStatus();
}

bool is_valid_node_name(std::string_view name, bool at_root) {
  if (name.empty()) return false;
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (at_root && !alphanumeric(name[0]) && name[0] != '.') return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return alphanumeric(c) || c == '_' || c == '.' || c == '-' || c == '/'; });
}

}  // namespace weft
