// AttrValue as a protobuf message.
#pragma once

#include <string>
#include <string_view>

#include "weft/base/status.h"
#include "weft/graph/attr_value.h"

namespace weft {

// `placeholder` receives the name when the value is one (function bodies), the result is then monostate. An empty list is a list of
// strings, whatever it was: fit_to_type() knows better once the OpDef is known.
absl::StatusOr<AttrValue> parse_attr_value(std::string_view bytes, std::string* placeholder);
absl::StatusOr<std::string> serialize_attr_value(const AttrValue& value);

// An empty list becomes one of `type`.
void fit_to_type(AttrValue& value, AttrType type);

}  // namespace weft
