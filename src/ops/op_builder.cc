#include "weft/ops/op_builder.h"

#include <optional>

#include "weft/ops/constant.h"

namespace weft {

OpBuilder::OpBuilder(const OpDef& op, std::string_view name, Loc where) : op_(&op), name_(name), where_(where) {}
OpBuilder::OpBuilder(Graph& graph, const OpDef& op, std::string_view name, Loc where) : graph_(&graph), op_(&op), name_(name), where_(where) {}

OpBuilder& OpBuilder::input(const Operand& operand) { return input(operand, DType::kInvalid); }

OpBuilder& OpBuilder::input(const Operand& operand, DType dtype) {
  Argument argument;
  argument.operands.push_back(operand);
  argument.forced = dtype;
  arguments_.push_back(std::move(argument));
  return *this;
}

OpBuilder& OpBuilder::input_list(absl::Span<const Operand> operands) {
  Argument argument;
  argument.operands.assign(operands.begin(), operands.end());
  arguments_.push_back(std::move(argument));
  return *this;
}

OpBuilder& OpBuilder::input_list(absl::Span<const Output> outputs) {
  Argument argument;
  for (const Output& output : outputs) argument.operands.push_back(Operand(output, where_));
  arguments_.push_back(std::move(argument));
  return *this;
}

OpBuilder& OpBuilder::attr(std::string_view name, AttrValue value) {
  attrs_.set(name, std::move(value));
  return *this;
}

OpBuilder& OpBuilder::control_input(Operation operation) {
  controls_.push_back(operation);
  return *this;
}

Graph* OpBuilder::find_graph() const {
  if (graph_ != nullptr) return graph_;
  for (const Argument& argument : arguments_) {
    for (const Operand& operand : argument.operands) {
      if (Graph* graph = operand.graph()) return graph;
    }
  }
  for (const Operation& control : controls_) {
    if (control.graph() != nullptr) return control.graph();
  }
  return nullptr;
}

// What a literal standing for `arg` becomes: what the caller forces, the argument's fixed type, the type another operand or an
// attribute has bound, the attribute's default if the literal can take it, else kInvalid (the literal's own).
DType OpBuilder::literal_dtype(const ArgDef& arg, const Operand& operand, const Argument& argument, const AttrMap& bound) const {
  if (argument.forced != DType::kInvalid) return argument.forced;
  if (arg.type.fixed != DType::kInvalid) return arg.type.fixed;
  if (!operand.literal()->weak) return DType::kInvalid;
  if (arg.type.type_attr.empty()) return DType::kInvalid;
  if (const DType* known = bound.get_if<DType>(arg.type.type_attr)) return *known;
  const AttrDef* def = op_->find_attr(arg.type.type_attr);
  const DType* preferred = def != nullptr ? std::get_if<DType>(&def->default_value) : nullptr;
  if (preferred != nullptr && convert_literal(*operand.literal(), *preferred).ok()) return *preferred;
  return DType::kInvalid;
}

Operation OpBuilder::operation() {
  Graph* graph = find_graph();
  if (graph == nullptr) return Operation();  // literals only: there is no graph that could keep an error
  bool scoped = false;
  AttrMap bound = attrs_;
  for (size_t a = 0; a < arguments_.size(); ++a) {
    const ArgDef* arg = a < op_->inputs.size() ? &op_->inputs[a] : nullptr;
    for (const Operand& operand : arguments_[a].operands) {
      if (operand.failed()) return Operation::failed(graph);
      if (operand.output() != nullptr && !*operand.output()) {
        graph->add_error(
            invalid_argument("argument '", arg != nullptr ? arg->name : "?", "' of ", op_->name, " is an empty Output: it was never assigned"),
            where_);
        return Operation::failed(graph);
      }
      if (operand.variable() != nullptr || operand.literal() != nullptr) scoped = true;
      const bool has_type = operand.literal() == nullptr || !operand.literal()->weak;
      if (arg != nullptr && has_type && !arg->type.type_attr.empty() && !bound.has(arg->type.type_attr)) {
        bound.set(arg->type.type_attr, base_dtype(operand.dtype()));
      }
    }
  }
  if (arguments_.size() != op_->inputs.size()) {
    graph->add_error(internal(op_->name, " takes ", op_->inputs.size(), " arguments, the builder gave ", arguments_.size()), where_);
    return Operation::failed(graph);
  }

  NodeSpec spec;
  spec.op = op_;
  spec.location = where_;
  spec.control_inputs = std::move(controls_);
  spec.name = name_.empty() ? std::string(op_->name) : name_;
  std::optional<Scope> scope;
  if (scoped) {
    scope.emplace(graph->name_scope(spec.name));
    spec.name = scope->name();
  }
  for (size_t a = 0; a < arguments_.size(); ++a) {
    const ArgDef& arg = op_->inputs[a];
    int index = 0;
    for (const Operand& operand : arguments_[a].operands) {
      Output value;
      if (operand.output() != nullptr) {
        value = *operand.output();
      } else if (operand.variable() != nullptr && arg.type.fixed == DType::kResource) {
        value = operand.variable()->handle();
      } else if (operand.variable() != nullptr && arg.type.is_ref) {
        value = operand.variable()->handle();
      } else if (operand.variable() != nullptr) {
        value = operand.variable()->value(where_);
      } else {
        const DType dtype = literal_dtype(arg, operand, arguments_[a], bound);
        value = convert(operand, graph, dtype, arg.is_list() ? str_cat(arg.name, "_", index) : std::string(arg.name), where_);
        if (value && !arg.type.type_attr.empty() && !bound.has(arg.type.type_attr)) bound.set(arg.type.type_attr, value.dtype());
      }
      if (!value) return Operation::failed(graph);
      spec.inputs.push_back(value);
      ++index;
    }
    if (!arg.type.number_attr.empty()) attrs_.set(arg.type.number_attr, static_cast<int64_t>(arguments_[a].operands.size()));
    if (!arg.type.type_list_attr.empty() && !attrs_.has(arg.type.type_list_attr)) {
      std::vector<DType> types;
      for (size_t i = spec.inputs.size() - arguments_[a].operands.size(); i < spec.inputs.size(); ++i)
        types.push_back(base_dtype(spec.inputs[i].dtype()));
      attrs_.set(arg.type.type_list_attr, std::move(types));
    }
  }
  spec.attrs = std::move(attrs_);
  const absl::StatusOr<Node*> node = graph->add_node(std::move(spec));
  return node.ok() ? Operation(*node) : Operation::failed(graph);
}

Output OpBuilder::output() {
  const Operation made = operation();
  return made ? made.output(0) : Output::failed(made.graph());
}

std::vector<Output> OpBuilder::outputs() {
  const Operation made = operation();
  std::vector<Output> all;
  if (!made) {
    all.assign(op_->outputs.size(), Output::failed(made.graph()));
    return all;
  }
  for (int i = 0; i < made.num_outputs(); ++i) all.push_back(made.output(i));
  return all;
}

Output convert(const Operand& operand, Graph* graph, DType dtype, std::string_view name, Loc where) {
  if (operand.output() != nullptr) return *operand.output();
  if (operand.variable() != nullptr) {
    if (!*operand.variable()) return Output::failed(graph);
    return operand.variable()->value(where);
  }
  if (graph == nullptr) return Output();
  const Literal& literal = *operand.literal();
  if (dtype == DType::kInvalid) return constant(*graph, literal.tensor, {.name = std::string(name)}, where);
  absl::StatusOr<Tensor> tensor = convert_literal(literal, dtype);
  if (!tensor.ok()) {
    graph->add_error(annotate(tensor.status(), str_cat("argument '", name, "': ")), where);
    return Output::failed(graph);
  }
  return constant(*graph, *std::move(tensor), {.name = std::string(name)}, where);
}

Graph* graph_of(std::initializer_list<const Operand*> operands) {
  for (const Operand* operand : operands) {
    if (Graph* graph = operand->graph()) return graph;
  }
  return nullptr;
}

}  // namespace weft
