#include "weft/graph/variable.h"

#include "weft/base/strings.h"
#include "weft/graph/operand.h"

namespace weft {

const PartialShape& Variable::shape() const {
  static const PartialShape& unknown = *new PartialShape;
  return state_ != nullptr ? state_->shape : unknown;
}

const std::function<Output(const Output&)>& Variable::constraint() const {
  static const std::function<Output(const Output&)>& none = *new std::function<Output(const Output&)>;
  return state_ != nullptr ? state_->constraint : none;
}

Output Variable::value(std::source_location where) const { return *this ? state_->kind->value(*this, where) : Output::failed(graph()); }
Output Variable::read_value(std::string_view name, std::source_location where) const {
  return *this ? state_->kind->read_value(*this, name, where) : Output::failed(graph());
}

Operation Variable::assign(const Operand& value, std::string_view name, std::source_location where) const {
  return *this ? state_->kind->update(*this, VariableKind::Update::kAssign, value, name, where) : Operation::failed(graph());
}
Operation Variable::assign_add(const Operand& delta, std::string_view name, std::source_location where) const {
  return *this ? state_->kind->update(*this, VariableKind::Update::kAdd, delta, name, where) : Operation::failed(graph());
}
Operation Variable::assign_sub(const Operand& delta, std::string_view name, std::source_location where) const {
  return *this ? state_->kind->update(*this, VariableKind::Update::kSub, delta, name, where) : Operation::failed(graph());
}

std::string Variable::describe() const {
  if (!*this) return "an empty Variable";
  return str_cat("'", name(), "' (", dtype_name(dtype()), " ", shape().to_string(), ", ", location().to_string(), ")");
}

}  // namespace weft
