#include "tests/ops/case_graph.h"

#include <cmath>

#include "weft/graph/op_registry.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/constant.h"
#include "weft/ops/resource_variable_ops.h"

namespace weft {

namespace {

template <typename T> T element(double v) {
  const double whole = v < 0 ? std::floor(v) : std::ceil(v);
  if constexpr (std::is_same_v<T, std::string>) return str_cat(v);
  else if constexpr (std::is_same_v<T, bool>) return v > 0;
  else if constexpr (std::is_same_v<T, complex64> || std::is_same_v<T, complex128>)
    return T(static_cast<typename T::value_type>(v), static_cast<typename T::value_type>(v / 2));
  else if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) return T(static_cast<float>(v));
  else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(v);
  else if constexpr (requires(T t) { t.value; }) return T{static_cast<decltype(T::value)>(std::abs(whole))};
  else if constexpr (std::is_unsigned_v<T>) return static_cast<T>(std::abs(whole));
  else return static_cast<T>(whole);
}

constexpr DTypeSet kCaseTypes = kAllTypes - DTypeSet{DType::kResource, DType::kVariant};

bool given(const OpCase& c, std::string_view attr) {
  for (const CaseAttr& a : c.attrs)
    if (a.name == attr) return true;
  return false;
}

DType preference(const AttrDef& attr) {
  if (attr.allowed.empty() || attr.allowed.contains(DType::kFloat64)) return DType::kFloat64;
  if (const DType* type = std::get_if<DType>(&attr.default_value)) return *type;
  for (const DType type : {DType::kFloat32, DType::kInt32, DType::kInt64})
    if (attr.allowed.contains(type)) return type;
  return DType::kFloat32;
}

// The dtype of each of `count` inputs.
std::vector<DType> input_dtypes(const OpDef& op, const AttrMap& attrs, size_t count) {
  std::vector<DType> dtypes;
  for (size_t a = 0; a < op.inputs.size(); ++a) {
    const ArgType& type = op.inputs[a].type;
    if (!type.type_list_attr.empty()) {
      for (const DType t : attrs.get<std::vector<DType>>(type.type_list_attr)) dtypes.push_back(t);
      continue;
    }
    size_t n = 1;
    if (!type.number_attr.empty()) {
      const int64_t* length = attrs.get_if<int64_t>(type.number_attr);
      n = length != nullptr ? static_cast<size_t>(*length) : count - dtypes.size() - (op.inputs.size() - a - 1);
    }
    dtypes.insert(dtypes.end(), n, type.fixed != DType::kInvalid ? type.fixed : attrs.get<DType>(type.type_attr));
  }
  dtypes.resize(count, DType::kInvalid);
  return dtypes;
}

// Adds an input, and what feeds it, to the graph.
class InputMaker {
 public:
  InputMaker(CaseGraph& to, Feeding feeding, DType variable_dtype) : to_(&to), feeding_(feeding), variable_dtype_(variable_dtype) {}

  // A ref variable that holds the numbers.
  absl::Status add_reference(const CaseInput& input) {
    const PartialShape shape = feeding_ == Feeding::kKnownShapes ? PartialShape(input.shape) : PartialShape::unknown();
    Node *variable, *assign, *read;
    WEFT_RETURN_IF_ERROR(add_op("VariableV2", "variable", {}, attrs({{"dtype", variable_dtype_}, {"shape", shape}}), &variable));
    WEFT_RETURN_IF_ERROR(add_op("Assign", "assign", {variable->output(), fed(input, variable_dtype_)}, attrs({{"validate_shape", false}}), &assign));
    WEFT_RETURN_IF_ERROR(add_op("Identity", "read", {variable->output()}, {}, &read));
    to_->inputs.push_back(variable->output());
    to_->initializers.push_back(Operation(assign));
    to_->variables.push_back(read->output());
    return absl::OkStatus();
  }

  absl::Status add(const CaseInput& input, DType dtype) {
    if (dtype == DType::kResource) return add_variable(input);
    if (input.fixed && feeding_ != Feeding::kEverythingUnknown) {
      to_->inputs.push_back(constant(*to_->graph, case_tensor(input, dtype)));
    } else {
      to_->inputs.push_back(fed(input, dtype));
    }
    return absl::OkStatus();
  }

 private:
  Output fed(const CaseInput& input, DType dtype) {
    Tensor value = case_tensor(input, dtype);
    const DeclaredShape shape = feeding_ == Feeding::kKnownShapes ? DeclaredShape(value.shape()) : DeclaredShape::unknown();
    Output p = placeholder(*to_->graph, dtype, {.shape = shape});
    to_->fed.push_back(p);
    to_->input_of.push_back(static_cast<int>(to_->inputs.size()));
    to_->values.push_back(std::move(value));
    return p;
  }

