#include "weft/graph/output.h"

#include "weft/base/strings.h"
#include "weft/graph/graph.h"

namespace weft {

Operation::Operation(Node* node) : graph_(node != nullptr ? &node->graph() : nullptr), node_(node) {}
std::string_view Operation::name() const { return node_ != nullptr ? std::string_view(node_->name()) : std::string_view(); }
std::string_view Operation::type() const { return node_ != nullptr ? node_->op().name : std::string_view(); }
int Operation::num_outputs() const { return node_ != nullptr ? node_->num_outputs() : 0; }
Output Operation::output(int i) const {
  if (node_ == nullptr || i < 0 || i >= node_->num_outputs()) return Output::failed(graph_);
  return Output(node_, i);
}
Location Operation::location() const { return node_ != nullptr ? node_->location() : Location(); }
std::string Operation::describe() const { return node_ != nullptr ? node_->describe() : failed() ? "a failed Operation" : "an empty Operation"; }

Output::Output(Node* node, int index) : graph_(node != nullptr ? &node->graph() : nullptr), node_(node), index_(index) {}
DType Output::dtype() const { return node_ != nullptr ? node_->output_dtype(index_) : DType::kInvalid; }
const PartialShape& Output::shape() const {
  static const PartialShape& unknown = *new PartialShape;
  return node_ != nullptr ? node_->output_shape(index_) : unknown;
}
void Output::set_shape(const PartialShape& shape, Location where) {
  if (node_ == nullptr) return;
  const absl::Status merged = graph_->set_shape(*this, shape);
  if (!merged.ok()) graph_->add_error(merged, where.known() ? where : node_->location());
}
std::string Output::name() const { return node_ != nullptr ? str_cat(node_->name(), ":", index_) : std::string(); }
std::string Output::describe() const {
  if (node_ == nullptr) return failed() ? "a failed Output" : "an empty Output";
  return str_cat("'", name(), "' (", dtype_name(dtype()), " ", shape().to_string(), ", op: ", node_->op().name, ", ", node_->location().to_string(),
                 ")");
}

}  // namespace weft
