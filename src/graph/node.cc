#include "weft/graph/node.h"

#include "weft/base/strings.h"

namespace weft {

std::string Node::describe() const { return str_cat("'", name_, "' (op: ", op_->name, ", ", location_.to_string(), ")"); }

}  // namespace weft