  absl::Status add_variable(const CaseInput& input) {
    Graph& graph = *to_->graph;
    const PartialShape shape = feeding_ == Feeding::kKnownShapes ? PartialShape(input.shape) : PartialShape::unknown();
    WEFT_ASSIGN_OR_RETURN(
        Node * handle,
        graph.add_node({.op = &var_handle_op(),
                        .name = "variable",
                        .attrs = attrs({{"dtype", variable_dtype_}, {"shape", shape}, {"shared_name", str_cat("v", to_->inputs.size())}})}));
    const Output initial = fed(input, variable_dtype_);
    WEFT_ASSIGN_OR_RETURN(Node * assign, graph.add_node({.op = &assign_variable_op(), .name = "assign", .inputs = {handle->output(), initial}}));
    WEFT_ASSIGN_OR_RETURN(
        Node * read,
        graph.add_node({.op = &read_variable_op(), .name = "read", .inputs = {handle->output()}, .attrs = attrs({{"dtype", variable_dtype_}})}));
    to_->inputs.push_back(handle->output());
    to_->initializers.push_back(Operation(assign));
    to_->variables.push_back(read->output());
    return absl::OkStatus();
  }

  absl::Status add_op(std::string_view op, std::string_view name, std::vector<Output> inputs, AttrMap attrs, Node** made) {
    WEFT_ASSIGN_OR_RETURN(
        *made, to_->graph->add_node(
                   {.op = OpRegistry::standard().find(op), .name = std::string(name), .inputs = std::move(inputs), .attrs = std::move(attrs)}));
    return absl::OkStatus();
  }

  static AttrMap attrs(std::vector<std::pair<std::string_view, AttrValue>> entries) {
    AttrMap map;
    for (auto& [name, value] : entries) map.set(name, std::move(value));
    return map;
  }

  CaseGraph* to_;
  Feeding feeding_;
  DType variable_dtype_;
};

}  // namespace

Tensor case_tensor(const CaseInput& input, DType dtype) {
  Tensor tensor(dtype, input.shape);
  dispatch<kCaseTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (size_t k = 0; k < input.values.size(); ++k) tensor.data<T>()[k] = element<T>(input.values[k]);
  });
  return tensor;
}

std::vector<std::pair<std::string_view, DTypeSet>> open_types(const OpDef& op, const OpCase& c) {
  std::vector<std::pair<std::string_view, DTypeSet>> open;
  for (const AttrDef& attr : op.attrs) {
    if (attr.type == AttrType::kType && !given(c, attr.name))
      open.emplace_back(attr.name, attr.allowed.empty() ? kCaseTypes : attr.allowed & kCaseTypes);
  }
  return open;
}

AttrMap case_attrs(const OpCase& c, const AttrMap& types) {
  AttrMap attrs = types;
  for (const CaseAttr& attr : c.attrs) attrs.set(attr.name, attr.value);
  return attrs;
}

AttrMap preferred_types(const OpDef& op, const OpCase& c) {
  AttrMap types;
  for (const AttrDef& attr : op.attrs)
    if (attr.type == AttrType::kType && !given(c, attr.name)) types.set(attr.name, preference(attr));
  if (op.find_kernel(case_attrs(c, types)) != nullptr) return types;
  for (const DType second : {DType::kFloat32, DType::kInt32, DType::kBool}) {
    AttrMap other = types;
    for (const auto& [name, value] : types)
      if (std::get<DType>(value) == DType::kFloat64) other.set(name, second);
    if (op.find_kernel(case_attrs(c, other)) != nullptr) return other;
  }
  return types;
}

absl::StatusOr<CaseGraph> CaseGraph::build(const OpDef& op, const OpCase& c, const AttrMap& types, Feeding feeding) {
  CaseGraph made;
  made.graph = std::make_unique<Graph>();
  AttrMap attrs = case_attrs(c, types);
  const DType variable_dtype = attrs.has("dtype") ? attrs.get<DType>("dtype") : attrs.has("T") ? attrs.get<DType>("T") : DType::kFloat64;
  InputMaker inputs(made, feeding, variable_dtype);
  const std::vector<DType> dtypes = input_dtypes(op, attrs, c.inputs.size());
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    const bool reference = i < op.inputs.size() && op.inputs[i].type.is_ref;
    WEFT_RETURN_IF_ERROR(reference ? inputs.add_reference(c.inputs[i]) : inputs.add(c.inputs[i], dtypes[i]));
  }
  WEFT_RETURN_IF_ERROR(made.graph->status());
  WEFT_ASSIGN_OR_RETURN(Node * node, made.graph->add_node({.op = &op, .name = "case", .inputs = made.inputs, .attrs = std::move(attrs)}));
  made.op = Operation(node);
  return made;
}

std::string describe(const OpCase& c, const AttrMap& types) {
  std::string text(c.op);
  for (const auto& [name, value] : types) str_append(text, " ", name, "=", to_string(value));
  for (const CaseAttr& attr : c.attrs) str_append(text, " ", attr.name, "=", to_string(attr.value));
  for (const CaseInput& input : c.inputs) str_append(text, " ", input.shape.to_string());
  return text;
}

}  // namespace weft
